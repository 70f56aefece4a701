//! One edit for each kind of resource in the environments, and what the plan makes of it.

use std::collections::BTreeMap;

use super::{KINDS, bucket, deployed};
use crate::world::World;

const DATABASE: &str = "../modules/database/main.tf";
const STORAGE: &str = "../modules/storage/main.tf";

/// An edit of a file, and what it changes: addresses with actions.
struct Edit {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    expected: &'static [(&'static str, &'static str)],
}

const ALL_BUCKETS: [&str; 3] = ["generated_code", "knowledge_bases", "recordings"];

const EDITS: &[Edit] = &[
    Edit {
        what: "recovery of a table off",
        file: DATABASE,
        from: "indexes    = {}\n\n      point_in_time_recovery = true",
        to: "indexes    = {}\n\n      point_in_time_recovery = false",
        expected: &[("module.database.aws_dynamodb_table.this[\"users\"]", "update")],
    },
    Edit {
        what: "an index more",
        file: DATABASE,
        from: "attributes = { userId = \"S\" }\n      indexes    = {}",
        to: "attributes = { userId = \"S\", email = \"S\" }\n      indexes    = { \"email-index\" = { hash_key = \"email\", range_key = null } }",
        expected: &[("module.database.aws_dynamodb_table.this[\"users\"]", "update")],
    },
    Edit {
        what: "another key",
        file: DATABASE,
        from: "hash_key   = \"apiKeyHash\"\n      range_key  = null\n      attributes = { apiKeyHash = \"S\",",
        to: "hash_key   = \"keyHash\"\n      range_key  = null\n      attributes = { keyHash = \"S\",",
        expected: &[("module.database.aws_dynamodb_table.this[\"api_keys\"]", "delete+create")],
    },
    Edit {
        what: "a table less",
        file: DATABASE,
        from: "for_each = local.tables",
        to: "for_each = { for key, table in local.tables : key => table if key != \"notifications\" }",
        expected: &[("module.database.aws_dynamodb_table.this[\"notifications\"]", "delete")],
    },
    Edit {
        what: "buckets keep their contents",
        file: STORAGE,
        from: "force_destroy = !var.retain_data",
        to: "force_destroy = false",
        expected: &[("module.storage.aws_s3_bucket.this[*]", "update")],
    },
    Edit {
        what: "versioning suspended",
        file: STORAGE,
        from: "versioning_configuration {\n    status = \"Enabled\"",
        to: "versioning_configuration {\n    status = \"Suspended\"",
        expected: &[
            ("module.storage.aws_s3_bucket_versioning.this[\"generated_code\"]", "update"),
            ("module.storage.aws_s3_bucket_versioning.this[\"knowledge_bases\"]", "update"),
        ],
    },
    Edit {
        what: "old versions kept less long",
        file: STORAGE,
        from: "noncurrent_expiration_days = 90",
        to: "noncurrent_expiration_days = 60",
        expected: &[("module.storage.aws_s3_bucket_lifecycle_configuration.this[\"knowledge_bases\"]", "update")],
    },
    Edit {
        what: "keys of another service",
        file: STORAGE,
        from: "sse_algorithm = \"AES256\"",
        to: "sse_algorithm = \"aws:kms\"",
        expected: &[("module.storage.aws_s3_bucket_server_side_encryption_configuration.this[*]", "update")],
    },
    Edit {
        what: "a switch against public access off",
        file: STORAGE,
        from: "block_public_acls       = true",
        to: "block_public_acls       = false",
        expected: &[("module.storage.aws_s3_bucket_public_access_block.this[*]", "update")],
    },
    Edit {
        what: "a statement renamed",
        file: STORAGE,
        from: "sid     = \"TlsOnly\"",
        to: "sid     = \"OnlyTls\"",
        expected: &[("module.storage.aws_s3_bucket_policy.this[*]", "update")],
    },
    Edit {
        what: "a tag for everything",
        file: "variables.tf",
        from: "type        = map(string)\n  default     = {}",
        to: "type        = map(string)\n  default     = { Owner = \"platform\" }",
        expected: &[
            ("module.database.aws_dynamodb_table.this[\"agents\"]", "update"),
            ("module.database.aws_dynamodb_table.this[\"api_keys\"]", "update"),
            ("module.database.aws_dynamodb_table.this[\"sessions\"]", "update"),
            ("module.database.aws_dynamodb_table.this[\"users\"]", "update"),
            ("module.storage.aws_s3_bucket.this[*]", "update"),
        ],
    },
    Edit {
        what: "other names for the buckets, and so for all that is on them",
        file: "main.tf",
        from: "bucket_suffix = var.bucket_suffix",
        to: "bucket_suffix = \"renamed\"",
        expected: &[
            ("module.storage.aws_s3_bucket.this[*]", "delete+create"),
            ("module.storage.aws_s3_bucket_lifecycle_configuration.this[\"knowledge_bases\"]", "delete+create"),
            ("module.storage.aws_s3_bucket_lifecycle_configuration.this[\"recordings\"]", "delete+create"),
            ("module.storage.aws_s3_bucket_policy.this[*]", "delete+create"),
            ("module.storage.aws_s3_bucket_public_access_block.this[*]", "delete+create"),
            ("module.storage.aws_s3_bucket_server_side_encryption_configuration.this[*]", "delete+create"),
            ("module.storage.aws_s3_bucket_versioning.this[\"generated_code\"]", "delete+create"),
            ("module.storage.aws_s3_bucket_versioning.this[\"knowledge_bases\"]", "delete+create"),
        ],
    },
];

/// The expectation with `[*]` written out: one address for each bucket.
fn written_out(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (address, actions) in expected {
        match address.strip_suffix("[*]") {
            Some(resource) => {
                all.extend(ALL_BUCKETS.map(|key| (format!("{resource}[\"{key}\"]"), (*actions).to_owned())))
            }
            None => {
                all.insert((*address).to_owned(), (*actions).to_owned());
            }
        }
    }
    all
}

fn change(world: &World, edit: &Edit, emulator: &str) {
    world.edit(edit.file, edit.from, edit.to);
    assert_eq!(world.planned(&[]), written_out(edit.expected), "{emulator}: {}", edit.what);
    let _ = world.apply_planned();
    let settled = world.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(settled.exit_code, Some(0), "{emulator}: {} does not settle:\n{settled}", edit.what);
}

/// The edits pile up: each starts from what the ones before it made.
#[test]
fn of_each_kind_are_planned_as_expected_and_settle() {
    for kind in KINDS {
        let deployed = deployed("oratio/dev", kind);
        for edit in EDITS {
            change(&deployed.world, edit, kind.name());
        }
        let account = &deployed.account;
        assert_eq!(account.tables().len(), 4);
        assert!(!account.buckets().contains(&bucket("recordings")));
        assert_eq!(account.encryption("oratio-recordings-dev-renamed"), "aws:kms");
        assert_eq!(
            account.rules("oratio-knowledge-bases-dev-renamed"),
            ["DeleteOldVersions old versions end after 60"]
        );
        let _ = deployed.world.destroy();
        account.assert_empty();
    }
}
