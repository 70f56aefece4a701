//! Ephemeral resources: values that are fetched when a run needs them, kept alive while it does, and given back.
//!
//! [`EphemeralType`] is what a provider implements; [`open`] opens one and renews it in the background until
//! [`OpenResource::close`]. Neither the value nor the private bytes are ever written anywhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use infra_values::Value;
use tokio::task::JoinHandle;

use super::{Call, Configured, Provider, Silent};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::Schema;

/// A type of ephemeral resource.
///
/// Values given and returned are of [`Schema::implied_type`], without marks.
#[async_trait]
pub trait EphemeralType: Send + Sync {
    /// `random_password`
    fn name(&self) -> &str;

    /// What may be configured and what it is worth.
    fn schema(&self) -> &Schema;

    /// Checks a configuration beyond what its schema says; it may hold unknown values.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Opens it. `config` is wholly known.
    async fn open(&self, call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics>;

    /// Keeps it alive. Called when the last answer's [`Opened::renew_in`] or [`Renewed::renew_in`] is over.
    async fn renew(&self, call: &Call<'_>, private: &[u8]) -> Result<Renewed, Diagnostics>;

    /// Gives it back.
    async fn close(&self, call: &Call<'_>, private: &[u8]) -> Result<(), Diagnostics>;
}

/// What opening gave.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is worth.
    pub result: Value,
    /// Bytes that renewing and closing get.
    pub private: Vec<u8>,
    /// After what time it must be renewed; `None` for one that lasts.
    pub renew_in: Option<Duration>,
}

/// What renewing gave.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// Bytes that the next call gets.
    pub private: Vec<u8>,
    /// After what time it must be renewed again; `None` for one that lasts now.
    pub renew_in: Option<Duration>,
}

/// How an ephemeral resource is reached: shared with the task that renews it.
#[derive(Clone)]
struct Handle {
    provider: Arc<dyn Provider>,
    configured: Arc<dyn Configured>,
    type_name: String,
    /// The bytes of the last answer, and what went wrong with renewing.
    kept: Arc<Mutex<(Vec<u8>, Diagnostics)>>,
}

/// An open ephemeral resource. It must be closed; dropping it only ends the renewing.
pub struct OpenResource {
    handle: Handle,
    renewing: Option<JoinHandle<()>>,
}

/// Opens an ephemeral resource and keeps it alive from then on.
pub async fn open(
    provider: Arc<dyn Provider>,
    configured: Arc<dyn Configured>,
    type_name: &str,
    config: &Value,
) -> Result<(Value, OpenResource), Diagnostics> {
    let handle = Handle { provider, configured, type_name: type_name.to_owned(), kept: Arc::default() };
    let opened = handle.ephemeral_type()?.open(&handle.call(), config).await?;
    handle.keep(opened.private, None);
    let renewing = opened.renew_in.map(|pause| tokio::spawn(handle.clone().renew(pause)));
    Ok((opened.result, OpenResource { handle, renewing }))
}

impl Handle {
    fn ephemeral_type(&self) -> Result<&dyn EphemeralType, Diagnostics> {
        self.provider.ephemeral_type(&self.type_name).found().ok_or_else(|| {
            let detail = format!("The provider does not know the ephemeral type {} any more.", self.type_name);
            Diagnostic::error("Type not available", detail).into()
        })
    }

    fn call(&self) -> Call<'_> {
        Call { configured: self.configured.as_ref(), reporter: &Silent, idempotency_token: "" }
    }

    fn private(&self) -> Vec<u8> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn keep(&self, private: Vec<u8>, errors: Option<Diagnostics>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 = private;
        if let Some(errors) = errors {
            kept.1.extend(errors);
        }
    }

    async fn renew(self, mut pause: Duration) {
        loop {
            tokio::time::sleep(pause).await;
            let private = self.private();
            let renewed = match self.ephemeral_type() {
                Ok(ephemeral) => ephemeral.renew(&self.call(), &private).await,
                Err(errors) => Err(errors),
            };
            match renewed {
                Ok(Renewed { private, renew_in }) => {
                    self.keep(private, None);
                    match renew_in {
                        Some(next) => pause = next,
                        None => return,
                    }
                }
                Err(errors) => {
                    self.keep(private, Some(errors));
                    return;
                }
            }
        }
    }
}

impl OpenResource {
    /// Ends renewing and closes it; what went wrong with either.
    pub async fn close(mut self) -> Diagnostics {
        if let Some(renewing) = self.renewing.take() {
            renewing.abort();
        }
        let mut diagnostics = std::mem::take(&mut self.handle.kept.lock().unwrap_or_else(PoisonError::into_inner).1);
        let private = self.handle.private();
        let closed = match self.handle.ephemeral_type() {
            Ok(ephemeral) => ephemeral.close(&self.handle.call(), &private).await,
            Err(errors) => Err(errors),
        };
        if let Err(errors) = closed {
            diagnostics.extend(errors);
        }
        diagnostics
    }
}

impl Drop for OpenResource {
    fn drop(&mut self) {
        if let Some(renewing) = self.renewing.take() {
            renewing.abort();
        }
    }
}
