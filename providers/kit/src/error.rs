//! Why a resource type could not do what it was asked, and how that is told.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use infra_aws::errors::AwsError;
use infra_aws::wait::WaitError;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};

/// A failure inside a resource type or data source. `?` makes it from SDK errors, [`AwsError`], [`WaitError`] and
/// diagnostics; the adapter adds what was attempted and on what.
#[derive(Debug)]
pub enum Error {
    /// A call failed.
    Aws(AwsError),
    /// Waiting failed.
    Wait(WaitError),
    /// Anything else, told by the type itself. One whose summary is empty gets the usual one
    /// (`creating S3 bucket (logs)`).
    Told(Diagnostics),
}

impl Error {
    /// An error of which only the type knows: what is wrong and what to do, in sentences.
    pub fn told(detail: impl Into<String>) -> Self {
        Self::Told(Diagnostic::error("", detail).into())
    }

    /// The same, with what to do about it, where AWS only says what is wrong.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        Self::Told(Diagnostics(
            self.into_diagnostics("").0.into_iter().map(|diagnostic| diagnostic.hint(hint.clone())).collect(),
        ))
    }

    /// Several at once: each is told.
    pub fn all(errors: Vec<Self>) -> Self {
        Self::Told(Diagnostics(errors.into_iter().flat_map(|error| error.into_diagnostics("").0).collect()))
    }

    /// Whether AWS said that the object does not exist.
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Aws(error) | Self::Wait(WaitError::Aws(error)) => error.is_not_found(),
            Self::Wait(WaitError::NotFound { .. }) => true,
            _ => false,
        }
    }

    /// The AWS error behind it, if it is one.
    pub fn aws(&self) -> Option<&AwsError> {
        match self {
            Self::Aws(error) | Self::Wait(WaitError::Aws(error)) => Some(error),
            _ => None,
        }
    }

    /// Whether it is an AWS error with one of these codes.
    pub fn has_code(&self, codes: &[&str]) -> bool {
        self.aws().is_some_and(|error| error.has_code(codes))
    }

    /// As diagnostics; `attempt` is what was attempted on what: `creating S3 bucket (logs)`.
    pub(crate) fn into_diagnostics(self, attempt: &str) -> Diagnostics {
        if let Some(error) = self.aws() {
            return aws_diagnostic(attempt, error).into();
        }
        match self {
            Self::Told(mut diagnostics) => {
                for diagnostic in &mut diagnostics.0 {
                    if diagnostic.summary.is_empty() {
                        attempt.clone_into(&mut diagnostic.summary);
                    }
                }
                diagnostics
            }
            Self::Wait(error) => {
                let diagnostic = Diagnostic::error(attempt, format!("{error}."));
                match error {
                    WaitError::TimedOut { .. } => diagnostic
                        .hint("what was begun may still finish: run again, or give it longer in `timeouts`")
                        .into(),
                    _ => diagnostic.into(),
                }
            }
            Self::Aws(error) => aws_diagnostic(attempt, &error).into(),
        }
    }
}

fn aws_diagnostic(attempt: &str, error: &AwsError) -> Diagnostic {
    let diagnostic = Diagnostic::error(attempt, error.to_string());
    match error.advice() {
        Some(advice) => diagnostic.hint(advice),
        None => diagnostic,
    }
}

impl From<AwsError> for Error {
    fn from(error: AwsError) -> Self {
        Self::Aws(error)
    }
}

impl<E> From<SdkError<E, HttpResponse>> for Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        Self::Aws(error.into())
    }
}

impl From<WaitError> for Error {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Told(diagnostic.into())
    }
}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Told(diagnostics)
    }
}
