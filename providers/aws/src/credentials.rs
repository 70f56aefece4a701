//! Whose credentials calls are signed with.
//!
//! The order is that of the AWS provider: keys in the provider block; the block's profile; variables with keys; a web
//! identity token named by variables; the profile (`AWS_PROFILE` or `default`, with SSO, `credential_process` and roles
//! of their own); a container's endpoint; the instance metadata service. The first that has something decides, and is
//! asked at once, so that a run without credentials fails at its beginning with a list of what was tried. Then the
//! roles of `assume_role` are assumed one after the other.
//!
//! Two of the SDK's providers look at the process environment themselves: the container's, which is only made when the
//! given environment names an endpoint, and a profile with `credential_source = Environment`.

use std::fmt;
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::connect::ConnectError;
use crate::environment::Environment;
use crate::errors::AwsError;
use crate::profile::{Profile, expanded};
use crate::settings::{AssumeRole, AssumeRoleWithWebIdentity, ProviderSettings, parse_duration};

/// The metadata service answers within milliseconds where there is one; elsewhere nobody shall wait for it.
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);
/// Session name of a role when none is given.
const SESSION_NAME: &str = "infra";

/// What credentials are found with.
pub(crate) struct Search<'s> {
    pub(crate) settings: &'s ProviderSettings,
    pub(crate) environment: &'s Environment,
    pub(crate) profile: &'s Profile,
    /// Configuration for calls of STS, without credentials.
    pub(crate) sts: &'s SdkConfig,
}

/// The provider that decides, after the roles to assume.
pub(crate) async fn resolve(search: &Search<'_>) -> Result<SharedCredentialsProvider, ConnectError> {
    let settings = search.settings;
    let web = settings.assume_role_with_web_identity.iter().find(|web| has_text(&web.role_arn));
    let mut provider = match web {
        Some(web) => search.web_identity(web)?,
        None => search.first_source().await?,
    };
    for role in settings.assume_role.iter().filter(|role| has_text(&role.role_arn)) {
        let session = Session::of_role(role)?;
        let sts = search.sts.to_builder().credentials_provider(provider).build();
        let client = aws_sdk_sts::Client::new(&sts);
        provider = SharedCredentialsProvider::new(AssumedRole { client, session });
        check(&provider, &format!("the role {}", role.role_arn.as_deref().unwrap_or_default())).await?;
    }
    Ok(provider)
}

fn has_text(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !text.is_empty())
}

/// One way to get credentials.
enum Source {
    /// It is there, and nothing else will be asked.
    Chosen(String, SharedCredentialsProvider),
    /// It may have credentials.
    Possible(String, SharedCredentialsProvider),
    /// It has none; the text says why.
    Absent(String),
}

impl Search<'_> {
    async fn first_source(&self) -> Result<SharedCredentialsProvider, ConnectError> {
        let mut tried = Vec::new();
        let block_profile = has_text(&self.settings.profile);
        type Look<'s> = fn(&Search<'s>) -> Result<Source, ConnectError>;
        let order: [Look<'_>; 6] = [
            Self::block_keys,
            if block_profile { Self::profile_source } else { Self::variables },
            Self::web_identity_variables,
            Self::profile_source,
            Self::container,
            Self::metadata,
        ];
        for source in order {
            // Only now: what stands behind the source that decides may be wrong.
            let source = source(self)?;
            match source {
                Source::Chosen(what, provider) => {
                    check(&provider, &what).await?;
                    return Ok(provider);
                }
                Source::Possible(what, provider) => match provider.provide_credentials().await {
                    Ok(_) => return Ok(provider),
                    Err(CredentialsError::CredentialsNotLoaded(_)) => {
                        tried.push(format!("{what}: none there"));
                    }
                    Err(error) => tried.push(format!("{what}: {}", short(&error))),
                },
                Source::Absent(why) => tried.push(why),
            }
        }
        tried.dedup();
        Err(ConnectError::NoCredentials { tried })
    }

    fn block_keys(&self) -> Result<Source, ConnectError> {
        let settings = self.settings;
        match (has_text(&settings.access_key), has_text(&settings.secret_key)) {
            (true, true) => {
                let keys = Credentials::new(
                    settings.access_key.clone().unwrap_or_default(),
                    settings.secret_key.clone().unwrap_or_default(),
                    settings.token.clone().filter(|token| !token.is_empty()),
                    None,
                    "provider block",
                );
                let what = "the provider block's access_key".to_owned();
                Ok(Source::Chosen(what, SharedCredentialsProvider::new(keys)))
            }
            (false, false) => Ok(Source::Absent("provider block: no access_key and secret_key".to_owned())),
            (true, false) => Err(ConnectError::invalid("secret_key", "access_key stands alone; give both or none")),
            (false, true) => Err(ConnectError::invalid("access_key", "secret_key stands alone; give both or none")),
        }
    }

    fn variables(&self) -> Result<Source, ConnectError> {
        let key = self.environment.first(&["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]);
        let secret = self.environment.first(&["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]);
        match (key, secret) {
            (Some(key), Some(secret)) => {
                let token = self.environment.get("AWS_SESSION_TOKEN").map(str::to_owned);
                let keys = Credentials::new(key, secret, token, None, "environment");
                let what = "AWS_ACCESS_KEY_ID".to_owned();
                Ok(Source::Chosen(what, SharedCredentialsProvider::new(keys)))
            }
            _ => Ok(Source::Absent(
                "environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set".to_owned(),
            )),
        }
    }

    fn web_identity_variables(&self) -> Result<Source, ConnectError> {
        let token_file = self.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
        let role = self.environment.get("AWS_ROLE_ARN");
        let (Some(token_file), Some(role)) = (token_file, role) else {
            return Ok(Source::Absent(
                "environment: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set".to_owned(),
            ));
        };
        let web = AssumeRoleWithWebIdentity {
            role_arn: Some(role.to_owned()),
            session_name: self.environment.get("AWS_ROLE_SESSION_NAME").map(str::to_owned),
            web_identity_token_file: Some(token_file.to_owned()),
            ..Default::default()
        };
        Ok(Source::Chosen("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(), self.web_identity(&web)?))
    }

    fn web_identity(&self, web: &AssumeRoleWithWebIdentity) -> Result<SharedCredentialsProvider, ConnectError> {
        let token = match (&web.web_identity_token, &web.web_identity_token_file) {
            (Some(token), _) if !token.is_empty() => Token::Given(token.clone()),
            (_, Some(file)) if !file.is_empty() => Token::File(expanded(file, self.environment.get("HOME"))),
            _ => {
                return Err(ConnectError::invalid(
                    "assume_role_with_web_identity",
                    "it needs web_identity_token or web_identity_token_file",
                ));
            }
        };
        let session = Session::of_web_identity(web)?;
        let client = aws_sdk_sts::Client::new(self.sts);
        Ok(SharedCredentialsProvider::new(WebIdentity { client, session, token }))
    }

    fn profile_source(&self) -> Result<Source, ConnectError> {
        let name = self.profile.name();
        let chosen = self.settings.profile.as_deref().filter(|name| !name.is_empty());
        let named = chosen.or_else(|| self.environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        if !self.profile.exists() {
            return match named {
                Some(_) => Err(ConnectError::NoSuchProfile {
                    name: name.to_owned(),
                    known: self.profile.names().into_iter().map(str::to_owned).collect(),
                }),
                None => Ok(Source::Absent("shared files: there is no profile \"default\"".to_owned())),
            };
        }
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&self.provider_config())
            .profile_files(self.profile.files.clone())
            .profile_name(name)
            .build();
        let (what, provider) = (format!("profile {name:?}"), SharedCredentialsProvider::new(provider));
        Ok(match named {
            Some(_) => Source::Chosen(what, provider),
            None => Source::Possible(what, provider),
        })
    }

    fn container(&self) -> Result<Source, ConnectError> {
        let variables = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        Ok(match self.environment.first(&variables) {
            Some(_) => {
                let provider = EcsCredentialsProvider::builder().configure(&self.provider_config()).build();
                Source::Possible("container".to_owned(), SharedCredentialsProvider::new(provider))
            }
            None => Source::Absent(format!("container: neither {} nor {} is set", variables[0], variables[1])),
        })
    }

    fn metadata(&self) -> Result<Source, ConnectError> {
        let skipped = self.settings.skip_metadata_api_check.as_deref() == Some("true");
        if skipped || self.environment.is_true("AWS_EC2_METADATA_DISABLED") {
            return Ok(Source::Absent("instance metadata service: switched off".to_owned()));
        }
        let mut client = imds::Client::builder()
            .configure(&self.provider_config())
            .connect_timeout(METADATA_TIMEOUT)
            .read_timeout(METADATA_TIMEOUT)
            .operation_timeout(METADATA_TIMEOUT * 2)
            .max_attempts(1);
        let endpoint = self.settings.ec2_metadata_service_endpoint.as_deref();
        let endpoint = endpoint.or_else(|| self.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
        if let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.is_empty()) {
            client = client.endpoint(endpoint).map_err(|error| {
                ConnectError::invalid("ec2_metadata_service_endpoint", format!("it is no URL: {error}"))
            })?;
        }
        let mode = self.settings.ec2_metadata_service_endpoint_mode.as_deref();
        let mode = mode.or_else(|| self.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"));
        if let Some(mode) = mode.filter(|mode| !mode.is_empty()) {
            client = client.endpoint_mode(mode.parse().map_err(|_| {
                ConnectError::invalid(
                    "ec2_metadata_service_endpoint_mode",
                    format!("there is no mode {mode:?}. Write \"IPv4\" or \"IPv6\""),
                )
            })?);
        }
        let provider = imds::credentials::ImdsCredentialsProvider::builder()
            .configure(&self.provider_config())
            .imds_client(client.build())
            .build();
        let what = "instance metadata service".to_owned();
        Ok(Source::Possible(what, SharedCredentialsProvider::new(provider)))
    }

    /// For the SDK's own providers: region and HTTP client are those of all other calls.
    fn provider_config(&self) -> ProviderConfig {
        let region = self.sts.region().cloned().unwrap_or(Region::from_static("us-east-1"));
        let mut config = ProviderConfig::without_region()
            .with_behavior_version(self.sts.behavior_version())
            .with_region(Some(region));
        if let Some(client) = self.sts.http_client() {
            config = config.with_http_client(client);
        }
        config
    }
}

/// Asks once, so that what does not work is told at the beginning.
async fn check(provider: &SharedCredentialsProvider, what: &str) -> Result<(), ConnectError> {
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error) => Err(ConnectError::CredentialsFailed { what: what.to_owned(), reason: short(&error) }),
    }
}

/// The causes of an error without the SDK's wrappers around them.
fn short(error: &CredentialsError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        if source.is::<AwsError>() {
            return source.to_string();
        }
        innermost = source;
    }
    innermost.to_string()
}

/// What both ways to assume a role have in common.
#[derive(Clone, Debug)]
struct Session {
    role_arn: String,
    name: String,
    duration_secs: Option<i32>,
    policy: Option<String>,
    policy_arns: Vec<PolicyDescriptorType>,
    external_id: Option<String>,
    source_identity: Option<String>,
    tags: Vec<Tag>,
    transitive_tag_keys: Vec<String>,
}

impl Session {
    fn of_role(role: &AssumeRole) -> Result<Self, ConnectError> {
        let tag = |(key, value): (&String, &String)| {
            Tag::builder().key(key).value(value).build().map_err(|error| {
                ConnectError::invalid("assume_role", format!("the tag {key:?} cannot be sent: {error}"))
            })
        };
        Ok(Self {
            external_id: role.external_id.clone(),
            source_identity: role.source_identity.clone(),
            tags: role.tags.iter().map(tag).collect::<Result<_, _>>()?,
            transitive_tag_keys: role.transitive_tag_keys.iter().cloned().collect(),
            ..Self::new(
                "assume_role",
                &role.role_arn,
                &role.session_name,
                &role.duration,
                &role.policy,
                role.policy_arns.iter(),
            )?
        })
    }

    fn of_web_identity(web: &AssumeRoleWithWebIdentity) -> Result<Self, ConnectError> {
        Self::new(
            "assume_role_with_web_identity",
            &web.role_arn,
            &web.session_name,
            &web.duration,
            &web.policy,
            web.policy_arns.iter(),
        )
    }

    fn new<'p>(
        block: &'static str,
        role_arn: &Option<String>,
        session_name: &Option<String>,
        duration: &Option<String>,
        policy: &Option<String>,
        policy_arns: impl Iterator<Item = &'p String>,
    ) -> Result<Self, ConnectError> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let duration_secs = match text(duration) {
            None => None,
            Some(text) => match parse_duration(&text).map(|time| i32::try_from(time.as_secs())) {
                Some(Ok(secs)) => Some(secs),
                _ => {
                    let problem = format!("{text:?} is not a duration. Write one such as \"15m\" or \"1h30m\"");
                    return Err(ConnectError::invalid(block, problem));
                }
            },
        };
        Ok(Self {
            role_arn: text(role_arn).unwrap_or_default(),
            name: text(session_name).unwrap_or_else(|| SESSION_NAME.to_owned()),
            duration_secs,
            policy: text(policy),
            policy_arns: policy_arns.map(|arn| PolicyDescriptorType::builder().arn(arn).build()).collect(),
            external_id: None,
            source_identity: None,
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
        })
    }
}

/// Credentials of a role, asked for with other credentials.
struct AssumedRole {
    client: aws_sdk_sts::Client,
    session: Session,
}

/// Credentials of a role, asked for with a token of another identity provider.
struct WebIdentity {
    client: aws_sdk_sts::Client,
    session: Session,
    token: Token,
}

#[derive(Clone)]
enum Token {
    Given(String),
    /// Read again each time: whoever runs this refreshes the file.
    File(std::path::PathBuf),
}

impl fmt::Debug for AssumedRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AssumedRole({})", self.session.role_arn)
    }
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebIdentity({})", self.session.role_arn)
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.session.clone();
            let answer = self
                .client
                .assume_role()
                .role_arn(session.role_arn)
                .role_session_name(session.name)
                .set_duration_seconds(session.duration_secs)
                .set_policy(session.policy)
                .set_policy_arns(some(session.policy_arns))
                .set_external_id(session.external_id)
                .set_source_identity(session.source_identity)
                .set_tags(some(session.tags))
                .set_transitive_tag_keys(some(session.transitive_tag_keys))
                .send()
                .await
                .map_err(|error| CredentialsError::provider_error(AwsError::from(error)))?;
            credentials(answer.credentials)
        })
    }
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.session.clone();
            let token = match &self.token {
                Token::Given(token) => token.clone(),
                Token::File(path) => {
                    std::fs::read_to_string(path).map(|token| token.trim().to_owned()).map_err(|error| {
                        CredentialsError::invalid_configuration(format!(
                            "the token file {} cannot be read: {error}",
                            path.display()
                        ))
                    })?
                }
            };
            let answer = self
                .client
                .assume_role_with_web_identity()
                .role_arn(session.role_arn)
                .role_session_name(session.name)
                .web_identity_token(token)
                .set_duration_seconds(session.duration_secs)
                .set_policy(session.policy)
                .set_policy_arns(some(session.policy_arns))
                .send()
                .await
                .map_err(|error| CredentialsError::provider_error(AwsError::from(error)))?;
            credentials(answer.credentials)
        })
    }
}

fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

fn credentials(answer: Option<aws_sdk_sts::types::Credentials>) -> Result<Credentials, CredentialsError> {
    let answer = answer.ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
    let expiry = std::time::SystemTime::try_from(answer.expiration).ok();
    let (key, secret) = (answer.access_key_id, answer.secret_access_key);
    Ok(Credentials::new(key, secret, Some(answer.session_token), expiry, "assumed role"))
}
