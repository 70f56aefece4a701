//! The same through `-sandbox`, as a newcomer without an AWS account would.

use std::path::PathBuf;

use infra_test_support::command::TestCommand;
use infra_test_support::emulators::default_cache_directory;
use infra_test_support::process::Output;

use super::{TABLES, table};
use crate::account::Account;
use crate::world::World;

/// A checkout with a sandbox, which is wiped in the end however the test ends.
struct Checkout {
    world: World,
    /// Where servers are installed: the real place, so that it happens once and not in every test run.
    cache: PathBuf,
}

impl Checkout {
    fn command(&self, arguments: &[&str]) -> TestCommand {
        self.world
            .infra(arguments)
            .env("XDG_CACHE_HOME", &self.cache)
            // Keys of a real account, which must not get near the sandbox.
            .env("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
            .env("AWS_SECRET_ACCESS_KEY", "real")
            .env("AWS_PROFILE", "production")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).run().assert_exit_code(0)
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _whether_it_ran_or_not = self.command(&["sandbox", "reset"]).run();
    }
}

#[test]
fn a_newcomer_applies_changes_and_destroys() {
    let world = World::of_environment("oratio/dev");
    // As it is checked in: with its backend.
    let backend = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("environments/oratio/dev/backend.tf");
    world.write("backend.tf", std::fs::read(backend).unwrap());
    world.directory().write(".git/HEAD", "ref: refs/heads/main\n");
    let cache = default_cache_directory().parent().unwrap().to_owned();
    let checkout = Checkout { world, cache };

    assert!(checkout.run(&["sandbox", "status"]).stdout.contains("stopped and empty"));
    let applied = checkout.run(&["-sandbox", "apply", "-auto-approve"]);
    assert!(applied.stderr.contains("Working in the sandbox"), "{applied}");
    let status = checkout.run(&["sandbox", "status"]).stdout;
    let endpoint = status.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    assert_eq!(Account::at(endpoint).tables(), TABLES.map(table).into_iter().collect());

    // Nothing of it is beside the files: a real apply finds no state.
    assert!(!checkout.world.exists("terraform.tfstate"));
    assert_eq!(checkout.run(&["-sandbox", "output", "-raw", "account_id"]).stdout.len(), 12);
    let _ = checkout.run(&["-sandbox", "plan", "-detailed-exitcode"]);

    // Its contents outlive the server.
    let _ = checkout.run(&["sandbox", "stop"]);
    let _ = checkout.run(&["plan", "-sandbox", "-detailed-exitcode"]);
    let changed = checkout.command(&["-sandbox", "plan", "-detailed-exitcode", "-var=tags={Owner=\"me\"}"]).run();
    let _ = changed.assert_exit_code(2);
    let _ = checkout.run(&["-sandbox", "destroy", "-auto-approve"]);
    let status = checkout.run(&["sandbox", "status"]).stdout;
    let endpoint = status.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    Account::at(endpoint).assert_empty();
}
