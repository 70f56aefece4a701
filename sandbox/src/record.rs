//! `server.json`: which process serves a sandbox, and on which port.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::process::ProcessIdentity;

/// What one command leaves for the next. Written whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The port of the running server, or of the last one: it is part of what the server has handed out (queue
    /// URLs), so the next one takes the same if it can.
    pub(crate) port: u16,
    /// The version of ministack that runs, or ran.
    pub(crate) version: String,
    /// The server. `None` after it was stopped.
    pub(crate) process: Option<ProcessIdentity>,
}

impl Record {
    /// `None` if there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Error> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(Error::File { action: "read", path: path.to_owned(), source });
            }
        };
        match serde_json::from_slice(&bytes) {
            Ok(record) => Ok(Some(record)),
            Err(source) => Err(Error::Record { path: path.to_owned(), source }),
        }
    }

    /// Only to be called by the holder of the sandbox's lock.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Error> {
        let unfinished = path.with_extension("json.new");
        let failed = |source| Error::File { action: "write", path: path.to_owned(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        fs::write(&unfinished, text).map_err(failed)?;
        fs::rename(&unfinished, path).map_err(failed)
    }

    /// Whether the recorded server runs.
    pub(crate) fn is_alive(&self) -> Result<bool, Error> {
        match &self.process {
            Some(process) => process.is_alive(),
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot set up its world may panic")]

    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("server.json");
        assert_eq!(Record::read(&path).unwrap(), None);

        let mut record = Record {
            port: 4321,
            version: "1.2.3".to_owned(),
            process: ProcessIdentity::of(std::process::id()).unwrap(),
        };
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap().as_ref(), Some(&record));
        assert!(record.is_alive().unwrap());

        record.process = None;
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path).unwrap().as_ref(), Some(&record));
        assert!(!record.is_alive().unwrap());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);

        fs::write(&path, "{\"port\": 4321").unwrap();
        let error = Record::read(&path).unwrap_err();
        assert!(error.to_string().contains("server.json"), "{error}");
        assert!(error.hint().unwrap().contains("server.json"));
    }
}
