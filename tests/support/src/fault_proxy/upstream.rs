//! The way to the emulator: forwards a request over a kept-alive connection.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::wire::{Connection, RequestMessage, Response};

/// How long an idle connection may be used again. Well below the few seconds after which servers close
/// theirs: a request that meets a closing connection may or may not have been carried out, and since a fault
/// proxy must never repeat a call by itself, it could only fail it.
const IDLE_MAX: Duration = Duration::from_millis(1000);

#[derive(Debug)]
pub(super) struct Upstream {
    /// `host:port`.
    address: String,
    idle: Mutex<Vec<(Connection, Instant)>>,
}

impl Upstream {
    pub(super) fn new(address: String) -> Self {
        Self { address, idle: Mutex::default() }
    }

    /// Sends the request once and returns the reply; a reply of status 502 says why there is none.
    pub(super) async fn exchange(&self, request: &RequestMessage) -> Response {
        match self.try_exchange(request).await {
            Ok(response) => response,
            Err(error) => {
                let text = format!(
                    "fault proxy: {} {} could not be forwarded to {}: {error}",
                    request.method, request.target, self.address
                );
                Response::new(502, "text/plain", text)
            }
        }
    }

    async fn try_exchange(&self, request: &RequestMessage) -> io::Result<Response> {
        let mut connection = match self.take_idle() {
            Some(connection) => connection,
            None => Connection::new(TcpStream::connect(&self.address).await?)?,
        };
        let (response, keep_alive) = connection.exchange(request).await?;
        if keep_alive {
            self.lock_idle().push((connection, Instant::now()));
        }
        Ok(response)
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.lock_idle();
        idle.retain(|(connection, since)| since.elapsed() < IDLE_MAX && connection.is_quiet());
        idle.pop().map(|(connection, _)| connection)
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<(Connection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
