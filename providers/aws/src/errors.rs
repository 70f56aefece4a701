//! What AWS answered when it did not do what it was asked.
//!
//! [`AwsError`] is made from any SDK error with `?`; it keeps service, operation, code, status, message and request id.
//! "Not found", "try again" and "refused" are told apart here and nowhere else ([`ErrorKind`]); what only one
//! operation means by a code, the type's file asks with [`AwsError::has_code`].

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

/// What an error means for whoever made the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The object does not exist, or not yet.
    NotFound,
    /// The same call may succeed later: throttled, busy, a fault on the other side.
    TryAgain,
    /// The caller is known and may not do this.
    Refused,
    /// The caller's credentials are missing, expired or not accepted.
    Credentials,
    /// No answer: nothing listens there, or the name or the connection failed.
    Unreachable,
    /// Anything else: the request itself is wrong, or not now.
    Other,
}

/// A call that failed.
#[derive(Debug)]
pub struct AwsError(Box<Details>);

#[derive(Debug)]
struct Details {
    kind: ErrorKind,
    service: String,
    operation: String,
    code: Option<String>,
    status: Option<u16>,
    message: String,
    request_id: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AwsError {
    /// An error that was not the SDK's: an answer without what it must hold, a batch call that failed in part.
    pub fn new(
        service: impl Into<String>,
        operation: impl Into<String>,
        code: Option<&str>,
        message: impl Into<String>,
    ) -> Self {
        Self(Box::new(Details {
            kind: classify(code, None),
            service: service.into(),
            operation: operation.into(),
            code: code.map(str::to_owned),
            status: None,
            message: message.into(),
            request_id: None,
            source: None,
        }))
    }

    /// What it means.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// `s3`, as the SDK's crate is called.
    pub fn service(&self) -> &str {
        &self.0.service
    }

    /// `CreateBucket`
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// `NoSuchBucket`; answers to HEAD requests have none.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// What the service said, or why there was no answer.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What AWS support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether the code is one of these.
    pub fn has_code(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Whether the same call may succeed later.
    pub fn is_try_again(&self) -> bool {
        self.kind() == ErrorKind::TryAgain
    }

    /// Whether the caller may not do this.
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// What the user can do about it, as a sentence; `None` where only the message itself can tell.
    pub fn advice(&self) -> Option<String> {
        let (service, operation) = (self.service(), self.operation());
        match self.kind() {
            ErrorKind::Refused => Some(format!(
                "Allow {service}:{operation} on this object to the role or user that runs this, or use another one."
            )),
            ErrorKind::Credentials => Some(
                "Provide valid credentials: renew the session (for single sign-on: `aws sso login`), or check \
                 AWS_PROFILE, AWS_ACCESS_KEY_ID and the provider block."
                    .to_owned(),
            ),
            ErrorKind::Unreachable => Some(format!(
                "Check the network, the region, and any endpoint set for {service} in the provider block or in \
                 AWS_ENDPOINT_URL."
            )),
            ErrorKind::TryAgain => Some("The service is busy or had a fault: run again later.".to_owned()),
            ErrorKind::NotFound | ErrorKind::Other => None,
        }
    }
}

/// "Not found" as an answer.
pub trait OrAbsent<T> {
    /// `Ok(None)` for an error that means "not found".
    fn or_absent(self) -> Result<Option<T>, AwsError>;

    /// `Ok(None)` for an error with one of these codes.
    fn or_absent_if(self, codes: &[&str]) -> Result<Option<T>, AwsError>;
}

impl<T, E: Into<AwsError>> OrAbsent<T> for Result<T, E> {
    fn or_absent(self) -> Result<Option<T>, AwsError> {
        match self.map_err(Into::into) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn or_absent_if(self, codes: &[&str]) -> Result<Option<T>, AwsError> {
        match self.map_err(Into::into) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.has_code(codes) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// `operation s3:CreateBucket: BucketAlreadyExists: The name is taken (status 409, request id 4KX…)`
impl fmt::Display for AwsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "operation {}:{}: ", self.service(), self.operation())?;
        match (self.code(), self.message()) {
            (Some(code), "") => write!(formatter, "{code}")?,
            (Some(code), message) => write!(formatter, "{code}: {message}")?,
            (None, message) => write!(formatter, "{message}")?,
        }
        match (self.status(), self.request_id()) {
            (Some(status), Some(id)) => write!(formatter, " (status {status}, request id {id})"),
            (Some(status), None) => write!(formatter, " (status {status})"),
            (None, Some(id)) => write!(formatter, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}

impl Error for AwsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

impl<E> From<SdkError<E, HttpResponse>> for AwsError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let (service, operation) = operation_of(std::any::type_name::<E>());
        let status = error.raw_response().map(|response| response.status().as_u16());
        let request_id = error.request_id().map(str::to_owned);
        let code = error.code().map(str::to_owned);
        let (kind, message) = match &error {
            SdkError::ServiceError(_) => {
                let message = error.message().unwrap_or_default().to_owned();
                (classify(code.as_deref(), status), message)
            }
            SdkError::TimeoutError(_) => (ErrorKind::TryAgain, "the service did not answer in time".to_owned()),
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(connector) if credentials_failed(connector) => {
                    (ErrorKind::Credentials, format!("no usable credentials: {}", innermost(connector)))
                }
                Some(connector) => {
                    (ErrorKind::Unreachable, format!("could not reach the endpoint: {}", innermost(connector)))
                }
                None => (ErrorKind::Unreachable, "could not reach the endpoint".to_owned()),
            },
            SdkError::ResponseError(_) => {
                let kind = match status {
                    Some(500..) => ErrorKind::TryAgain,
                    _ => ErrorKind::Other,
                };
                (kind, format!("the answer could not be read: {}", innermost(&error)))
            }
            _ if credentials_failed(&error) => {
                (ErrorKind::Credentials, format!("no usable credentials: {}", innermost(&error)))
            }
            _ => (ErrorKind::Other, format!("the request could not be made: {}", innermost(&error))),
        };
        tracing::debug!(service, operation, error = %DisplayErrorContext(&error), "call failed");
        Self(Box::new(Details {
            kind,
            service,
            operation,
            code,
            status,
            message: if message.is_empty() { status_text(status) } else { message },
            request_id,
            source: error.into_source().ok(),
        }))
    }
}

/// `aws_sdk_s3::operation::create_bucket::CreateBucketError` names service and operation.
fn operation_of(type_name: &str) -> (String, String) {
    let service = type_name.strip_prefix("aws_sdk_").and_then(|rest| rest.split("::").next()).unwrap_or("aws");
    let last = type_name.rsplit("::").next().unwrap_or(type_name);
    let operation = last.strip_suffix("Error").unwrap_or(last);
    (service.to_owned(), operation.to_owned())
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// Credentials are asked for inside the call, so their errors arrive wrapped in the call's.
fn credentials_failed(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<CredentialsError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// For answers without a body: HEAD requests, proxies.
fn status_text(status: Option<u16>) -> String {
    match status {
        Some(403) => "forbidden".to_owned(),
        Some(404) => "not found".to_owned(),
        Some(status) => format!("status {status} without an explanation"),
        None => "no explanation".to_owned(),
    }
}

/// Codes of services that are busy; throttling has many names.
const TRY_AGAIN: &[&str] = &[
    "BandwidthLimitExceeded",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "EC2ThrottledException",
    "IDPCommunicationError",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "InternalServiceException",
    "LimitExceededException.Throttling",
    "OperationAborted",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "TooManyUpdates",
    "TransactionInProgressException",
    "Unavailable",
];

const REFUSED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "NotAuthorized",
    "NotAuthorizedException",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// From code and status to meaning. The code decides where there is one.
fn classify(code: Option<&str>, status: Option<u16>) -> ErrorKind {
    let Some(code) = code else {
        return match status {
            Some(404) => ErrorKind::NotFound,
            Some(403) => ErrorKind::Refused,
            Some(401) => ErrorKind::Credentials,
            Some(429 | 500..) => ErrorKind::TryAgain,
            _ => ErrorKind::Other,
        };
    };
    // Query services qualify codes: `AWS.SimpleQueueService.NonExistentQueue`, `InvalidGroup.NotFound`.
    if TRY_AGAIN.contains(&code) {
        ErrorKind::TryAgain
    } else if REFUSED.contains(&code) {
        ErrorKind::Refused
    } else if CREDENTIALS.contains(&code) {
        ErrorKind::Credentials
    } else if ["NoSuch", "NotFound", "NonExistent", "DoesNotExist"].iter().any(|part| code.contains(part)) {
        ErrorKind::NotFound
    } else if matches!(status, Some(500 | 502 | 503 | 504)) {
        ErrorKind::TryAgain
    } else {
        ErrorKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_what_they_mean() {
        use ErrorKind::{Credentials, NotFound, Other, Refused, TryAgain};
        let cases = [
            (Some("NoSuchBucket"), Some(404), NotFound),
            (Some("NotFound"), Some(404), NotFound),
            (Some("ServerSideEncryptionConfigurationNotFoundError"), Some(404), NotFound),
            (Some("ResourceNotFoundException"), Some(400), NotFound),
            (Some("InvalidGroup.NotFound"), Some(400), NotFound),
            (Some("AWS.SimpleQueueService.NonExistentQueue"), Some(400), NotFound),
            (Some("QueueDoesNotExist"), Some(400), NotFound),
            (None, Some(404), NotFound),
            (Some("ThrottlingException"), Some(400), TryAgain),
            (Some("SlowDown"), Some(503), TryAgain),
            (Some("OperationAborted"), Some(409), TryAgain),
            (Some("WhateverNew"), Some(503), TryAgain),
            (None, Some(503), TryAgain),
            (Some("AccessDenied"), Some(403), Refused),
            (Some("UnauthorizedOperation"), Some(403), Refused),
            (None, Some(403), Refused),
            (Some("ExpiredTokenException"), Some(400), Credentials),
            (Some("InvalidClientTokenId"), Some(403), Credentials),
            (Some("BucketNotEmpty"), Some(409), Other),
            (Some("ValidationException"), Some(400), Other),
            (None, None, Other),
        ];
        for (code, status, kind) in cases {
            assert_eq!(classify(code, status), kind, "{code:?} {status:?}");
        }
    }

    #[test]
    fn the_type_of_an_error_names_the_call() {
        let cases = [
            ("aws_sdk_s3::operation::create_bucket::CreateBucketError", ("s3", "CreateBucket")),
            (
                std::any::type_name::<aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError>(),
                ("sts", "GetCallerIdentity"),
            ),
            ("other::Failure", ("aws", "Failure")),
        ];
        for (name, (service, operation)) in cases {
            assert_eq!(operation_of(name), (service.to_owned(), operation.to_owned()));
        }
    }

    #[test]
    fn an_error_is_shown_with_everything_support_asks_for() {
        let error = AwsError(Box::new(Details {
            request_id: Some("4KX".to_owned()),
            status: Some(409),
            ..*AwsError::new("s3", "CreateBucket", Some("BucketAlreadyExists"), "The name is taken").0
        }));
        assert_eq!(
            error.to_string(),
            "operation s3:CreateBucket: BucketAlreadyExists: The name is taken (status 409, request id 4KX)"
        );
        assert_eq!(error.advice(), None);
        assert!(error.has_code(&["Other", "BucketAlreadyExists"]));
        let refused = AwsError::new("s3", "CreateBucket", Some("AccessDenied"), "no");
        assert!(refused.advice().unwrap().contains("s3:CreateBucket"));
    }

    #[derive(Debug)]
    struct NoKeys;

    impl aws_credential_types::provider::ProvideCredentials for NoKeys {
        fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let expired = CredentialsError::provider_error("the session has expired");
            aws_credential_types::provider::future::ProvideCredentials::ready(Err(expired))
        }
    }

    #[tokio::test]
    async fn calls_that_never_left() {
        let config = || {
            aws_sdk_sts::Config::builder()
                .behavior_version(aws_config::BehaviorVersion::latest())
                .region(aws_config::Region::new("eu-central-1"))
                .endpoint_url("http://127.0.0.1:1")
                .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
        };
        let keys = aws_credential_types::Credentials::new("k", "s", None, None, "test");
        let cases = [
            (
                config().credentials_provider(NoKeys),
                ErrorKind::Credentials,
                "no usable credentials: the session has expired",
            ),
            (
                config().credentials_provider(keys),
                ErrorKind::Unreachable,
                "could not reach the endpoint: Connection refused (os error 111)",
            ),
        ];
        for (config, kind, message) in cases {
            let client = aws_sdk_sts::Client::from_conf(config.build());
            let error = client.get_caller_identity().send().await.unwrap_err();
            let error = AwsError::from(error);
            assert_eq!((error.kind(), error.message()), (kind, message));
            assert_eq!((error.service(), error.operation()), ("sts", "GetCallerIdentity"));
        }
    }
}
