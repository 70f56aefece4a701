//! What others change behind our back shows in the next plan, and the next apply puts it right.

use std::collections::BTreeMap;

use aws_sdk_s3::types::BucketVersioningStatus;

use super::{KINDS, bucket, deployed, table};

#[test]
fn is_shown_and_repaired() {
    for kind in KINDS {
        let deployed = deployed("oratio/dev", kind);
        let (world, account) = (&deployed.world, &deployed.account);
        account.tag_table(&table("agents"), "Project", "somebody else's");
        account.delete_table(&table("users"));
        account.set_versioning(&bucket("knowledge-bases"), BucketVersioningStatus::Suspended);

        let plan = world.plan_json(&[]);
        let expected = BTreeMap::from(
            [
                ("module.database.aws_dynamodb_table.this[\"agents\"]", "update"),
                ("module.database.aws_dynamodb_table.this[\"users\"]", "create"),
                ("module.storage.aws_s3_bucket_versioning.this[\"knowledge_bases\"]", "update"),
            ]
            .map(|(address, actions)| (address.to_owned(), actions.to_owned())),
        );
        assert_eq!(crate::world::actions(&plan), expected, "{}", kind.name());
        let drifted: Vec<&str> =
            plan["resource_drift"].as_array().unwrap().iter().filter_map(|drift| drift["address"].as_str()).collect();
        for address in expected.keys() {
            assert!(drifted.contains(&address.as_str()), "{}: {address} is not among {drifted:?}", kind.name());
        }
        let shown = world.succeed(&["plan"]);
        assert!(shown.stdout.contains("changed outside of"), "{shown}");

        let _ = world.apply_planned();
        assert_eq!(account.table_tags(&table("agents"))["Project"], "oratio", "{}", kind.name());
        assert!(account.tables().contains(&table("users")), "{}", kind.name());
        assert_eq!(account.bucket(&bucket("knowledge-bases")).versioning, "Enabled", "{}", kind.name());
        world.assert_settled();
        let _ = world.destroy();
        account.assert_empty();
    }
}
