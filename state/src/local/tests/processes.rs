//! What needs other processes: locks between them, kills, full disks, directories without permission.
//!
//! The other process is this test program again, told by an environment variable to play a part.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::value::RawValue;

use super::{add, begin, files_in, state_at, store_in};
use crate::StateError;
use crate::file;
use crate::model::{Change, ObjectState};
use crate::store::suite::{self, address, lock_request, operation, outcome, provider};
use crate::store::{Action, Final, Intent, OperationId, StateStore};

const PART: &str = "INFRA_STATE_TEST_PART";
const DIRECTORY: &str = "INFRA_STATE_TEST_DIRECTORY";
const ADDITIONS: usize = 5;

/// Not a test of its own: what the other process runs.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the environment says that this is the other process")]
async fn another_process() {
    let (Ok(part), Ok(directory)) = (std::env::var(PART), std::env::var(DIRECTORY)) else {
        return;
    };
    let directory = PathBuf::from(directory);
    match part.as_str() {
        "hold" => hold_the_lock(&directory).await,
        "full" => fill_the_disk(&directory).await,
        "forbidden" => write_without_permission(&directory).await,
        worker => add_some(&directory, worker).await,
    }
}

fn command(part: &str, directory: &Path) -> Command {
    // Without SIGXFSZ, which would end the process when a file grows beyond its limit.
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "local::tests::processes::another_process"])
        .env(PART, part)
        .env(DIRECTORY, directory);
    command
}

fn spawn(part: &str, directory: &Path) -> Child {
    command(part, directory).stdout(Stdio::piped()).spawn().unwrap()
}

async fn hold_the_lock(directory: &Path) {
    let store = store_in(directory);
    store.lock(&lock_request("the other process", Duration::ZERO)).await.unwrap();
    let operation = begin(&store).await;
    store.record_outcome(&suite::created(&operation, "x_y.a", "a")).await.unwrap();
    store.checkpoint().await.unwrap();
    writeln!(std::io::stdout(), "locked").unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[tokio::test]
async fn the_lock_excludes_other_processes_and_ends_with_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut holder = spawn("hold", directory.path());
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("locked")));

    let store = store_in(directory.path());
    let Err(StateError::Locked { info: Some(info), .. }) = store.lock(&lock_request("me", Duration::ZERO)).await else {
        panic!("not locked")
    };
    assert_eq!(info.who, "the other process");
    let refused = store.force_unlock(&info.lock_id()).await;
    assert!(matches!(refused, Err(StateError::LockOfProcess { .. })), "{refused:?}");

    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(directory.path().join(".terraform.tfstate.lock.info").exists(), "the note outlives its writer");
    let lock = store.lock(&lock_request("me", Duration::from_secs(5))).await.unwrap();
    assert_eq!(suite::id_of(&store.read().await.unwrap().state, "x_y.a").as_deref(), Some("a"));
    store.unlock(&lock).await.unwrap();
    assert_eq!(files_in(directory.path()), ["terraform.tfstate"]);
}

async fn add_some(directory: &Path, worker: &str) {
    for number in 0..ADDITIONS {
        let store = store_in(directory);
        let lock = store.lock(&lock_request(worker, Duration::from_secs(60))).await.unwrap();
        add(&store, &format!("x_y.{worker}[{number}]")).await;
        store.unlock(&lock).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_take_turns_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let others: Vec<Child> = ["a", "b", "c"].map(|worker| spawn(worker, directory.path())).into();
    let path = directory.path().to_owned();
    // Threads of this process take part as well: record locks alone would not keep them apart.
    let threads = ["d", "e"].map(|worker| {
        let path = path.clone();
        tokio::spawn(async move { add_some(&path, worker).await })
    });
    for thread in threads {
        thread.await.unwrap();
    }
    for other in others {
        let output = other.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let state = state_at(&directory.path().join("terraform.tfstate"));
    assert_eq!(state.resources.instances().count(), 5 * ADDITIONS);
    assert_eq!(state.serial, 5 * ADDITIONS as u64);
}

fn limit_file_size(bytes: Option<u64>) {
    let hard = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes.or(hard), maximum: hard }).unwrap();
}

fn intent(operation: &OperationId) -> Intent {
    Intent {
        operation: operation.clone(),
        address: address("x_y.next"),
        deposed: None,
        action: Action::Create,
        planned_hash: String::new(),
        idempotency_token: None,
        lookup: serde_json::Value::Null,
    }
}

async fn fill_the_disk(directory: &Path) {
    let path = directory.join("terraform.tfstate");
    let store = store_in(directory);
    let lock = store.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
    add(&store, "x_y.a").await;
    let before = fs::read(&path).unwrap();
    let operation = begin(&store).await;
    limit_file_size(Some(8192));

    let attributes = serde_json::json!({ "id": "big", "text": "x".repeat(20_000) }).to_string();
    let object = ObjectState::new(0, RawValue::from_string(attributes).unwrap());
    let set = Change::Set { provider: provider(), object: object.into() };
    store.record_outcome(&outcome(&operation, "x_y.big", set)).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let refused = loop {
        match store.record_intent(&intent(&operation)).await {
            Err(error) => break error,
            Ok(()) => assert!(Instant::now() < deadline, "nobody noticed"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(matches!(refused, StateError::NotSaved(_)), "{refused}");
    assert!(refused.to_string().contains("cannot write a new version of the state"), "{refused}");
    let unfinished = store.finish(Final::default()).await;
    assert!(matches!(unfinished, Err(StateError::Io { .. })), "{unfinished:?}");
    assert_eq!(fs::read(&path).unwrap(), before, "the old file is intact");
    assert_eq!(files_in(directory), [".terraform.tfstate.lock.info", "terraform.tfstate"], "no litter");

    limit_file_size(None);
    let emergency = directory.join("errored.tfstate");
    store.write_emergency(&emergency).await.unwrap();
    assert_eq!(state_at(&emergency).resources.len(), 2);
    // The thread goes on trying, and new work may start as soon as it succeeds.
    while store.record_intent(&intent(&operation)).await.is_err() {
        assert!(Instant::now() < deadline, "still refused");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(state_at(&path).resources.len(), 2);
    store.finish(Final::default()).await.unwrap();
    store.unlock(&lock).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_leaves_the_old_file_and_stops_new_work() {
    let directory = tempfile::tempdir().unwrap();
    let output = command("full", directory.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let state = state_at(&directory.path().join("terraform.tfstate"));
    assert_eq!(state.resources.len(), 2, "the other process did its work");
}

async fn write_without_permission(directory: &Path) {
    let store = store_in(directory);
    let locked = store.lock(&lock_request("me", Duration::ZERO)).await;
    let Err(StateError::Io { .. }) = &locked else { panic!("{locked:?}") };
    let operation = store.begin_operation(&operation(&store.read().await.unwrap())).await.unwrap();
    store.record_outcome(&suite::created(&operation, "x_y.b", "b")).await.unwrap();
    let refused = store.finish(Final::default()).await.unwrap_err().to_string();
    assert!(refused.contains("cannot write a new version of the state"), "{refused}");
    assert!(refused.contains("Check that this user may write the directory"), "{refused}");
}

#[tokio::test]
async fn a_directory_without_permission_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    add(&store_in(directory.path()), "x_y.a").await;
    let path = directory.path().join("terraform.tfstate");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = command("forbidden", directory.path());
    if rustix::process::geteuid().is_root() {
        // Permissions do not hold root back.
        command.uid(65_534).gid(65_534);
    }
    let before = fs::read(&path).unwrap();
    let output = command.output().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    if output.status.code() == Some(126) {
        eprintln!("skipped: another user cannot run this test program");
        return;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(file::decode("x", &before).is_ok());
}
