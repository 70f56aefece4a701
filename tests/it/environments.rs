//! The checked-in environments on AWS: what they make, what each edit changes, what is noticed and repaired, and that
//! nothing is left in the end. What is there is read with the AWS SDK, not with our own code.

mod changes;
mod drift;
mod prod;
mod sandbox;
mod stack;

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::FaultProxy;

use crate::account::Account;
use crate::moto;
use crate::world::World;

/// Both emulators: what one is wrong about, the other usually is not.
const KINDS: [Kind; 2] = [Kind::Ministack, Kind::Moto];

/// Tables of `oratio/dev`.
const TABLES: [&str; 5] = ["agents", "api-keys", "notifications", "sessions", "users"];

/// The account that both emulators pretend to be.
const ACCOUNT_ID: &str = "123456789012";

/// An environment on an emulator of its own, so that the account is empty.
struct Deployed {
    world: World,
    account: Account,
    /// Held for what they do when they are dropped: ending the servers.
    _servers: (Emulator, Option<FaultProxy>),
}

/// Applies an environment in an empty account.
fn deployed(environment: &str, kind: Kind) -> Deployed {
    let emulator = Emulator::start(kind).unwrap();
    let proxy = moto::proxy_for(&emulator);
    let endpoint = moto::endpoint_of(&emulator, proxy.as_ref());
    let world = World::of_environment(environment).at(&endpoint);
    let account = Account::at(&endpoint);
    account.assert_empty();
    let _ = world.apply();
    Deployed { world, account, _servers: (emulator, proxy) }
}

/// Name of a table of `oratio/dev`.
fn table(name: &str) -> String {
    format!("oratio-{name}-dev")
}

/// Name of a bucket of `oratio/dev`.
fn bucket(name: &str) -> String {
    format!("oratio-{name}-dev-{ACCOUNT_ID}")
}
