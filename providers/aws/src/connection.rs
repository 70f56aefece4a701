//! The HTTP client that all AWS clients share: proxies, root certificates, and giving up on endpoints that are down.
//!
//! The SDK repeats a call that could not connect as patiently as one that was throttled, which for an endpoint that
//! does not exist means minutes of silence. [`Guarded`] sits between the two: once a host has failed for a while without
//! a single success, its failures are no longer presented as passing ones.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::arn::Partition;
use crate::connect::ConnectError;
use crate::environment::Environment;
use crate::profile::expanded;
use crate::settings::ProviderSettings;

/// The HTTP client for these settings.
pub(crate) fn http_client(
    settings: &ProviderSettings,
    environment: &Environment,
) -> Result<SharedHttpClient, ConnectError> {
    if settings.insecure {
        return Err(ConnectError::invalid(
            "insecure",
            "certificates are always checked. Name the certificate of a private endpoint in custom_ca_bundle instead",
        ));
    }
    let tls = tls_context(settings, environment)?;
    let proxy = proxy(settings, environment)?;
    let client = Builder::new().build_with_connector_fn(move |connector_settings, components| {
        let mut builder = Connector::builder();
        builder.set_connector_settings(connector_settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.set_proxy_config(Some(proxy.clone()));
        builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls.clone()).build()
    });
    Ok(SharedHttpClient::new(Guarded { inner: client, failing: Failing::default() }))
}

fn tls_context(settings: &ProviderSettings, environment: &Environment) -> Result<TlsContext, ConnectError> {
    let mut roots = TrustStore::default();
    let bundle = settings.custom_ca_bundle.as_deref().filter(|path| !path.is_empty());
    if let Some(path) = bundle.or_else(|| environment.get("AWS_CA_BUNDLE")) {
        let path = expanded(path, environment.get("HOME"));
        let pem = fs::read(&path).map_err(|error| {
            ConnectError::invalid("custom_ca_bundle", format!("the file {} cannot be read: {error}", path.display()))
        })?;
        roots = roots.with_pem_certificate(pem);
    }
    TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|error| ConnectError::invalid("custom_ca_bundle", format!("the certificates cannot be used: {error}")))
}

/// The proxy for all calls. An `http_proxy` in the provider block serves https too, unless `https_proxy` is set; the
/// variables are each for their own scheme.
fn proxy(settings: &ProviderSettings, environment: &Environment) -> Result<ProxyConfig, ConnectError> {
    let configured = |value: &Option<String>| value.clone().filter(|url| !url.is_empty());
    let variable = |upper: &str, lower: &str| environment.first(&[upper, lower]).map(str::to_owned);
    let https = configured(&settings.https_proxy);
    let http = configured(&settings.http_proxy);
    let (attribute, proxy) = match (https, http) {
        (Some(https), _) => ("https_proxy", ProxyConfig::https(https)),
        (None, Some(http)) => ("http_proxy", ProxyConfig::all(http)),
        (None, None) => match (variable("HTTPS_PROXY", "https_proxy"), variable("HTTP_PROXY", "http_proxy")) {
            (Some(https), _) => ("https_proxy", ProxyConfig::https(https)),
            (None, Some(http)) => ("http_proxy", ProxyConfig::http(http)),
            (None, None) => return Ok(ProxyConfig::disabled()),
        },
    };
    let proxy = proxy.map_err(|error| ConnectError::invalid(attribute, format!("it is no proxy's URL: {error}")))?;
    let direct = configured(&settings.no_proxy).or_else(|| variable("NO_PROXY", "no_proxy"));
    Ok(match direct {
        Some(hosts) => proxy.no_proxy(hosts),
        None => proxy,
    })
}

/// Hosts without a success since they first failed: when that was, and the last time.
type Failing = Arc<Mutex<HashMap<String, (Instant, Instant)>>>;

/// How long a host of AWS may fail before calls give up; a short outage of the network passes.
const PATIENCE_AWS: Duration = Duration::from_secs(20);
/// The same for other hosts, which mostly are a server on this machine that was not started.
const PATIENCE_OTHER: Duration = Duration::from_secs(2);
/// Failures further apart than this say nothing about the time between.
const FORGET_AFTER: Duration = Duration::from_secs(60);

/// A client that gives up on hosts that are down.
#[derive(Clone, Debug)]
struct Guarded<C> {
    inner: C,
    failing: Failing,
}

impl HttpClient for Guarded<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Guarded {
            inner: self.inner.http_connector(settings, components),
            failing: self.failing.clone(),
        })
    }
}

impl HttpConnector for Guarded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = host_of(request.uri()).to_owned();
        let call = self.inner.call(request);
        let failing = self.failing.clone();
        HttpConnectorFuture::new(async move {
            let result = call.await;
            let mut failing = failing.lock().unwrap_or_else(PoisonError::into_inner);
            match result {
                Ok(response) => {
                    failing.remove(&host);
                    Ok(response)
                }
                Err(error) if error.is_io() || error.is_timeout() => {
                    let now = Instant::now();
                    let entry = failing.entry(host.clone()).or_insert((now, now));
                    if now.duration_since(entry.1) > FORGET_AFTER {
                        entry.0 = now;
                    }
                    entry.1 = now;
                    if now.duration_since(entry.0) >= patience(&host) {
                        // Without a kind the SDK does not repeat it.
                        Err(ConnectorError::other(error.into_source(), None))
                    } else {
                        Err(error)
                    }
                }
                Err(error) => Err(error),
            }
        })
    }
}

/// `https://user@host:443/path` → `host:443`
fn host_of(uri: &str) -> &str {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

fn patience(host: &str) -> Duration {
    let name = host.split(':').next().unwrap_or(host);
    if Partition::all().any(|partition| name.ends_with(partition.dns_suffix)) { PATIENCE_AWS } else { PATIENCE_OTHER }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_how_long_they_may_fail() {
        let cases = [
            ("https://sts.eu-west-1.amazonaws.com/", "sts.eu-west-1.amazonaws.com", PATIENCE_AWS),
            ("https://s3.cn-north-1.amazonaws.com.cn/a?b", "s3.cn-north-1.amazonaws.com.cn", PATIENCE_AWS),
            ("http://127.0.0.1:4566?x", "127.0.0.1:4566", PATIENCE_OTHER),
            ("http://minio.lan:9000/bucket", "minio.lan:9000", PATIENCE_OTHER),
        ];
        for (uri, host, time) in cases {
            assert_eq!(host_of(uri), host);
            assert_eq!(patience(host), time, "{uri}");
        }
    }

    #[test]
    fn what_cannot_be_done_names_its_argument() {
        let refused = |settings: ProviderSettings| {
            http_client(&settings, &Environment::empty()).unwrap_err().attribute().map(str::to_owned)
        };
        let insecure = ProviderSettings { insecure: true, ..Default::default() };
        assert_eq!(refused(insecure).as_deref(), Some("insecure"));
        let bundle = ProviderSettings { custom_ca_bundle: Some("/does/not/exist".into()), ..Default::default() };
        assert_eq!(refused(bundle).as_deref(), Some("custom_ca_bundle"));
    }
}
