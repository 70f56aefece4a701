//! `oratio/prod`: its data outlives a mistaken destroy.

use infra_test_support::emulators::Kind;

use super::deployed;

#[test]
fn keeps_its_data_until_told_otherwise() {
    let deployed = deployed("oratio/prod", Kind::Ministack);
    let (world, account) = (&deployed.world, &deployed.account);
    world.assert_settled();
    assert_eq!(account.table("oratio-users-prod").deletion_protection_enabled(), Some(true));
    let recordings = "oratio-recordings-prod-123456789012";
    account.put_object(recordings, "call.wav", "hello");

    let refused = world.run(&["destroy", "-auto-approve"]).assert_exit_code(1);
    assert!(refused.stderr.contains("deletion protection"), "{refused}");
    assert_eq!(account.tables().len(), 5, "tables are protected");
    assert!(account.buckets().contains(recordings), "a bucket that is not empty is not deleted");

    // What the destroy took before it was refused comes back.
    let _ = world.apply();
    world.assert_settled();
    // The way out that the README names.
    let _ = world.succeed(&["apply", "-auto-approve", "-var", "retain_data=false"]);
    let _ = world.succeed(&["destroy", "-auto-approve", "-var", "retain_data=false"]);
    account.assert_empty();
}
