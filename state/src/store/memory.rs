//! A store in memory, for the tests of whoever uses stores: it fails on demand and remembers what was asked of it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{
    Entry, Final, Identity, Intent, Journal, Ledger, LockId, NoJournal, Operation, OperationId, Outcome, Snapshot,
    StateStore, StateVersion, Working,
};
use crate::error::StateError;
use crate::file;
use crate::local::write_whole_file;
use crate::lock::{LockInfo, LockRequest, wait_for_lock};
use crate::model::State;

const PLACE: &str = "memory";

/// What can be asked of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// [`StateStore::read`]
    Read,
    /// [`StateStore::lock`]
    Lock,
    /// [`StateStore::unlock`]
    Unlock,
    /// [`StateStore::force_unlock`]
    ForceUnlock,
    /// [`StateStore::overwrite`]
    Overwrite,
    /// [`StateStore::begin_operation`]
    Begin,
    /// [`StateStore::record_intent`]
    Intent,
    /// [`StateStore::record_identity`]
    Identity,
    /// [`StateStore::record_outcome`]
    Outcome,
    /// [`StateStore::checkpoint`]
    Checkpoint,
    /// [`StateStore::finish`]
    Finish,
    /// [`StateStore::write_emergency`]
    Emergency,
    /// A snapshot is written, by whatever call.
    Write,
}

/// A store in memory. Snapshots are written at checkpoints and at the end.
pub struct MemoryStore {
    backing: Arc<Mutex<Backing>>,
    journal: Arc<dyn Journal>,
    client: Mutex<Client>,
}

/// What all clients share.
#[derive(Default)]
struct Backing {
    bytes: Option<Vec<u8>>,
    lock: Option<LockInfo>,
    calls: Vec<(CallKind, String)>,
    counts: HashMap<CallKind, usize>,
    faults: Vec<(CallKind, usize)>,
}

#[derive(Default)]
struct Client {
    lock: Option<LockId>,
    running: Option<(Working, Ledger)>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_journal(Arc::new(NoJournal))
    }
}

impl MemoryStore {
    /// An empty store with a journal.
    pub fn with_journal(journal: Arc<dyn Journal>) -> Self {
        Self { backing: Arc::default(), journal, client: Mutex::default() }
    }

    /// A store that holds a state.
    pub fn holding(state: &State) -> Result<Self, StateError> {
        let store = Self::default();
        store.backing().bytes = Some(file::encode(state)?);
        Ok(store)
    }

    /// Another client of the same state, as a second process would be.
    pub fn second_client(&self) -> Self {
        Self { backing: Arc::clone(&self.backing), journal: Arc::clone(&self.journal), client: Mutex::default() }
    }

    /// Lets the `nth` call of a kind fail, counted from 1 since the store was made. It fails once.
    pub fn fail(&self, kind: CallKind, nth: usize) {
        self.backing().faults.push((kind, nth));
    }

    /// All calls so far, of all clients, with the address or other object of each.
    pub fn calls(&self) -> Vec<(CallKind, String)> {
        self.backing().calls.clone()
    }

    /// What is stored now.
    pub fn stored_bytes(&self) -> Option<Vec<u8>> {
        self.backing().bytes.clone()
    }

    fn backing(&self) -> MutexGuard<'_, Backing> {
        self.backing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a call, and fails if a fault is due.
    fn note(&self, kind: CallKind, what: impl ToString) -> Result<(), StateError> {
        let mut backing = self.backing();
        backing.calls.push((kind, what.to_string()));
        let count = backing.counts.entry(kind).or_default();
        *count += 1;
        let count = *count;
        if backing.faults.contains(&(kind, count)) {
            return Err(StateError::Store {
                attempt: format!("{kind:?}"),
                place: PLACE.to_owned(),
                source: format!("call {count} of this kind was told to fail").into(),
            });
        }
        Ok(())
    }

    fn stored(&self) -> Result<Snapshot, StateError> {
        match &self.backing().bytes {
            None => Ok(Snapshot::default()),
            Some(bytes) => {
                Ok(Snapshot { state: Arc::new(file::decode(PLACE, bytes)?), exists: true, left_behind: Vec::new() })
            }
        }
    }

    fn write(&self) -> Result<(), StateError> {
        let mut client = self.client();
        let Some((working, ledger)) = &mut client.running else {
            return Ok(());
        };
        let Some(unsaved) = working.unsaved() else {
            return Ok(());
        };
        if let Some(numbered) = ledger.number(&unsaved.state)? {
            self.note(CallKind::Write, numbered.version.serial)?;
            self.backing().bytes = Some(numbered.bytes.clone());
            ledger.written(numbered);
        }
        working.saved(unsaved, ledger.version());
        Ok(())
    }

    fn check(&self, operation: &OperationId) -> Result<(), StateError> {
        match &self.client().running {
            Some((working, _)) => working.check(operation),
            None => Err(StateError::NoSuchOperation(operation.clone())),
        }
    }
}

#[async_trait]
impl StateStore for MemoryStore {
    fn place(&self) -> String {
        PLACE.to_owned()
    }

    async fn read(&self) -> Result<Snapshot, StateError> {
        self.note(CallKind::Read, "")?;
        let left_behind = self.journal.left_behind().await?;
        if let Some((working, _)) = &self.client().running {
            return Ok(Snapshot { state: Arc::clone(working.state()), exists: true, left_behind: Vec::new() });
        }
        Ok(Snapshot { left_behind, ..self.stored()? })
    }

    async fn lock(&self, request: &LockRequest) -> Result<LockId, StateError> {
        self.note(CallKind::Lock, &request.operation)?;
        let info = LockInfo::new(request, PLACE);
        wait_for_lock(request.timeout, || {
            let mut backing = self.backing();
            match &backing.lock {
                Some(holder) => {
                    Err(StateError::Locked { place: PLACE.to_owned(), info: Some(Box::new(holder.clone())) })
                }
                None => {
                    backing.lock = Some(info.clone());
                    Ok(())
                }
            }
        })
        .await?;
        self.client().lock = Some(info.lock_id());
        Ok(info.lock_id())
    }

    async fn unlock(&self, id: &LockId) -> Result<(), StateError> {
        self.note(CallKind::Unlock, id)?;
        let mut client = self.client();
        match &client.lock {
            None => Err(StateError::NotLocked { place: PLACE.to_owned() }),
            Some(own) if own != id => {
                Err(StateError::WrongLock { place: PLACE.to_owned(), given: id.clone(), found: Some(own.clone()) })
            }
            Some(_) => {
                client.lock = None;
                let mut backing = self.backing();
                // Someone may have taken it away by force, and someone else may hold it by now.
                if backing.lock.as_ref().is_some_and(|info| info.lock_id() == *id) {
                    backing.lock = None;
                }
                Ok(())
            }
        }
    }

    async fn force_unlock(&self, id: &LockId) -> Result<(), StateError> {
        self.note(CallKind::ForceUnlock, id)?;
        let mut backing = self.backing();
        match &backing.lock {
            None => Err(StateError::NotLocked { place: PLACE.to_owned() }),
            Some(holder) if holder.lock_id() != *id => {
                Err(StateError::WrongLock { place: PLACE.to_owned(), given: id.clone(), found: Some(holder.lock_id()) })
            }
            Some(_) => {
                backing.lock = None;
                Ok(())
            }
        }
    }

    async fn overwrite(&self, state: State, judged: &StateVersion) -> Result<(), StateError> {
        self.note(CallKind::Overwrite, state.serial)?;
        if self.stored()?.version() != *judged {
            return Err(StateError::ChangedUnderneath { place: PLACE.to_owned() });
        }
        if let Some((working, _)) = &self.client().running {
            return Err(StateError::OperationRunning(working.operation().clone()));
        }
        let bytes = file::encode(&state)?;
        self.note(CallKind::Write, state.serial)?;
        self.backing().bytes = Some(bytes);
        Ok(())
    }

    async fn begin_operation(&self, operation: &Operation) -> Result<OperationId, StateError> {
        self.note(CallKind::Begin, &operation.kind)?;
        let stored = self.stored()?;
        operation.check_base(PLACE, &stored)?;
        let id = OperationId::random();
        {
            let mut client = self.client();
            if let Some((working, _)) = &client.running {
                return Err(StateError::OperationRunning(working.operation().clone()));
            }
            client.running = Some((Working::new(id.clone(), &stored), Ledger::new(&stored)));
        }
        self.journal.append(Entry::Began(id.clone(), operation.clone())).await?;
        Ok(id)
    }

    async fn record_intent(&self, intent: &Intent) -> Result<(), StateError> {
        self.check(&intent.operation)?;
        self.note(CallKind::Intent, &intent.address)?;
        self.journal.append(Entry::Intent(intent.clone())).await
    }

    async fn record_identity(&self, identity: &Identity) -> Result<(), StateError> {
        self.check(&identity.operation)?;
        self.note(CallKind::Identity, &identity.address)?;
        self.journal.append(Entry::Identity(identity.clone())).await
    }

    async fn record_outcome(&self, outcome: &Outcome) -> Result<(), StateError> {
        match &mut self.client().running {
            Some((working, _)) => working.fold(outcome)?,
            None => return Err(StateError::NoSuchOperation(outcome.operation.clone())),
        }
        self.note(CallKind::Outcome, &outcome.address)?;
        self.journal.append(Entry::Outcome(outcome.clone())).await
    }

    async fn checkpoint(&self) -> Result<(), StateError> {
        self.note(CallKind::Checkpoint, "")?;
        self.write()
    }

    async fn finish(&self, end: Final) -> Result<Snapshot, StateError> {
        self.note(CallKind::Finish, "")?;
        if let Some((working, _)) = &mut self.client().running {
            working.end(end);
        }
        self.write()?;
        let running = self.client().running.take();
        let Some((working, _)) = running else {
            return self.stored();
        };
        self.journal.append(Entry::Finished(working.operation().clone())).await?;
        Ok(Snapshot { state: Arc::clone(working.state()), exists: true, left_behind: Vec::new() })
    }

    async fn write_emergency(&self, path: &Path) -> Result<(), StateError> {
        self.note(CallKind::Emergency, path.display())?;
        let bytes = {
            let mut client = self.client();
            match &mut client.running {
                None => return Ok(()),
                Some((working, ledger)) => ledger.emergency_bytes(working.state())?,
            }
        };
        write_whole_file(path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;

    use super::{CallKind, MemoryStore};
    use crate::StateError;
    use crate::store::suite::{self, Bench, created, id_of, operation};
    use crate::store::{Entry, Final, RecordingJournal, StateStore};

    struct InMemory;

    #[async_trait]
    impl Bench for InMemory {
        async fn two_clients(&self) -> [Arc<dyn StateStore>; 2] {
            let store = MemoryStore::default();
            let other = store.second_client();
            [Arc::new(store), Arc::new(other)]
        }

        fn can_force_unlock(&self) -> bool {
            true
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn passes_the_suite() {
        suite::run(&InMemory).await;
    }

    #[tokio::test]
    async fn fails_on_demand_and_remembers_calls() {
        let journal = RecordingJournal::default();
        let store = MemoryStore::with_journal(Arc::new(journal.clone()));
        store.fail(CallKind::Outcome, 2);
        store.fail(CallKind::Write, 1);
        let id = store.begin_operation(&operation(&store.read().await.unwrap())).await.unwrap();
        store.record_outcome(&created(&id, "terraform_data.a", "a")).await.unwrap();
        let failed = store.record_outcome(&created(&id, "terraform_data.b", "b")).await;
        assert!(matches!(failed, Err(StateError::Store { .. })), "{failed:?}");
        let failed = store.finish(Final::default()).await;
        assert!(matches!(failed, Err(StateError::Store { .. })), "{failed:?}");
        assert!(store.stored_bytes().is_none());
        let end = store.finish(Final::default()).await.unwrap();
        assert_eq!(id_of(&end.state, "terraform_data.b").as_deref(), Some("b"), "kept although the call failed");
        assert!(store.stored_bytes().is_some());

        let calls: Vec<String> = store.calls().iter().map(|(kind, what)| format!("{kind:?} {what}")).collect();
        assert_eq!(
            calls,
            [
                "Read ",
                "Begin apply",
                "Outcome terraform_data.a",
                "Outcome terraform_data.b",
                "Finish ",
                "Write 1",
                "Finish ",
                "Write 1"
            ]
        );
        let entries: Vec<&str> = journal
            .entries()
            .iter()
            .map(|entry| match entry {
                Entry::Began(..) => "began",
                Entry::Intent(_) => "intent",
                Entry::Identity(_) => "identity",
                Entry::Outcome(_) => "outcome",
                Entry::Finished(_) => "finished",
            })
            .collect();
        assert_eq!(entries, ["began", "outcome", "finished"]);
    }

    #[tokio::test]
    async fn what_an_unfinished_operation_recorded_is_found_again() {
        let journal = RecordingJournal::default();
        let store = MemoryStore::with_journal(Arc::new(journal));
        let id = store.begin_operation(&operation(&store.read().await.unwrap())).await.unwrap();
        store.record_outcome(&created(&id, "terraform_data.a", "a")).await.unwrap();
        let next_run = store.second_client();
        let snapshot = next_run.read().await.unwrap();
        assert!(!snapshot.exists);
        assert!(matches!(&snapshot.left_behind[..], [Entry::Began(..), Entry::Outcome(_)]));
    }
}
