//! A lock that two commands cannot hold at once, and that ends with the process that holds it.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::{Error, Event, Progress};

/// Held while alive.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock on `path`, a file that is created and never removed (removing it would let two
    /// processes lock two files of the same name).
    pub(crate) fn acquire(path: &Path, progress: &dyn Progress) -> Result<Self, Error> {
        let failed = |source| Error::File { action: "lock", path: path.to_owned(), source };
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress.report(Event::WaitingForOtherCommand);
                file.lock().map_err(failed)?;
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its world may panic")]

    use super::*;
    use std::sync::mpsc;

    struct Channel(mpsc::Sender<String>);

    impl Progress for Channel {
        fn report(&self, event: Event<'_>) {
            self.0.send(format!("{event:?}")).unwrap();
        }
    }

    #[test]
    fn the_second_says_that_it_waits_and_gets_the_lock_afterwards() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let (sender, receiver) = mpsc::channel();
        let first = Lock::acquire(&path, &Channel(sender.clone())).unwrap();
        std::thread::scope(|scope| {
            let waiting = sender.clone();
            let (path, done) = (&path, sender);
            scope.spawn(move || {
                let _second = Lock::acquire(path, &Channel(waiting)).unwrap();
                done.send("has it".to_owned()).unwrap();
            });
            assert_eq!(receiver.recv().unwrap(), "WaitingForOtherCommand");
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(receiver.try_recv().is_err());
            drop(first);
            assert_eq!(receiver.recv().unwrap(), "has it");
        });
    }
}
