//! A small HTTP client over the one that the AWS clients use, so that no second TLS stack is linked: GET, redirects,
//! proxies, time limits and one repetition of what failed in passing.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::timeout;
use url::Url;

use crate::settings::Settings;

/// How many redirects are followed.
const REDIRECTS_MAX: usize = 10;
/// Longest text that is kept in memory: lists of versions, pages.
const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How long a server may take to begin its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may pause in the middle of an answer.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long to wait before a request is repeated.
const REPEAT_AFTER: Duration = Duration::from_millis(300);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("\"{0}\" is no URL of a web server")]
    Url(String),
    #[error("{url} could not be reached: {reason}")]
    Connection { url: String, reason: String },
    #[error("{url} did not answer within {} seconds", .limit.as_secs())]
    Timeout { url: String, limit: Duration },
    #[error("{url} redirected more than {REDIRECTS_MAX} times")]
    Redirects { url: String },
    #[error("{url} answered with status {status}{}", status_meaning(*.status))]
    Status { url: String, status: u16 },
    #[error("{url} answered with more than {TEXT_BYTES_MAX} bytes")]
    TooLong { url: String },
    #[error("what {url} sent could not be written: {reason}")]
    Write { url: String, reason: std::io::Error },
}

impl HttpError {
    /// Whether the same request may succeed a moment later.
    fn is_passing(&self) -> bool {
        match self {
            Self::Connection { .. } | Self::Timeout { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}

fn status_meaning(status: u16) -> &'static str {
    match status {
        401 => " (not authenticated)",
        403 => " (not allowed)",
        404 => " (not found)",
        _ => "",
    }
}

/// The beginning of an answer.
pub(crate) struct Answer {
    /// Where it came from in the end.
    pub url: Url,
    /// The status.
    pub status: u16,
    headers: BTreeMap<String, String>,
    body: ByteStream,
}

impl Answer {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// This answer if its status says that all is well.
    pub fn successful(self) -> Result<Self, HttpError> {
        match self.status {
            200..=299 => Ok(self),
            status => Err(HttpError::Status { url: shown(&self.url), status }),
        }
    }

    /// The whole body.
    pub async fn text(mut self) -> Result<Vec<u8>, HttpError> {
        let mut text = Vec::new();
        while let Some(piece) = self.piece().await? {
            if text.len() + piece.len() > TEXT_BYTES_MAX {
                return Err(HttpError::TooLong { url: shown(&self.url) });
            }
            text.extend_from_slice(&piece);
        }
        Ok(text)
    }

    /// Writes the whole body to a file.
    pub async fn save(mut self, file: &mut std::fs::File) -> Result<(), HttpError> {
        while let Some(piece) = self.piece().await? {
            file.write_all(&piece).map_err(|reason| HttpError::Write { url: shown(&self.url), reason })?;
        }
        file.flush().map_err(|reason| HttpError::Write { url: shown(&self.url), reason })
    }

    async fn piece(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        match timeout(PAUSE_TIMEOUT, self.body.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(piece))) => Ok(Some(piece.to_vec())),
            Ok(Some(Err(error))) => Err(connection(&self.url, &error)),
            Err(_) => Err(HttpError::Timeout { url: shown(&self.url), limit: PAUSE_TIMEOUT }),
        }
    }
}

/// Asks web servers.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    connector: Arc<Connector>,
}

impl HttpClient {
    /// A client that goes through the proxies that the environment names.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let mut builder = Connector::builder();
        builder.set_proxy_config(Some(proxy(settings)?));
        let connector = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build();
        Ok(Self { connector: Arc::new(connector) })
    }

    /// Asks for something, with further headers, and follows redirects. A token goes to the first host only. What
    /// fails in passing is asked for once more.
    pub async fn get(&self, url: &Url, headers: &[(&str, String)]) -> Result<Answer, HttpError> {
        match self.follow(url, headers).await.and_then(passing_status) {
            Err(error) if error.is_passing() => {
                tracing::debug!("asking again: {error}");
                tokio::time::sleep(REPEAT_AFTER).await;
                self.follow(url, headers).await
            }
            result => result,
        }
    }

    async fn follow(&self, url: &Url, headers: &[(&str, String)]) -> Result<Answer, HttpError> {
        let mut current = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            let is_same_host = current.origin() == url.origin();
            let sent = headers.iter().filter(|(name, _)| is_same_host || *name != "authorization");
            let response = self.send(&current, sent).await?;
            let location = response.headers().get("location");
            match (response.status().as_u16(), location) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => {
                    current = current.join(location).map_err(|_| HttpError::Url(location.to_owned()))?;
                }
                (status, _) => {
                    let headers =
                        response.headers().iter().map(|(name, value)| (name.to_lowercase(), value.to_owned()));
                    let headers = headers.collect();
                    return Ok(Answer { url: current, status, headers, body: ByteStream::new(response.into_body()) });
                }
            }
        }
        Err(HttpError::Redirects { url: shown(url) })
    }

    async fn send<'h>(
        &self,
        url: &Url,
        headers: impl Iterator<Item = &'h (&'h str, String)>,
    ) -> Result<HttpResponse, HttpError> {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(HttpError::Url(shown(url)));
        }
        let mut target = url.clone();
        target.set_fragment(None);
        let mut request = HttpRequest::new(SdkBody::empty());
        let invalid = |_| HttpError::Url(shown(url));
        if !url.username().is_empty() {
            let credentials = format!("{}:{}", url.username(), url.password().unwrap_or_default());
            let encoded = aws_smithy_types::base64::encode(credentials);
            request.headers_mut().try_insert("authorization", format!("Basic {encoded}")).map_err(invalid)?;
            // Neither fails for a URL that has a host.
            let _ = target.set_username("");
            let _ = target.set_password(None);
        }
        request.set_uri(target.as_str()).map_err(invalid)?;
        request.headers_mut().try_insert("user-agent", USER_AGENT).map_err(invalid)?;
        for (name, value) in headers {
            request.headers_mut().try_insert((*name).to_owned(), value.clone()).map_err(invalid)?;
        }
        match timeout(ANSWER_TIMEOUT, self.connector.call(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(connection(url, &error)),
            Err(_) => Err(HttpError::Timeout { url: shown(url), limit: ANSWER_TIMEOUT }),
        }
    }
}

/// What servers see.
const USER_AGENT: &str = concat!("infra/", env!("CARGO_PKG_VERSION"));

/// Statuses with which a server says that it cannot answer just now, as errors.
fn passing_status(answer: Answer) -> Result<Answer, HttpError> {
    let error = HttpError::Status { url: shown(&answer.url), status: answer.status };
    if error.is_passing() { Err(error) } else { Ok(answer) }
}

fn connection(url: &Url, error: &(dyn std::error::Error + 'static)) -> HttpError {
    // The innermost cause says what happened; those around it say that something did.
    let innermost = std::iter::successors(Some(error), |error| error.source()).last();
    HttpError::Connection { url: shown(url), reason: innermost.map_or_else(String::new, ToString::to_string) }
}

/// A URL without user, password and arguments, which may be secret.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    if url.has_host() {
        // Neither fails for a URL that has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url.to_string()
}

fn proxy(settings: &Settings) -> Result<ProxyConfig, String> {
    let variable = |upper: &str, lower: &str| settings.variable(upper).or(settings.variable(lower)).map(str::to_owned);
    let (https, http) = (variable("HTTPS_PROXY", "https_proxy"), variable("HTTP_PROXY", "http_proxy"));
    let (name, proxy) = match (https, http) {
        (Some(https), Some(http)) if https == http => ("HTTPS_PROXY", ProxyConfig::all(https)),
        (Some(https), _) => ("HTTPS_PROXY", ProxyConfig::https(https)),
        (None, Some(http)) => ("HTTP_PROXY", ProxyConfig::http(http)),
        (None, None) => return Ok(ProxyConfig::disabled()),
    };
    let proxy = proxy.map_err(|error| format!("the environment variable {name} is no proxy's URL: {error}"))?;
    Ok(match variable("NO_PROXY", "no_proxy") {
        Some(hosts) => proxy.no_proxy(hosts),
        None => proxy,
    })
}
