//! What a `provider "aws"` block says, as plain data.
//!
//! [`ProviderSettings`] has the shape of the block and is read with `infra_values::serde_value::from_value`. Nothing is
//! resolved here: what is left out may come from the [`Environment`](crate::environment::Environment) or a profile,
//! which [`Aws::connect`](crate::Aws::connect) looks up.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;

use crate::tags::Tags;

/// A `provider "aws"` block, or what stands for one (a backend). It holds secrets, and cannot be printed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProviderSettings {
    /// Region of everything that does not name its own.
    pub region: Option<String>,
    /// Profile in the shared files.
    pub profile: Option<String>,
    /// Static credentials.
    pub access_key: Option<String>,
    /// Static credentials.
    pub secret_key: Option<String>,
    /// Session token of static credentials.
    pub token: Option<String>,
    /// Instead of `~/.aws/config`.
    pub shared_config_files: Vec<String>,
    /// Instead of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<String>,
    /// Roles to assume one after the other.
    pub assume_role: Vec<AssumeRole>,
    /// A role to assume with a web identity token; at most one.
    pub assume_role_with_web_identity: Vec<AssumeRoleWithWebIdentity>,
    /// Endpoints by service key; several blocks add up.
    pub endpoints: Vec<BTreeMap<String, String>>,
    /// Tags for everything; at most one block.
    pub default_tags: Vec<DefaultTagsBlock>,
    /// Tags left to others; at most one block.
    pub ignore_tags: Vec<IgnoreTagsBlock>,
    /// Accounts this may run in; empty: any.
    pub allowed_account_ids: BTreeSet<String>,
    /// Accounts this may not run in.
    pub forbidden_account_ids: BTreeSet<String>,
    /// Buckets in the path of S3 URLs, not in the host name.
    pub s3_use_path_style: bool,
    /// Accepted and without effect: both answer alike, and the regional endpoint is used.
    pub s3_us_east_1_regional_endpoint: Option<String>,
    /// Do not ask STS whether the credentials are good.
    pub skip_credentials_validation: bool,
    /// Accept regions nobody knows.
    pub skip_region_validation: bool,
    /// Do not ask for the account's id.
    pub skip_requesting_account_id: bool,
    /// `"true"`: do not ask the instance metadata service for credentials.
    pub skip_metadata_api_check: Option<String>,
    /// How often a call is repeated.
    pub max_retries: Option<u32>,
    /// `standard` or `adaptive`.
    pub retry_mode: Option<String>,
    /// How many retries may be under way at once before further ones fail; absent or 0: no limit.
    pub token_bucket_rate_limiter_capacity: Option<usize>,
    /// Proxy for http URLs.
    pub http_proxy: Option<String>,
    /// Proxy for https URLs.
    pub https_proxy: Option<String>,
    /// Hosts reached without a proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// Do not check certificates; refused, since it would hand credentials to anybody on the way.
    pub insecure: bool,
    /// File with additional root certificates.
    pub custom_ca_bundle: Option<String>,
    /// Use FIPS endpoints.
    pub use_fips_endpoint: Option<bool>,
    /// Use endpoints with IPv6.
    pub use_dualstack_endpoint: Option<bool>,
    /// Instead of the instance metadata service's usual address.
    pub ec2_metadata_service_endpoint: Option<String>,
    /// `IPv4` or `IPv6`.
    pub ec2_metadata_service_endpoint_mode: Option<String>,
    /// Region of STS, if another one.
    pub sts_region: Option<String>,
    /// Added to the user agent of each request.
    pub user_agent: Vec<String>,
}

/// An `assume_role` block.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of AWS STS")]
pub struct AssumeRole {
    pub role_arn: Option<String>,
    /// `15m`, `1h30m`
    pub duration: Option<String>,
    pub external_id: Option<String>,
    pub policy: Option<String>,
    pub policy_arns: BTreeSet<String>,
    pub session_name: Option<String>,
    pub source_identity: Option<String>,
    pub tags: Tags,
    pub transitive_tag_keys: BTreeSet<String>,
}

/// An `assume_role_with_web_identity` block.
#[derive(Clone, Default, Deserialize, PartialEq)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of AWS STS")]
pub struct AssumeRoleWithWebIdentity {
    pub role_arn: Option<String>,
    /// `15m`, `1h30m`
    pub duration: Option<String>,
    pub policy: Option<String>,
    pub policy_arns: BTreeSet<String>,
    pub session_name: Option<String>,
    pub web_identity_token: Option<String>,
    pub web_identity_token_file: Option<String>,
}

/// A `default_tags` block.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct DefaultTagsBlock {
    /// The tags.
    pub tags: Tags,
}

/// An `ignore_tags` block.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct IgnoreTagsBlock {
    /// Whole keys.
    pub keys: BTreeSet<String>,
    /// Beginnings of keys.
    pub key_prefixes: BTreeSet<String>,
}

/// A duration as Go writes it: `90s`, `1h30m`, `1.5h`, `500ms`. `None` for anything else, negative ones included.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (amount, after) = rest.split_at(digits);
        let unit_length =
            after.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_length);
        let unit_secs = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let amount: f64 = amount.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(amount * unit_secs).ok()?)?;
        rest = after;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("20m", Some(1_200_000)),
            ("1h30m", Some(5_400_000)),
            ("90s", Some(90_000)),
            ("1.5h", Some(5_400_000)),
            ("500ms", Some(500)),
            ("0", Some(0)),
            ("", None),
            ("20", None),
            ("m", None),
            ("-5m", None),
            ("5 m", None),
            ("1d", None),
        ];
        for (text, ms) in cases {
            assert_eq!(parse_duration(text), ms.map(Duration::from_millis), "{text:?}");
        }
    }
}
