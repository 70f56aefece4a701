//! What a call of a resource type gets besides its attributes.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use infra_aws::Aws;
use infra_aws::arn::Partition;
use infra_aws::errors::AwsError;
use infra_aws::tags::{TagChanges, Tags};
use infra_aws::wait::Waiter;
use infra_engine::provider::{CallReporter, Object};
use infra_schema::Generation;
use infra_values::Value;
use serde::Serialize;
use tokio::time::Instant;

use crate::Error;
use crate::form::Form;
use crate::timeouts::{Operation, Timeouts};

/// Clients, region, tags, deadlines and the reporter of one call.
pub struct Context<'c> {
    pub(crate) aws: &'c Aws,
    pub(crate) region: String,
    pub(crate) generation: Generation,
    pub(crate) tags: Tags,
    pub(crate) timeouts: Timeouts,
    pub(crate) started: Instant,
    pub(crate) reporter: &'c dyn CallReporter,
    pub(crate) idempotency_token: &'c str,
    pub(crate) form: Form<'c>,
    /// What was configured, with write-only arguments.
    pub(crate) config: Option<&'c Value>,
    /// The identity last reported: what is left when the call fails afterwards.
    pub(crate) identified: Mutex<Option<Object>>,
}

impl Context<'_> {
    /// The connection; its clients want [`Context::region`]. See also [`client!`](crate::client).
    pub fn aws(&self) -> &Aws {
        self.aws
    }

    /// The object's region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The partition of the object's region.
    pub fn partition(&self) -> &'static Partition {
        Partition::of_region(&self.region)
    }

    /// The account's id; empty when the provider was told not to ask for it.
    pub fn account_id(&self) -> &str {
        self.aws.account_id().unwrap_or_default()
    }

    /// An ARN in this account and region: `cx.arn("dynamodb", "table/orders")`.
    pub fn arn(&self, service: &str, resource: impl Into<String>) -> String {
        self.aws.arn(service, &self.region, resource).to_string()
    }

    /// Which generation of the AWS provider the configuration is written for.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The tags the object shall have: its own over the provider's defaults. Empty when reading and deleting.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// [`Context::tags`] as a change of an object that has none yet; `None` if there are none to set.
    pub fn new_tags(&self) -> Option<TagChanges> {
        let changes = TagChanges::between(&Tags::new(), &self.tags, self.aws.ignore_tags());
        (!changes.is_empty()).then_some(changes)
    }

    /// The same for each attempt at the same operation; at most 64 characters of `[0-9a-f-]`. Empty when reading.
    pub fn idempotency_token(&self) -> &str {
        self.idempotency_token
    }

    /// An argument as configured; the only place where write-only ones are found. `None` when there is no
    /// configuration (reading, deleting) or it is null.
    pub fn configured(&self, name: &str) -> Option<&Value> {
        self.config?.get(name).filter(|value| !value.is_null())
    }

    /// When the operation must be done, by the object's `timeouts` or the type's default, counted from the beginning
    /// of the call.
    pub fn deadline(&self, operation: Operation) -> Instant {
        self.started + self.timeouts.of(operation)
    }

    /// Tells that the object exists from now on, and how it is found again. `attributes` are at least those that
    /// reading needs. To be called as soon as AWS has answered, before any waiting.
    pub async fn identity<A: Serialize + Sync>(&self, attributes: &A) -> Result<(), Error> {
        let object = self.form.object(attributes)?;
        *self.identified.lock().unwrap_or_else(PoisonError::into_inner) = Some(object.clone());
        self.reporter.identity(&object).await?;
        Ok(())
    }

    /// A waiter for `what` (`bucket "logs" to exist`) until the operation's deadline, which tells the user.
    pub fn waiter(&self, operation: Operation, what: impl Into<String>) -> Waiter<'_> {
        Waiter::new(what, self.deadline(operation)).on_waiting(|what| self.reporter.waiting_for(what))
    }

    /// Tells the user what takes its time and how far it is, where no [`Context::waiter`] does.
    pub fn waiting_for(&self, what: &str) {
        self.reporter.waiting_for(what);
    }

    /// Repeats a call while it fails in a way that `passes`, for at most `budget`: what another service has been told
    /// a moment ago is not known everywhere yet.
    pub async fn retry<T, E, A, F>(
        &self,
        budget: Duration,
        passes: impl Fn(&AwsError) -> bool,
        attempt: A,
    ) -> Result<T, AwsError>
    where
        E: Into<AwsError>,
        A: FnMut() -> F,
        F: Future<Output = Result<T, E>>,
    {
        infra_aws::retry::retry(Instant::now() + budget, passes, attempt).await
    }

    /// [`Context::retry`] for an error with one of these codes.
    pub async fn retry_codes<T, E, A, F>(&self, budget: Duration, codes: &[&str], attempt: A) -> Result<T, AwsError>
    where
        E: Into<AwsError>,
        A: FnMut() -> F,
        F: Future<Output = Result<T, E>>,
    {
        self.retry(budget, |error| error.has_code(codes), attempt).await
    }
}
