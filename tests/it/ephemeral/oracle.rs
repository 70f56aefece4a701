//! The same configuration and account for `terraform`, where it is installed: what commands are given is the same.

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::skip_without_oracle;
use serde_json::Value;

use super::{STORY, fetched, world};
use crate::world::World;

#[test]
fn terraform_fetches_the_same() {
    let oracle = skip_without_oracle!("terraform_fetches_the_same");
    for kind in [Kind::Ministack, Kind::Moto] {
        let world = world(kind, "oracle", STORY);
        let endpoint = Emulator::shared(kind).unwrap().endpoint();
        world.write("provider.tf", "provider \"aws\" {\n  skip_metadata_api_check = true\n}\n");
        let _ = oracle.run(&world.path(), &["init"], Some(endpoint)).unwrap().assert_exit_code(0);
        let theirs = oracle.run(&world.path(), &["apply", "-auto-approve"], Some(endpoint)).unwrap();
        let _ = theirs.assert_exit_code(0);
        let theirs = compared(&world);
        let _ = world.destroy();
        let _ = world.apply();
        assert_eq!(theirs, compared(&world), "{}", kind.name());
    }
}

/// What was fetched, with the one value that is another each time as its length.
fn compared(world: &World) -> Value {
    let mut fetched = fetched(world);
    let password = &mut fetched["made"]["random_password"];
    *password = password.as_str().unwrap().len().into();
    fetched
}
