//! The resource types as the lifecycle suite needs to know them, in the order of their names.

use aws_sdk_s3::types::{
    BucketVersioningStatus, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use infra_test_support::emulators::Kind;

use super::{Subject, nothing, replace, update};
use crate::account::Account;

const BUCKET: &str = r#"resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}
"#;

pub(super) const SUBJECTS: &[Subject] = &[
    DYNAMODB_TABLE,
    S3_BUCKET,
    S3_BUCKET_LIFECYCLE_CONFIGURATION,
    S3_BUCKET_POLICY,
    S3_BUCKET_PUBLIC_ACCESS_BLOCK,
    S3_BUCKET_SERVER_SIDE_ENCRYPTION_CONFIGURATION,
    S3_BUCKET_VERSIONING,
];

const DYNAMODB_TABLE: Subject = Subject {
    kind: "aws_dynamodb_table",
    scenery: "",
    minimal: r#"resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
"#,
    full: r#"resource "aws_dynamodb_table" "this" {
  name           = "NAME"
  billing_mode   = "PROVISIONED"
  read_capacity  = 2
  write_capacity = 3
  hash_key       = "id"
  range_key      = "at"

  stream_enabled              = true
  stream_view_type            = "NEW_IMAGE"
  deletion_protection_enabled = false

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  attribute {
    name = "user"
    type = "B"
  }

  local_secondary_index {
    name            = "local"
    range_key       = "user"
    projection_type = "KEYS_ONLY"
  }

  global_secondary_index {
    name            = "global"
    hash_key        = "user"
    range_key       = "at"
    projection_type = "ALL"
    read_capacity   = 4
    write_capacity  = 5
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = {
    Team = "one"
  }
}
"#,
    edits: &[
        update("read_capacity  = 2", "read_capacity  = 6"),
        update("read_capacity   = 4", "read_capacity   = 7"),
        update("projection_type = \"ALL\"", "projection_type = \"KEYS_ONLY\""),
        update("\"NEW_IMAGE\"", "\"NEW_AND_OLD_IMAGES\"")
            .not_on(&[(Kind::Moto, "it refuses to enable a stream that was disabled")]),
        update("Team = \"one\"", "Team = \"two\"\n    Also = \"this\""),
        update(
            "attribute_name = \"expires\"\n    enabled        = true",
            "attribute_name = \"expires\"\n    enabled        = false",
        ),
        update("recovery {\n    enabled = true", "recovery {\n    enabled = false"),
        update("deletion_protection_enabled = false", "deletion_protection_enabled = true"),
        update("deletion_protection_enabled = true", "deletion_protection_enabled = false"),
        // The order of blocks of a set means nothing.
        nothing(
            "  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n\n  attribute {\n    name = \"at\"\n    type = \"N\"\n  }\n",
            "  attribute {\n    name = \"at\"\n    type = \"N\"\n  }\n\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n",
        ),
        replace("name            = \"local\"", "name            = \"local-renamed\""),
        replace("range_key      = \"at\"", "range_key      = \"user\""),
    ],
    drift: |account, name| account.tag_table(name, "Team", "somebody else"),
    delete: Account::delete_table,
    made_again: &["aws_dynamodb_table.this"],
    exists: |account, name| account.tables().contains(name),
    not_on: &[],
};

const S3_BUCKET: Subject = Subject {
    kind: "aws_s3_bucket",
    scenery: "",
    minimal: "resource \"aws_s3_bucket\" \"this\" {\n  bucket = \"NAME\"\n}\n",
    full: r#"resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  force_destroy       = true
  object_lock_enabled = false

  tags = {
    Team = "one"
  }
}
"#,
    edits: &[
        update("Team = \"one\"", "Team = \"two\"\n    Also = \"this\""),
        update("    Also = \"this\"\n", ""),
        update("force_destroy       = true", "force_destroy       = false"),
        replace("object_lock_enabled = false", "object_lock_enabled = true"),
        replace("object_lock_enabled = true", "object_lock_enabled = false"),
        replace("\"NAME\"", "\"NAME-renamed\""),
        replace("\"NAME-renamed\"", "\"NAME\""),
    ],
    drift: |account, name| account.set_bucket_tags(name, &[("Team", "somebody else")]),
    delete: Account::delete_bucket,
    made_again: &["aws_s3_bucket.this"],
    exists: |account, name| account.buckets().contains(name),
    not_on: &[],
};

const S3_BUCKET_LIFECYCLE_CONFIGURATION: Subject = Subject {
    kind: "aws_s3_bucket_lifecycle_configuration",
    scenery: BUCKET,
    minimal: r#"resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "all"
    status = "Enabled"

    filter {}

    expiration {
      days = 30
    }
  }
}
"#,
    full: r#"resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "age"
    status = "Enabled"

    filter {
      prefix = "logs/"
    }

    transition {
      storage_class = "STANDARD_IA"
      days          = 30
    }

    transition {
      storage_class = "GLACIER"
      days          = 90
    }

    expiration {
      days = 365
    }
  }

  rule {
    id     = "clean"
    status = "Enabled"

    filter {
      and {
        prefix = "tmp/"

        tags = {
          Kind = "scratch"
        }
      }
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}
"#,
    edits: &[
        update("days = 365", "days = 400"),
        update("days          = 30", "days          = 60"),
        update("noncurrent_days = 7", "noncurrent_days = 8"),
        update("Kind = \"scratch\"", "Kind = \"scrap\""),
        update("id     = \"age\"\n    status = \"Enabled\"", "id     = \"age\"\n    status = \"Disabled\""),
        update("id     = \"clean\"", "id     = \"cleaner\""),
        // Which of two transitions is written first means nothing.
        nothing(
            "storage_class = \"STANDARD_IA\"\n      days          = 60\n    }\n\n    transition {\n      storage_class = \"GLACIER\"\n      days          = 90",
            "storage_class = \"GLACIER\"\n      days          = 90\n    }\n\n    transition {\n      storage_class = \"STANDARD_IA\"\n      days          = 60",
        ),
    ],
    drift: |account, name| {
        let rule = LifecycleRule::builder()
            .id("somebody else's")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .expiration(LifecycleExpiration::builder().days(1).build())
            .build()
            .unwrap();
        let rules = aws_sdk_s3::types::BucketLifecycleConfiguration::builder().rules(rule).build().unwrap();
        let call = account.s3.put_bucket_lifecycle_configuration().bucket(name).lifecycle_configuration(rules);
        account.wait(call.send()).unwrap();
    },
    delete: |account, name| {
        account.wait(account.s3.delete_bucket_lifecycle().bucket(name).send()).unwrap();
    },
    made_again: &["aws_s3_bucket_lifecycle_configuration.this"],
    exists: |account, name| !account.rules(name).is_empty(),
    not_on: &[],
};

const S3_BUCKET_POLICY: Subject = Subject {
    kind: "aws_s3_bucket_policy",
    scenery: BUCKET,
    minimal: r#"resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:DeleteBucket", Resource = "arn:aws:s3:::NAME" }]
  })
}
"#,
    full: r#"resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.scenery.arn, "${aws_s3_bucket.scenery.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "Read"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::123456789012:root" }
        Action    = ["s3:GetObject", "s3:GetObjectVersion"]
        Resource  = "${aws_s3_bucket.scenery.arn}/*"
      },
    ]
  })
}
"#,
    edits: &[
        update("Sid       = \"Read\"", "Sid       = \"Readers\""),
        update("[\"s3:GetObject\", \"s3:GetObjectVersion\"]", "[\"s3:GetObject\"]"),
        // One action in a list or on its own is the same policy.
        nothing("Action    = [\"s3:GetObject\"]", "Action    = \"s3:GetObject\""),
    ],
    drift: |account, name| {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::{name}"}}]}}"#
        );
        account.wait(account.s3.put_bucket_policy().bucket(name).policy(policy).send()).unwrap();
    },
    delete: |account, name| {
        account.wait(account.s3.delete_bucket_policy().bucket(name).send()).unwrap();
    },
    made_again: &["aws_s3_bucket_policy.this"],
    exists: |account, name| !account.policy(name).is_empty(),
    not_on: &[],
};

const S3_BUCKET_PUBLIC_ACCESS_BLOCK: Subject = Subject {
    kind: "aws_s3_bucket_public_access_block",
    scenery: BUCKET,
    minimal: "resource \"aws_s3_bucket_public_access_block\" \"this\" {\n  bucket = aws_s3_bucket.scenery.id\n}\n",
    full: r#"resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"#,
    edits: &[
        update("block_public_acls       = true", "block_public_acls       = false"),
        update("block_public_policy     = true", "block_public_policy     = false"),
        update("ignore_public_acls      = true", "ignore_public_acls      = false"),
        update("  restrict_public_buckets = true\n", ""),
    ],
    drift: |account, name| {
        let block = PublicAccessBlockConfiguration::builder().block_public_acls(true).build();
        let call = account.s3.put_public_access_block().bucket(name).public_access_block_configuration(block);
        account.wait(call.send()).unwrap();
    },
    delete: |account, name| {
        account.wait(account.s3.delete_public_access_block().bucket(name).send()).unwrap();
    },
    made_again: &["aws_s3_bucket_public_access_block.this"],
    exists: |account, name| account.wait(account.s3.get_public_access_block().bucket(name).send()).is_ok(),
    not_on: &[],
};

const S3_BUCKET_SERVER_SIDE_ENCRYPTION_CONFIGURATION: Subject = Subject {
    kind: "aws_s3_bucket_server_side_encryption_configuration",
    scenery: BUCKET,
    minimal: r#"resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
"#,
    full: r#"resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "alias/aws/s3"
    }
  }
}
"#,
    edits: &[
        update("bucket_key_enabled = true", "bucket_key_enabled = false"),
        update("\"alias/aws/s3\"", "\"alias/own\""),
        update("\"aws:kms\"\n      kms_master_key_id = \"alias/own\"", "\"AES256\""),
    ],
    drift: |account, name| {
        let default =
            ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms).build().unwrap();
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let rules = ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
        let call = account.s3.put_bucket_encryption().bucket(name).server_side_encryption_configuration(rules);
        account.wait(call.send()).unwrap();
    },
    delete: delete_bucket_with_all_on_it,
    made_again: &["aws_s3_bucket.scenery", "aws_s3_bucket_server_side_encryption_configuration.this"],
    exists: |account, name| account.buckets().contains(name),
    not_on: &[],
};

const S3_BUCKET_VERSIONING: Subject = Subject {
    kind: "aws_s3_bucket_versioning",
    scenery: BUCKET,
    minimal: r#"resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Disabled"
  }
}
"#,
    full: r#"resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
"#,
    edits: &[update("\"Enabled\"", "\"Suspended\""), update("\"Suspended\"", "\"Enabled\"")],
    drift: |account, name| account.set_versioning(name, BucketVersioningStatus::Suspended),
    delete: delete_bucket_with_all_on_it,
    made_again: &["aws_s3_bucket.scenery", "aws_s3_bucket_versioning.this"],
    exists: |account, name| account.buckets().contains(name),
    not_on: &[],
};

/// For settings that every bucket has: there is no deleting them alone.
fn delete_bucket_with_all_on_it(account: &Account, name: &str) {
    account.delete_bucket(name);
}
