//! The proxy at work: accepts connections, and takes each call through rules, upstream and record.

use std::io;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::effect::{Decision, Effect, Hold};
use super::record::{CallInProgress, Record};
use super::rules::{Faults, Rules};
use super::stale::PreviousReplies;
use super::upstream::Upstream;
use super::wire::{Connection, Response};
use super::{Answer, Request, errors};

/// What the handle and the proxy's thread share.
pub(super) struct Shared {
    pub(super) rules: Mutex<Rules>,
    pub(super) answers: Mutex<Vec<Answer>>,
    pub(super) record: Record,
    pub(super) previous: PreviousReplies,
    pub(super) upstream: Upstream,
}

/// How a call ends for the client.
enum Ending {
    Reply(Response),
    /// The first half of the reply, then the end of the connection.
    Half(Response),
    Reset,
}

/// Accepts connections until told to stop; what is still open then is dropped.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: oneshot::Receiver<()>) {
    let accepting = async {
        loop {
            // Accepting fails for want of file descriptors, say; the client then sees a refused connection.
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_connection(stream, Arc::clone(&shared)));
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = stop => {}
    }
}

/// Serves one client until it leaves. A broken connection ends only itself: the client knows already.
async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    let Ok(mut connection) = Connection::new(stream) else {
        return;
    };
    loop {
        let message = match connection.read_request().await {
            Ok(Some(message)) => message,
            Ok(None) => return,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let text = format!("fault proxy: the request cannot be read: {error}");
                let reply = Response::new(400, "text/plain", text);
                let _client_may_be_gone = connection.write(&reply.encode()).await;
                return;
            }
            Err(_) => return,
        };
        let keep_alive = message.keep_alive;
        let request = Request::new(message);
        let written = match shared.handle(&request).await {
            Ending::Reply(response) => connection.write(&response.encode()).await,
            Ending::Half(response) => {
                let bytes = half(&response);
                let _client_may_be_gone = connection.write(&bytes).await;
                return;
            }
            Ending::Reset => {
                let _client_may_be_gone = connection.reset();
                return;
            }
        };
        if written.is_err() || !keep_alive {
            return;
        }
    }
}

impl Shared {
    /// Takes one call through all stages; records it before the client can see the outcome.
    async fn handle(&self, request: &Request) -> Ending {
        let faults = self.lock_rules().decide(request);
        let call = self.record.begin(request, faults.labels.clone());
        let ending = match self.outcome(request, &faults, call).await {
            Ending::Reply(response) if request.method() == "HEAD" => Ending::Reply(response.without_body()),
            other => other,
        };
        let status = match &ending {
            Ending::Reply(response) | Ending::Half(response) => Some(response.status),
            Ending::Reset => None,
        };
        self.record.finish(call, status);
        ending
    }

    async fn outcome(&self, request: &Request, faults: &Faults, call: CallInProgress) -> Ending {
        if !faults.delay.is_zero() {
            tokio::time::sleep(faults.delay).await;
        }
        if pass_all(&faults.holds_before).await == Decision::Reset {
            return Ending::Reset;
        }
        match &faults.change {
            Some(Effect::Throttle) => return Ending::Reply(errors::throttled(request)),
            Some(Effect::Error { status, code, message }) => {
                return Ending::Reply(errors::error(request, *status, code, message));
            }
            Some(Effect::ResetBeforeForward) => return Ending::Reset,
            Some(Effect::StaleRead(window)) => {
                if let Some(reply) = self.previous.outdated(request, *window) {
                    return Ending::Reply(reply);
                }
            }
            Some(Effect::Duplicate) => {
                self.forward(request, call).await;
            }
            _ => {}
        }
        let reply = self.forward(request, call).await;
        if pass_all(&faults.holds_after).await == Decision::Reset {
            return Ending::Reset;
        }
        match faults.change {
            Some(Effect::ResetAfterForward) => Ending::Reset,
            Some(Effect::TruncateReply) => Ending::Half(reply),
            _ => Ending::Reply(reply),
        }
    }

    /// Has the call carried out: by the test's own answer if there is one, else by the emulator.
    async fn forward(&self, request: &Request, call: CallInProgress) -> Response {
        self.record.forwarded(call);
        let answer = self.own_answer(request);
        let reply = match answer {
            Some(reply) => reply,
            None => self.upstream.exchange(&request.message).await,
        };
        let must_remember = self.lock_rules().need_previous_replies();
        if must_remember {
            self.previous.observe(request, &reply);
        }
        reply
    }

    /// The newest answer comes first, so that a test can refine an earlier one.
    fn own_answer(&self, request: &Request) -> Option<Response> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        answers.iter().rev().find_map(|answer| answer(request))
    }

    pub(super) fn lock_rules(&self) -> std::sync::MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn pass_all(holds: &[Hold]) -> Decision {
    for hold in holds {
        if hold.pass().await == Decision::Reset {
            return Decision::Reset;
        }
    }
    Decision::Continue
}

/// The head and half of the body; without a body, half of the head.
fn half(response: &Response) -> Vec<u8> {
    let mut bytes = response.encode();
    let cut = bytes.len() - response.body.len().div_ceil(2);
    let cut = if response.body.is_empty() { bytes.len() / 2 } else { cut };
    bytes.truncate(cut);
    bytes
}
