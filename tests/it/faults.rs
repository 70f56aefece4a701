//! A bad day at AWS: throttling, failures, resets and a lost reply at once, and `oratio/dev` still comes and goes.

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher};

use crate::account::Account;
use crate::world::{World, errors};

/// Each draws other faults; a failure names its seed.
const SEEDS: [u64; 2] = [11, 2025];

#[test]
fn oratio_converges_after_at_most_two_applies_and_destroys_clean() {
    let emulator = Emulator::start(Kind::Ministack).unwrap();
    for seed in SEEDS {
        let proxy = FaultProxy::start(emulator.endpoint(), seed).unwrap();
        for lost in [("dynamodb", "CreateTable"), ("s3", "CreateBucket")] {
            proxy.inject(Matcher::operation(lost.0, lost.1).nth(1), Effect::ResetAfterForward);
        }
        proxy.inject(Matcher::any().probability(0.3), Effect::Throttle);
        proxy.inject(Matcher::any().probability(0.05), Effect::server_error(500));
        proxy.inject(Matcher::any().probability(0.03), Effect::ResetBeforeForward);
        proxy.inject(Matcher::operation("*", "Get*").probability(0.03), Effect::TruncateReply);

        let world = World::of_environment("oratio/dev").at(&proxy.endpoint());
        let first = world.run(&["apply", "-auto-approve"]);
        if !first.is_success() {
            let second = world.run(&["apply", "-auto-approve"]);
            assert!(
                second.is_success(),
                "seed {seed}: two applies were not enough:\n{}\n{}",
                errors(&first),
                errors(&second)
            );
        }
        let settled = world.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(settled.exit_code, Some(0), "seed {seed}:\n{settled}");
        let account = Account::at(emulator.endpoint());
        assert_eq!((account.tables().len(), account.buckets().len()), (5, 3), "seed {seed}");

        let first = world.run(&["destroy", "-auto-approve"]);
        if !first.is_success() {
            let second = world.run(&["destroy", "-auto-approve"]);
            assert!(
                second.is_success(),
                "seed {seed}: two destroys were not enough:\n{}\n{}",
                errors(&first),
                errors(&second)
            );
        }
        account.assert_empty();
        let hit = proxy.calls().iter().filter(|call| !call.faults.is_empty()).count();
        assert!(hit > 50, "seed {seed}: the proxy was to be in the way, and was {hit} times");
    }
}
