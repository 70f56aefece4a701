use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tempfile::TempDir;

use super::{Backup, LocalPaths, LocalStore};
use crate::StateError;
use crate::file;
use crate::model::State;
use crate::store::suite::{self, Bench, created, id_of, lock_request, operation};
use crate::store::{Final, NoJournal, OperationId, StateStore};

mod processes;
mod terraform;

/// A store on `terraform.tfstate` in a directory.
fn store_in(directory: &Path) -> LocalStore {
    store_at(LocalPaths::in_directory(directory))
}

fn store_at(paths: LocalPaths) -> LocalStore {
    LocalStore::new(paths, Arc::new(NoJournal))
}

async fn begin(store: &LocalStore) -> OperationId {
    store.begin_operation(&operation(&store.read().await.unwrap())).await.unwrap()
}

/// Adds an object in an operation of its own.
async fn add(store: &LocalStore, address: &str) {
    let operation = begin(store).await;
    store.record_outcome(&created(&operation, address, address)).await.unwrap();
    store.finish(Final::default()).await.unwrap();
}

fn state_at(path: &Path) -> State {
    file::decode("x", &fs::read(path).unwrap()).unwrap()
}

fn files_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

struct InDirectory {
    directory: TempDir,
    count: AtomicUsize,
}

#[async_trait]
impl Bench for InDirectory {
    async fn two_clients(&self) -> [Arc<dyn StateStore>; 2] {
        let name = self.count.fetch_add(1, Ordering::Relaxed).to_string();
        let directory = self.directory.path().join(name);
        [Arc::new(store_in(&directory)), Arc::new(store_in(&directory))]
    }

    fn can_force_unlock(&self) -> bool {
        false
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passes_the_suite() {
    let bench = InDirectory { directory: tempfile::tempdir().unwrap(), count: AtomicUsize::new(0) };
    suite::run(&bench).await;
    for name in files_in(bench.directory.path()) {
        for file in files_in(&bench.directory.path().join(name)) {
            assert!(["terraform.tfstate", "terraform.tfstate.backup"].contains(&file.as_str()), "{file} was left");
        }
    }
}

#[tokio::test]
async fn outcomes_reach_the_file_by_themselves_but_not_too_often() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("terraform.tfstate");
    let store = store_in(directory.path());
    let operation = begin(&store).await;
    let started = Instant::now();
    for number in 0..60 {
        store.record_outcome(&created(&operation, &format!("x_y.a[{number}]"), "id")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Nothing is recorded any more, and the task of the store's user does not yield either.
    while state_at(&path).resources.instances().count() < 60 {
        assert!(started.elapsed() < Duration::from_secs(10), "never written");
        std::thread::sleep(Duration::from_millis(20));
    }
    let serial = state_at(&path).serial;
    let intervals = started.elapsed().as_millis() as u64 / 500;
    assert!((2..=intervals + 2).contains(&serial), "written {serial} times in {intervals} half seconds");
    assert_eq!(store.finish(Final::default()).await.unwrap().state.serial, serial, "nothing left to write");
}

#[tokio::test]
async fn dropping_the_store_or_unlocking_saves() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("terraform.tfstate");
    for (round, unlock) in [false, true].into_iter().enumerate() {
        let store = store_in(directory.path());
        let lock = store.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
        let operation = begin(&store).await;
        for number in 0..50 {
            store.record_outcome(&created(&operation, &format!("x_y.a{round}[{number}]"), "id")).await.unwrap();
        }
        if unlock {
            store.unlock(&lock).await.unwrap();
            assert_eq!(state_at(&path).resources.instances().count(), 50 * (round + 1));
        }
        drop(store);
        assert_eq!(state_at(&path).resources.instances().count(), 50 * (round + 1));
        assert!(!directory.path().join(".terraform.tfstate.lock.info").exists());
    }
}

#[tokio::test]
async fn what_cannot_be_saved_at_the_end_goes_to_the_emergency_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("terraform.tfstate");
    let store = store_in(directory.path());
    add(&store, "x_y.a").await;
    let operation = begin(&store).await;
    let by_others = file::encode(&State { lineage: "others".to_owned(), ..State::default() }).unwrap();
    fs::write(&path, &by_others).unwrap();
    store.record_outcome(&created(&operation, "x_y.b", "b")).await.unwrap();
    let refused = store.finish(Final::default()).await;
    assert!(matches!(refused, Err(StateError::ChangedUnderneath { .. })), "{refused:?}");
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), by_others);
    let rescued = state_at(&directory.path().join("errored.tfstate"));
    assert_eq!(rescued.resources.instances().count(), 2);
}

#[tokio::test]
async fn the_backup_is_the_previous_state_of_the_run() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let first = store_in(directory.path());
    add(&first, "x_y.a").await;
    assert_eq!(files_in(directory.path()), ["terraform.tfstate"], "nothing to back up");
    let before = fs::read(at("terraform.tfstate")).unwrap();

    let second = store_in(directory.path());
    begin(&second).await;
    second.finish(Final::default()).await.unwrap();
    assert_eq!(files_in(directory.path()), ["terraform.tfstate"], "nothing was written");
    add(&second, "x_y.b").await;
    add(&second, "x_y.c").await;
    assert_eq!(fs::read(at("terraform.tfstate.backup")).unwrap(), before);
    assert_eq!(mode_of(&at("terraform.tfstate.backup")), 0o600);

    let paths = LocalPaths::in_directory(directory.path());
    add(&store_at(LocalPaths { backup: Backup::Off, ..paths.clone() }), "x_y.d").await;
    assert_eq!(fs::read(at("terraform.tfstate.backup")).unwrap(), before);
    let before = fs::read(at("terraform.tfstate")).unwrap();
    add(&store_at(LocalPaths { backup: Backup::At(at("here")), ..paths }), "x_y.e").await;
    assert_eq!(fs::read(at("here")).unwrap(), before);
}

#[tokio::test]
async fn reading_here_and_writing_there() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    add(&store_in(directory.path()), "x_y.a").await;
    let original = fs::read(at("terraform.tfstate")).unwrap();
    let paths = LocalPaths { state_out: Some(at("sub/out.tfstate")), ..LocalPaths::in_directory(directory.path()) };
    let store = store_at(paths);
    let lock = store.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
    assert_eq!(files_in(&at("sub")), [".out.tfstate.lock.info", "out.tfstate"]);
    add(&store, "x_y.b").await;
    add(&store, "x_y.c").await;
    store.unlock(&lock).await.unwrap();
    assert_eq!(fs::read(at("terraform.tfstate")).unwrap(), original);
    assert_eq!(state_at(&at("sub/out.tfstate")).resources.len(), 3);
    assert_eq!(store.read().await.unwrap().state.serial, 3);
    assert_eq!(files_in(&at("sub")), ["out.tfstate"]);
}

#[tokio::test]
async fn permissions_links_and_leftovers() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let path = at("terraform.tfstate");
    let store = store_in(directory.path());
    add(&store, "x_y.a").await;
    assert_eq!(mode_of(&path), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    add(&store, "x_y.b").await;
    assert_eq!(mode_of(&path), 0o640);

    std::os::unix::fs::symlink("terraform.tfstate", at("link")).unwrap();
    let through_link = store_at(LocalPaths { backup: Backup::Off, ..LocalPaths::new(at("link")) });
    for leftover in [".terraform.tfstate.aB3dE6.tmp", ".terraform.tfstate.other.tmp", ".terraform.tfstate.aB3dE6.tmp2"]
    {
        fs::write(at(leftover), "").unwrap();
    }
    let lock = through_link.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
    add(&through_link, "x_y.c").await;
    assert_eq!(mode_of(&at(".link.lock.info")), 0o600);
    through_link.unlock(&lock).await.unwrap();
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    assert_eq!(state_at(&path).resources.len(), 3);
    assert_eq!(
        files_in(directory.path()),
        [".terraform.tfstate.aB3dE6.tmp2", ".terraform.tfstate.other.tmp", "link", "terraform.tfstate"]
    );
}

#[tokio::test]
async fn a_lock_leaves_no_trace_and_a_stale_note_can_be_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let store = store_in(directory.path());
    let lock = store.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
    assert!(!store.read().await.unwrap().exists, "an empty file is no state");
    store.unlock(&lock).await.unwrap();
    assert_eq!(files_in(directory.path()), [""; 0]);

    let note = directory.path().join(".terraform.tfstate.lock.info");
    fs::write(&note, r#"{"ID":"dead","Who":"killed"}"#).unwrap();
    let wrong = store.force_unlock(&crate::store::LockId("other".to_owned())).await;
    assert!(matches!(wrong, Err(StateError::WrongLock { found: Some(_), .. })), "{wrong:?}");
    store.force_unlock(&crate::store::LockId("dead".to_owned())).await.unwrap();
    assert_eq!(files_in(directory.path()), [""; 0]);
}

#[tokio::test]
async fn a_broken_file_is_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path: PathBuf = directory.path().join("terraform.tfstate");
    for broken in ["{\"version\": 4, \"serial\"", "{\"version\": 3}", "<<<<<<< HEAD\n"] {
        fs::write(&path, broken).unwrap();
        let store = store_in(directory.path());
        assert!(store.read().await.is_err());
        let begun = store.begin_operation(&operation(&Default::default())).await;
        assert!(begun.unwrap_err().to_string().contains("terraform.tfstate"));
        drop(store);
        assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        assert_eq!(files_in(directory.path()), ["terraform.tfstate"]);
    }
}

#[tokio::test]
async fn the_message_about_a_lock_says_who_since_when_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = [store_in(directory.path()), store_in(directory.path())];
    first.lock(&lock_request("ada@engine", Duration::ZERO)).await.unwrap();
    let message = second.lock(&lock_request("me", Duration::ZERO)).await.unwrap_err().to_string();
    for part in [
        "terraform.tfstate is locked by ada@engine since 1970-01-01T00:00:00Z",
        "OperationTypeApply",
        "-lock-timeout=5m",
        "goes when the process that holds it ends",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(id_of(&first.read().await.unwrap().state, "x_y.a"), None);
}
