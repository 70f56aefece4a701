//! `aws_secretsmanager_random_password`: a password that Secrets Manager makes up, another one in each run.

use async_trait::async_trait;
use infra_provider_kit::{AwsEphemeral, Context, Error, client};
use serde::{Deserialize, Serialize};

/// `aws_secretsmanager_random_password`
pub struct RandomPassword;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    #[serde(skip_serializing)]
    pub exclude_characters: Option<String>,
    #[serde(skip_serializing)]
    pub exclude_lowercase: Option<bool>,
    #[serde(skip_serializing)]
    pub exclude_numbers: Option<bool>,
    #[serde(skip_serializing)]
    pub exclude_punctuation: Option<bool>,
    #[serde(skip_serializing)]
    pub exclude_uppercase: Option<bool>,
    #[serde(skip_serializing)]
    pub include_space: Option<bool>,
    /// In characters; 32 where it is not written.
    #[serde(skip_serializing)]
    pub password_length: Option<i64>,
    pub random_password: Option<String>,
    #[serde(skip_serializing)]
    pub require_each_included_type: Option<bool>,
}

#[async_trait]
impl AwsEphemeral for RandomPassword {
    const TYPE: &'static str = "aws_secretsmanager_random_password";
    const NOUN: &'static str = "random password";
    type Attributes = Attributes;

    async fn open(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        let call = client!(cx, aws_sdk_secretsmanager, "secretsmanager")
            .get_random_password()
            .set_exclude_characters(config.exclude_characters.clone())
            .set_exclude_lowercase(config.exclude_lowercase)
            .set_exclude_numbers(config.exclude_numbers)
            .set_exclude_punctuation(config.exclude_punctuation)
            .set_exclude_uppercase(config.exclude_uppercase)
            .set_include_space(config.include_space)
            .set_password_length(config.password_length)
            .set_require_each_included_type(config.require_each_included_type);
        Ok(Attributes { random_password: call.send().await?.random_password, ..config })
    }
}
