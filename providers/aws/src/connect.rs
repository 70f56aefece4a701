//! From settings and environment to a connection.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_types::retry::{RetryConfig, RetryMode};

use crate::client::{Aws, Caller, Shared};
use crate::connection::http_client;
use crate::credentials::{self, Search};
use crate::endpoints::Endpoints;
use crate::environment::Environment;
use crate::errors::AwsError;
use crate::profile::Profile;
use crate::settings::ProviderSettings;
use crate::tags::{DefaultTags, IgnoreTags, Tags};

/// How often a call is made when nothing is said about it. Throttling of large stacks needs this many; endpoints that
/// are down end earlier.
const ATTEMPTS: u32 = 25;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// A setting cannot be used.
    #[error("invalid {attribute}: {problem}")]
    Invalid {
        /// The argument of the provider block.
        attribute: &'static str,
        /// What is wrong, as a sentence without its full stop.
        problem: String,
    },
    /// No region is set anywhere.
    #[error("no region is set")]
    NoRegion,
    /// The shared files cannot be read.
    #[error("the shared configuration files cannot be read: {0}")]
    Files(String),
    /// A profile was named that the shared files do not have.
    #[error("there is no profile {name:?}")]
    NoSuchProfile {
        /// The name.
        name: String,
        /// Names of those there are.
        known: Vec<String>,
    },
    /// There are no credentials anywhere.
    #[error("no credentials for AWS were found")]
    NoCredentials {
        /// Where was looked, and what was there.
        tried: Vec<String>,
    },
    /// Credentials were chosen and do not work.
    #[error("credentials of {what} cannot be used: {reason}")]
    CredentialsFailed {
        /// Where they come from.
        what: String,
        /// Why not.
        reason: String,
    },
    /// STS did not tell who the caller is.
    #[error("the caller's identity is not known: {0}")]
    Identity(#[source] AwsError),
    /// The account is not one this may run in.
    #[error("the account {account_id} is not allowed")]
    Account {
        /// The account of the credentials.
        account_id: String,
        /// The argument that excludes it.
        attribute: &'static str,
    },
}

impl ConnectError {
    pub(crate) fn invalid(attribute: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid { attribute, problem: problem.into() }
    }

    /// A constant headline.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "Invalid provider configuration",
            Self::NoRegion => "No AWS region",
            Self::Files(_) => "AWS configuration files cannot be read",
            Self::NoSuchProfile { .. } => "No such AWS profile",
            Self::NoCredentials { .. } => "No AWS credentials",
            Self::CredentialsFailed { .. } => "AWS credentials cannot be used",
            Self::Identity(_) => "AWS credentials cannot be checked",
            Self::Account { .. } => "AWS account not allowed",
        }
    }

    /// What is wrong, why, and what to do, in sentences.
    pub fn detail(&self) -> String {
        match self {
            Self::Invalid { attribute, problem } => {
                format!("The argument {attribute} of the AWS provider cannot be used: {problem}.")
            }
            Self::NoRegion => {
                "The AWS provider needs a region. Set `region` in the provider block, or AWS_REGION.".to_owned()
            }
            Self::Files(problem) => {
                format!("The shared configuration files of AWS cannot be read: {problem}. Correct or remove them.")
            }
            Self::NoSuchProfile { name, known } if known.is_empty() => format!(
                "The profile {name:?} does not exist: there are no profiles in the shared configuration files. \
                 Create it with `aws configure --profile {name}`."
            ),
            Self::NoSuchProfile { name, known } => format!(
                "The profile {name:?} does not exist. The shared configuration files have: {}. Choose one of \
                 them with `profile` in the provider block, or AWS_PROFILE.",
                known.join(", ")
            ),
            Self::NoCredentials { tried } => format!(
                "No credentials for AWS were found. Looked at:\n  - {}\nSet AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, or log in (`aws sso login`, `aws configure`).",
                tried.join("\n  - ")
            ),
            Self::CredentialsFailed { what, reason } => format!(
                "The credentials of {what} cannot be used: {reason}. Renew them (for single sign-on: `aws sso \
                 login`), or choose others."
            ),
            Self::Identity(error) => {
                format!("AWS was asked whose credentials these are, and did not tell: {error}.")
            }
            Self::Account { account_id, attribute } => format!(
                "The credentials belong to the account {account_id}, which {attribute} of the provider block \
                 excludes. Use credentials of another account, or change {attribute}."
            ),
        }
    }

    /// Further help, one line each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Identity(error) => {
                let mut hints: Vec<String> = error.advice().into_iter().collect();
                hints.push(
                    "an AWS-compatible server without STS needs skip_credentials_validation and \
                     skip_requesting_account_id in the provider block"
                        .to_owned(),
                );
                hints
            }
            Self::NoCredentials { .. } => {
                vec!["to try things out without an AWS account, use -sandbox".to_owned()]
            }
            _ => Vec::new(),
        }
    }

    /// The argument of the provider block it is about.
    pub fn attribute(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { attribute, .. } | Self::Account { attribute, .. } => Some(attribute),
            Self::NoRegion => Some("region"),
            Self::NoSuchProfile { .. } => Some("profile"),
            _ => None,
        }
    }
}

impl Aws {
    /// Makes a connection: finds region and credentials, assumes roles, and asks STS who the caller is (unless told
    /// not to). Takes a round trip or two; without credentials it fails within seconds.
    pub async fn connect(settings: &ProviderSettings, environment: &Environment) -> Result<Self, ConnectError> {
        let profile = Profile::load(settings, environment).await.map_err(|error| {
            ConnectError::Files(aws_smithy_types::error::display::DisplayErrorContext(error).to_string())
        })?;
        let region = region(settings, environment, &profile)?;
        let endpoints = Endpoints::new(&settings.endpoints, environment, Some(&profile));
        let base = base_config(settings, environment, &profile, &region)?;
        let sts_region = settings.sts_region.clone().filter(|region| !region.is_empty());
        let mut sts = base.to_builder();
        sts.set_region(Region::new(sts_region.unwrap_or_else(|| region.clone())));
        sts.set_endpoint_url(endpoints.of("sts").map(str::to_owned));
        let sts = sts.build();
        let search = Search { settings, environment, profile: &profile, sts: &sts };
        let provider = credentials::resolve(&search).await?;
        let sts = sts.to_builder().credentials_provider(provider.clone()).build();
        // A list of accounts is a promise that only the answer of STS can keep.
        let accounts_matter = !settings.allowed_account_ids.is_empty() || !settings.forbidden_account_ids.is_empty();
        let may_skip = settings.skip_credentials_validation && settings.skip_requesting_account_id;
        let caller = match may_skip && !accounts_matter {
            true => None,
            false => Some(ask_identity(&sts).await.map_err(ConnectError::Identity)?),
        };
        let account_id = caller.as_ref().map(|caller| caller.account_id.clone());
        if let Some(account_id) = &account_id {
            check_account(settings, account_id)?;
        }
        Ok(Self(Arc::new(Shared {
            region,
            account_id: account_id.filter(|_| !settings.skip_requesting_account_id),
            caller,
            default_tags: default_tags(settings, environment),
            ignore_tags: ignore_tags(settings, environment),
            endpoints,
            base: base.to_builder().credentials_provider(provider).build(),
            s3_use_path_style: settings.s3_use_path_style,
            retry_tokens: settings.token_bucket_rate_limiter_capacity.filter(|capacity| *capacity > 0),
            clients: Mutex::new(HashMap::new()),
        })))
    }

    /// Who the caller is, asked anew if it was not while connecting.
    pub async fn identity(&self) -> Result<Caller, AwsError> {
        match self.caller() {
            Some(caller) => Ok(caller.clone()),
            None => ask_identity(&self.sdk_config_for("sts", self.region())).await,
        }
    }
}

async fn ask_identity(sts: &SdkConfig) -> Result<Caller, AwsError> {
    let answer = aws_sdk_sts::Client::new(sts).get_caller_identity().send().await?;
    match (answer.account, answer.arn, answer.user_id) {
        (Some(account_id), Some(arn), Some(user_id)) => Ok(Caller { account_id, arn, user_id }),
        _ => Err(AwsError::new("sts", "GetCallerIdentity", None, "the answer is incomplete")),
    }
}

fn check_account(settings: &ProviderSettings, account_id: &str) -> Result<(), ConnectError> {
    let allowed = &settings.allowed_account_ids;
    let attribute = if !allowed.is_empty() && !allowed.contains(account_id) {
        "allowed_account_ids"
    } else if settings.forbidden_account_ids.contains(account_id) {
        "forbidden_account_ids"
    } else {
        return Ok(());
    };
    Err(ConnectError::Account { account_id: account_id.to_owned(), attribute })
}

fn region(settings: &ProviderSettings, environment: &Environment, profile: &Profile) -> Result<String, ConnectError> {
    let configured = settings.region.as_deref().filter(|region| !region.is_empty());
    let region = configured
        .or_else(|| environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
        .or_else(|| profile.get("region"))
        .ok_or(ConnectError::NoRegion)?;
    if !settings.skip_region_validation && !is_region(region) {
        let problem =
            format!("there is no region {region:?}. Write one such as \"eu-central-1\", or set skip_region_validation");
        return Err(ConnectError::invalid("region", problem));
    }
    Ok(region.to_owned())
}

/// Whether a name has the form of AWS's regions: `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`.
pub fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let (Some(number), true) = (parts.last(), (3..=4).contains(&parts.len())) else { return false };
    let words = &parts[..parts.len() - 1];
    let is_word = |part: &&str| part.chars().all(|character| character.is_ascii_lowercase());
    (1..=2).contains(&number.len())
        && number.chars().all(|character| character.is_ascii_digit())
        && words.iter().all(|part| part.len() >= 2 && is_word(part))
}

/// What all clients have in common, without credentials and endpoint.
fn base_config(
    settings: &ProviderSettings,
    environment: &Environment,
    profile: &Profile,
    region: &str,
) -> Result<SdkConfig, ConnectError> {
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(retry_config(settings, environment, profile)?)
        .http_client(http_client(settings, environment)?)
        .identity_cache(aws_config::identity::IdentityCache::lazy().build());
    builder.set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())));
    let switch = |configured: Option<bool>, variable: &str, key: &str| {
        configured
            .or_else(|| environment.get(variable).map(|_| environment.is_true(variable)))
            .or_else(|| profile.get(key).map(|value| value.eq_ignore_ascii_case("true")))
    };
    builder.set_use_fips(switch(settings.use_fips_endpoint, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    builder.set_use_dual_stack(switch(
        settings.use_dualstack_endpoint,
        "AWS_USE_DUALSTACK_ENDPOINT",
        "use_dualstack_endpoint",
    ));
    Ok(builder.build())
}

fn retry_config(
    settings: &ProviderSettings,
    environment: &Environment,
    profile: &Profile,
) -> Result<RetryConfig, ConnectError> {
    let number = |text: &str| text.parse::<u32>().ok();
    let attempts = settings
        .max_retries
        .or_else(|| environment.get("AWS_MAX_ATTEMPTS").and_then(number))
        .or_else(|| profile.get("max_attempts").and_then(number))
        .unwrap_or(ATTEMPTS);
    let configured = settings.retry_mode.as_deref().filter(|mode| !mode.is_empty());
    let mode = configured
        .or_else(|| environment.get("AWS_RETRY_MODE"))
        .or_else(|| profile.get("retry_mode"))
        .unwrap_or("standard");
    let mode = match mode {
        // The older tools' mode is what "standard" is today.
        "standard" | "legacy" => RetryMode::Standard,
        "adaptive" => RetryMode::Adaptive,
        _ => {
            let problem = format!("there is no mode {mode:?}. Write \"standard\" or \"adaptive\"");
            return Err(ConnectError::invalid("retry_mode", problem));
        }
    };
    Ok(RetryConfig::standard().with_retry_mode(mode).with_max_attempts(attempts.max(1)))
}

fn default_tags(settings: &ProviderSettings, environment: &Environment) -> DefaultTags {
    let mut tags: Tags = environment.with_prefix("TF_AWS_DEFAULT_TAGS_");
    for block in &settings.default_tags {
        tags.extend(block.tags.clone());
    }
    DefaultTags(tags)
}

fn ignore_tags(settings: &ProviderSettings, environment: &Environment) -> IgnoreTags {
    let listed = |variable: &str| -> BTreeSet<String> {
        let list = environment.get(variable).unwrap_or_default().split(',');
        list.map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    let mut ignore =
        IgnoreTags { keys: listed("TF_AWS_IGNORE_TAGS_KEYS"), key_prefixes: listed("TF_AWS_IGNORE_TAGS_KEY_PREFIXES") };
    for block in &settings.ignore_tags {
        ignore.keys.extend(block.keys.clone());
        ignore.key_prefixes.extend(block.key_prefixes.clone());
    }
    ignore
}

#[cfg(test)]
mod tests;
