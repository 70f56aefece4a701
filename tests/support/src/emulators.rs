//! AWS emulators for tests: two independent ones, so that a test does not learn one's mistakes by heart.
//!
//! ministack is the main one; it comes from `infra-sandbox`, which users have too. moto is the second opinion.
//! Both are installed on first use into a cache directory, listen on a free port of the loopback interface,
//! start empty, and end with the test process, however that ends.
//!
//! ```no_run
//! use infra_test_support::emulators::{Emulator, Kind};
//!
//! # fn main() -> Result<(), infra_test_support::SupportError> {
//! for kind in [Kind::Ministack, Kind::Moto] {
//!     let emulator = Emulator::start(kind)?; // one of its own; Emulator::shared(kind) for one per process
//!     println!("AWS_ENDPOINT_URL={}", emulator.endpoint());
//!     emulator.reset()?;
//! }
//! # Ok(())
//! # }
//! ```

mod control;
mod moto;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use infra_sandbox::{EphemeralServer, Settings, Silent};

use crate::SupportError;
use moto::MotoServer;

/// Which emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The main one, which the sandbox uses.
    Ministack,
    /// The second one. It refuses more of what AWS refuses.
    Moto,
}

impl Kind {
    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto",
        }
    }

    /// What empties it.
    fn reset_path(self) -> &'static str {
        match self {
            Self::Ministack => "/_ministack/reset",
            Self::Moto => "/moto-api/reset",
        }
    }
}

/// A running emulator. Dropping it ends it; everything in it is lost.
#[derive(Debug)]
pub struct Emulator {
    kind: Kind,
    port: u16,
    endpoint: String,
    server: Server,
}

/// Held for what it does when it is dropped: ending the process.
#[derive(Debug)]
enum Server {
    Ministack(EphemeralServer),
    Moto(MotoServer),
}

impl Emulator {
    /// Starts one, installed in the [default cache directory](default_cache_directory).
    ///
    /// # Errors
    ///
    /// If it cannot be installed or does not become ready.
    pub fn start(kind: Kind) -> Result<Self, SupportError> {
        Self::start_in(kind, &default_cache_directory())
    }

    /// Starts one, installed in that cache directory, which is made if missing.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_in(kind: Kind, cache_directory: &Path) -> Result<Self, SupportError> {
        let (server, port) = match kind {
            Kind::Ministack => {
                let settings = Settings {
                    cache_directory: cache_directory.to_owned(),
                    search_path: std::env::var_os("PATH").unwrap_or_default(),
                    environment: std::env::vars_os().collect(),
                };
                let server = EphemeralServer::start(&settings, None, &Silent)?;
                let port = server.port();
                (Server::Ministack(server), port)
            }
            Kind::Moto => {
                let server = MotoServer::start(cache_directory)?;
                let port = server.port();
                (Server::Moto(server), port)
            }
        };
        Ok(Self { kind, port, endpoint: format!("http://127.0.0.1:{port}"), server })
    }

    /// The one all tests of this process may share, started by whoever comes first. Tests run in parallel: use
    /// names of your own in it, and never reset it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); the first failure is everyone's.
    pub fn shared(kind: Kind) -> Result<&'static Self, &'static SupportError> {
        static MINISTACK: OnceLock<Result<Emulator, SupportError>> = OnceLock::new();
        static MOTO: OnceLock<Result<Emulator, SupportError>> = OnceLock::new();
        let cell = match kind {
            Kind::Ministack => &MINISTACK,
            Kind::Moto => &MOTO,
        };
        cell.get_or_init(|| Self::start(kind)).as_ref()
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What to use as `AWS_ENDPOINT_URL`: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The process id.
    pub fn process_id(&self) -> u32 {
        match &self.server {
            Server::Ministack(server) => server.pid(),
            Server::Moto(server) => server.process_id(),
        }
    }

    /// Forgets every object, in all accounts and regions.
    ///
    /// # Errors
    ///
    /// If it does not answer with success.
    pub fn reset(&self) -> Result<(), SupportError> {
        self.control(self.kind.reset_path(), "")
    }

    /// Makes one of the emulator's own settings: `POST` of JSON to `path`, as in `/moto-api/config` with
    /// `{"stepfunctions":{"execute_state_machine":true}}`.
    ///
    /// # Errors
    ///
    /// If it does not answer with success.
    pub fn control(&self, path: &str, json: &str) -> Result<(), SupportError> {
        control::post(self.port, path, json).map_err(|problem| SupportError::Control {
            name: self.kind.name(),
            endpoint: self.endpoint.clone(),
            request: format!("POST {path}"),
            problem,
        })
    }
}

/// `infra` below `XDG_CACHE_HOME`, or below `.cache` in the home directory.
pub fn default_cache_directory() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir);
    base.join("infra")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::fault_proxy::{Effect, FaultProxy, Matcher};

    const S3: (&str, &str) = (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
    );

    fn status(endpoint: &str, method: &str, path: &str) -> u16 {
        let port = endpoint.rsplit(':').next().unwrap().parse().unwrap();
        control::request(port, method, path, &[S3], "").unwrap().0
    }

    #[test]
    fn both_serve_s3_through_the_proxy_and_can_be_reset_and_end_when_dropped() {
        for kind in [Kind::Ministack, Kind::Moto] {
            let name = kind.name();
            let emulator = Emulator::start(kind).unwrap();
            let process = PathBuf::from(format!("/proc/{}", emulator.process_id()));
            let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
            proxy.inject(Matcher::operation("s3", "HeadBucket").nth(2), Effect::Throttle);
            let endpoint = proxy.endpoint();
            assert_eq!(status(&endpoint, "HEAD", "/logs"), 404, "{name}");
            assert_eq!(status(&endpoint, "PUT", "/logs"), 200, "{name}");
            assert_eq!(status(&endpoint, "HEAD", "/logs"), 503, "{name}");
            assert_eq!(status(&endpoint, "HEAD", "/logs"), 200, "{name}");
            emulator.reset().unwrap();
            assert_eq!(status(&endpoint, "HEAD", "/logs"), 404, "{name}");
            let refused = emulator.control("/not-a-setting/at-all", "{}");
            assert!(refused.is_err(), "{name}");
            let was_running = process.exists();
            drop(emulator);
            assert!(!(was_running && process.exists()), "{name} still runs");
        }
    }
}
