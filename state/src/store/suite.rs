//! What every store must do, as tests that run against any of them.
//!
//! A store's own tests call [`run`] with a [`Bench`] that makes clients of fresh, empty states.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use infra_values::address::{DeposedKey, ModulePath, ProviderAddress, ProviderConfig, ResourceInstance};
use infra_values::{Str, Value};
use serde_json::value::RawValue;

use super::{
    Action, Final, Identity, Intent, LockId, Operation, OperationId, Outcome, Snapshot, StateStore, StateVersion,
};
use crate::error::StateError;
use crate::file;
use crate::lock::LockRequest;
use crate::model::{Change, ObjectState, OutputValue, State};

/// Makes stores to be tested.
#[async_trait]
pub trait Bench: Sync {
    /// Two clients of one new state that was never written.
    async fn two_clients(&self) -> [Arc<dyn StateStore>; 2];

    /// Whether one client can take the lock away from another.
    fn can_force_unlock(&self) -> bool;
}

/// Runs all cases, one after the other; panics at the first that fails.
pub async fn run(bench: &dyn Bench) {
    first_write_and_reading_back(bench).await;
    serial_rises_only_with_content(bench).await;
    every_change(bench).await;
    concurrent_updates(bench).await;
    a_plan_from_another_snapshot_is_refused(bench).await;
    records_of_other_operations_are_refused(bench).await;
    overwriting_is_exact(bench).await;
    locks_exclude(bench).await;
    waiting_for_the_lock(bench).await;
    unlocking_by_force(bench).await;
    emergency_file(bench).await;
}

/// A lock request as `apply` makes it.
pub fn lock_request(who: &str, timeout: Duration) -> LockRequest {
    LockRequest {
        operation: "OperationTypeApply".to_owned(),
        info: String::new(),
        who: who.to_owned(),
        version: file::TERRAFORM_VERSION.to_owned(),
        created: jiff::Timestamp::UNIX_EPOCH,
        timeout,
    }
}

/// An operation planned from a snapshot.
pub fn operation(base: &Snapshot) -> Operation {
    Operation {
        kind: "apply".to_owned(),
        summary: "1 to add".to_owned(),
        started_at: jiff::Timestamp::UNIX_EPOCH,
        based_on: Some(base.version()),
        recovers: None,
    }
}

/// An address from its text.
pub fn address(text: &str) -> ResourceInstance {
    text.parse().expect("an address")
}

/// An object with an `id`.
pub fn object(id: &str) -> Arc<ObjectState> {
    let attributes = serde_json::json!({ "id": id, "input": null, "output": null, "triggers_replace": null });
    Arc::new(ObjectState::new(0, RawValue::from_string(attributes.to_string()).expect("JSON")))
}

/// The provider of `terraform_data`.
pub fn provider() -> ProviderConfig {
    ProviderConfig { module: ModulePath::root(), provider: ProviderAddress::builtin(), alias: None }
}

/// An outcome without error.
pub fn outcome(operation: &OperationId, address_text: &str, change: Change) -> Outcome {
    Outcome { operation: operation.clone(), address: address(address_text), deposed: None, change, error: None }
}

/// The outcome of a creation.
pub fn created(operation: &OperationId, address_text: &str, id: &str) -> Outcome {
    outcome(operation, address_text, Change::Set { provider: provider(), object: object(id) })
}

/// The `id` of an object in a state.
pub fn id_of(state: &State, address_text: &str) -> Option<String> {
    let id = state.object(&address(address_text))?.string_attribute("id")?;
    Some(id.to_string())
}

async fn begin(store: &dyn StateStore) -> OperationId {
    let base = store.read().await.unwrap();
    store.begin_operation(&operation(&base)).await.unwrap()
}

fn one_output(value: u64) -> Final {
    let output = OutputValue { value: Value::number(value), sensitive: false };
    Final { outputs: Some(BTreeMap::from([(Str::from("count"), output)])), check_results: None }
}

async fn first_write_and_reading_back(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let empty = store.read().await.unwrap();
    assert!(!empty.exists && empty.state.resources.is_empty() && empty.version() == Default::default());

    let lock = store.lock(&lock_request("first", Duration::ZERO)).await.unwrap();
    let operation = begin(&*store).await;
    let intent = Intent {
        operation: operation.clone(),
        address: address("terraform_data.a"),
        deposed: None,
        action: Action::Create,
        planned_hash: "00".to_owned(),
        idempotency_token: Some("token".to_owned()),
        lookup: serde_json::json!({ "name": "a" }),
    };
    store.record_intent(&intent).await.unwrap();
    let identity = Identity {
        operation: operation.clone(),
        address: address("terraform_data.a"),
        deposed: None,
        attributes: serde_json::json!({ "id": "a-1" }),
    };
    store.record_identity(&identity).await.unwrap();
    store.record_outcome(&created(&operation, "terraform_data.a", "a-1")).await.unwrap();
    assert_eq!(id_of(&store.read().await.unwrap().state, "terraform_data.a").as_deref(), Some("a-1"), "at once");
    store.checkpoint().await.unwrap();
    let seen = other.read().await.unwrap();
    assert_eq!(id_of(&seen.state, "terraform_data.a").as_deref(), Some("a-1"), "after a checkpoint, by others");
    assert!(!seen.state.lineage.is_empty() && seen.state.serial >= 1);

    let end = store.finish(one_output(1)).await.unwrap();
    store.unlock(&lock).await.unwrap();
    let seen = other.read().await.unwrap();
    assert_eq!(seen.version(), end.version());
    assert_eq!(seen.state.outputs["count"].value, Value::number(1_u64));
    assert_eq!(seen.state.terraform_version, file::TERRAFORM_VERSION);
}

async fn serial_rises_only_with_content(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    begin(&*store).await;
    let first = store.finish(Final::default()).await.unwrap().version();
    assert_eq!(first.serial, 1, "a state that is not there is written even if it is empty");
    assert_eq!(other.read().await.unwrap().version(), first);

    let operation = begin(&*store).await;
    store.record_outcome(&outcome(&operation, "terraform_data.a", Change::Remove)).await.unwrap();
    store.record_outcome(&outcome(&operation, "terraform_data.a", Change::Nothing)).await.unwrap();
    let same = Final { outputs: Some(BTreeMap::new()), check_results: Some(None) };
    assert_eq!(store.finish(same).await.unwrap().version(), first);
    assert_eq!(other.read().await.unwrap().version(), first);

    begin(&*store).await;
    let second = store.finish(one_output(1)).await.unwrap().version();
    assert_eq!((second.serial, &second.lineage), (2, &first.lineage));

    // Another client goes on where this one stopped.
    let operation = begin(&*other).await;
    other.record_outcome(&created(&operation, "terraform_data.a", "a-1")).await.unwrap();
    other.checkpoint().await.unwrap();
    other.checkpoint().await.unwrap();
    assert_eq!(other.finish(Final::default()).await.unwrap().state.serial, 3);
    assert_eq!(store.read().await.unwrap().state.serial, 3);
}

async fn every_change(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let operation = begin(&*store).await;
    let key = || DeposedKey("0123abcd".into());
    for name in ["kept", "gone", "replaced", "restored", "from", "deleted"] {
        store.record_outcome(&created(&operation, &format!("terraform_data.{name}"), name)).await.unwrap();
    }
    let of_deposed = |name: &str, change: Change| Outcome {
        deposed: Some(key()),
        ..outcome(&operation, &format!("terraform_data.{name}"), change)
    };
    for outcome in [
        outcome(&operation, "terraform_data.gone", Change::Remove),
        outcome(&operation, "terraform_data.replaced", Change::Depose(key())),
        created(&operation, "terraform_data.replaced", "new"),
        outcome(&operation, "terraform_data.restored", Change::Depose(key())),
        outcome(&operation, "terraform_data.restored", Change::Restore(key())),
        outcome(&operation, "terraform_data.deleted", Change::Depose(key())),
        of_deposed("deleted", Change::Remove),
        outcome(&operation, "terraform_data.from", Change::Move(address("module.m[\"k\"].terraform_data.to[3]"))),
        Outcome {
            error: Some("the service said no".to_owned()),
            ..outcome(&operation, "terraform_data.kept", Change::Nothing)
        },
    ] {
        store.record_outcome(&outcome).await.unwrap();
    }
    let impossible = store.record_outcome(&outcome(&operation, "terraform_data.none", Change::Depose(key()))).await;
    assert!(matches!(impossible, Err(StateError::ImpossibleChange { .. })), "{impossible:?}");
    store.finish(Final::default()).await.unwrap();

    let state = other.read().await.unwrap().state;
    let addresses: Vec<String> = state.resources.instances().map(|(address, ..)| address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "terraform_data.kept",
            "terraform_data.replaced",
            "terraform_data.restored",
            "module.m[\"k\"].terraform_data.to[3]"
        ]
    );
    assert_eq!(id_of(&state, "module.m[\"k\"].terraform_data.to[3]").as_deref(), Some("from"));
    assert_eq!(id_of(&state, "terraform_data.replaced").as_deref(), Some("new"));
    let replaced = state.resources.instance(&address("terraform_data.replaced")).unwrap();
    assert_eq!(replaced.deposed[&key()].string_attribute("id").as_deref(), Some("replaced"));
    let restored = state.resources.instance(&address("terraform_data.restored")).unwrap();
    assert!(restored.current.is_some() && restored.deposed.is_empty());
}

async fn concurrent_updates(bench: &dyn Bench) {
    const TASKS: usize = 8;
    const EACH: usize = 100;
    let [store, other] = bench.two_clients().await;
    let operation = begin(&*store).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (store, operation) = (Arc::clone(&store), operation.clone());
            tokio::spawn(async move {
                for number in 0..EACH {
                    let at = format!("terraform_data.t{task}[{number}]");
                    store.record_outcome(&created(&operation, &at, "first")).await.unwrap();
                    if number % 10 == 0 {
                        store.checkpoint().await.unwrap();
                        tokio::task::yield_now().await;
                    }
                    store.record_outcome(&created(&operation, &at, &format!("{task}-{number}"))).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let end = store.finish(Final::default()).await.unwrap();
    let state = other.read().await.unwrap().state;
    assert_eq!(state.serial, end.state.serial);
    for task in 0..TASKS {
        for number in 0..EACH {
            let id = id_of(&state, &format!("terraform_data.t{task}[{number}]"));
            assert_eq!(id, Some(format!("{task}-{number}")));
        }
    }
}

async fn a_plan_from_another_snapshot_is_refused(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let planned_from = store.read().await.unwrap();
    begin(&*other).await;
    other.finish(one_output(1)).await.unwrap();
    let refused = store.begin_operation(&operation(&planned_from)).await;
    assert!(matches!(refused, Err(StateError::Stale { .. })), "{refused:?}");
    begin(&*store).await;
    let second = store.begin_operation(&Operation { based_on: None, ..operation(&planned_from) }).await;
    assert!(matches!(second, Err(StateError::OperationRunning(_))), "{second:?}");
    store.finish(Final::default()).await.unwrap();
}

async fn records_of_other_operations_are_refused(bench: &dyn Bench) {
    let [store, _] = bench.two_clients().await;
    let stranger = OperationId("stranger".into());
    for _ in 0..2 {
        let refused = store.record_outcome(&created(&stranger, "terraform_data.a", "a")).await;
        assert!(matches!(refused, Err(StateError::NoSuchOperation(_))), "{refused:?}");
        begin(&*store).await;
        let refused = store.record_outcome(&created(&stranger, "terraform_data.a", "a")).await;
        assert!(matches!(refused, Err(StateError::NoSuchOperation(_))), "{refused:?}");
        assert!(store.finish(Final::default()).await.unwrap().state.resources.is_empty());
    }
}

async fn overwriting_is_exact(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let mut state = State { lineage: "given".to_owned(), serial: 41, ..State::default() };
    state.resources.set(&address("terraform_data.a"), None, provider(), object("a"));
    let nothing = StateVersion::default();
    store.overwrite(state, &nothing).await.unwrap();
    let seen = other.read().await.unwrap();
    assert_eq!((seen.state.lineage.as_str(), seen.state.serial), ("given", 41));
    begin(&*other).await;
    let late = store.overwrite(State::default(), &nothing).await;
    assert!(matches!(late, Err(StateError::ChangedUnderneath { .. })), "{late:?}");
    let refused = other.overwrite(State::default(), &seen.version()).await;
    assert!(matches!(refused, Err(StateError::OperationRunning(_))), "{refused:?}");
    assert_eq!(other.finish(one_output(1)).await.unwrap().state.serial, 42);
}

async fn locks_exclude(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let id = store.lock(&lock_request("first", Duration::ZERO)).await.unwrap();
    let Err(StateError::Locked { info: Some(info), .. }) = other.lock(&lock_request("second", Duration::ZERO)).await
    else {
        panic!("two locks at once")
    };
    assert_eq!((info.who.as_str(), info.lock_id()), ("first", id.clone()));
    let refused = other.unlock(&id).await;
    assert!(matches!(refused, Err(StateError::NotLocked { .. })), "{refused:?}");
    let refused = store.unlock(&LockId("no such".to_owned())).await;
    assert!(matches!(refused, Err(StateError::WrongLock { .. })), "{refused:?}");

    // Still locked after writing, and after reading by the other.
    let operation = begin(&*store).await;
    store.record_outcome(&created(&operation, "terraform_data.a", "a")).await.unwrap();
    store.finish(Final::default()).await.unwrap();
    other.read().await.unwrap();
    let refused = other.lock(&lock_request("second", Duration::ZERO)).await;
    assert!(matches!(refused, Err(StateError::Locked { .. })), "{refused:?}");

    store.unlock(&id).await.unwrap();
    let second = other.lock(&lock_request("second", Duration::ZERO)).await.unwrap();
    assert_ne!(second, id);
    assert_eq!(id_of(&other.read().await.unwrap().state, "terraform_data.a").as_deref(), Some("a"));
    other.unlock(&second).await.unwrap();
}

async fn waiting_for_the_lock(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let id = store.lock(&lock_request("first", Duration::ZERO)).await.unwrap();
    let started = Instant::now();
    let refused = other.lock(&lock_request("second", Duration::from_millis(350))).await;
    assert!(matches!(refused, Err(StateError::Locked { .. })), "{refused:?}");
    assert!(started.elapsed() >= Duration::from_millis(350));

    let waiting = tokio::spawn(async move {
        let id = other.lock(&lock_request("second", Duration::from_secs(30))).await.unwrap();
        // What the first one wrote while this one waited.
        let state = other.read().await.unwrap().state;
        other.unlock(&id).await.unwrap();
        id_of(&state, "terraform_data.a")
    });
    let operation = begin(&*store).await;
    store.record_outcome(&created(&operation, "terraform_data.a", "a")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert!(!waiting.is_finished());
    store.finish(Final::default()).await.unwrap();
    store.unlock(&id).await.unwrap();
    assert_eq!(waiting.await.unwrap().as_deref(), Some("a"));
}

async fn unlocking_by_force(bench: &dyn Bench) {
    let [store, other] = bench.two_clients().await;
    let id = store.lock(&lock_request("first", Duration::ZERO)).await.unwrap();
    let result = other.force_unlock(&id).await;
    if bench.can_force_unlock() {
        result.unwrap();
        let second = other.lock(&lock_request("second", Duration::ZERO)).await.unwrap();
        let wrong = store.force_unlock(&id).await;
        assert!(matches!(wrong, Err(StateError::WrongLock { .. })), "{wrong:?}");
        other.unlock(&second).await.unwrap();
    } else {
        assert!(matches!(result, Err(StateError::LockOfProcess { .. })), "{result:?}");
        store.unlock(&id).await.unwrap();
    }
    let nothing = other.force_unlock(&id).await;
    assert!(matches!(nothing, Err(StateError::NotLocked { .. })), "{nothing:?}");
}

async fn emergency_file(bench: &dyn Bench) {
    let [store, _] = bench.two_clients().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("errored.tfstate");
    let operation = begin(&*store).await;
    store.record_outcome(&created(&operation, "terraform_data.a", "a")).await.unwrap();
    store.write_emergency(&path).await.unwrap();
    let rescued = file::decode("errored.tfstate", &std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(id_of(&rescued, "terraform_data.a").as_deref(), Some("a"));
    assert!(rescued.serial >= 1 && !rescued.lineage.is_empty());
    store.finish(Final::default()).await.unwrap();
}
