//! `aws_secretsmanager_secret_version`: the value of a secret.

use async_trait::async_trait;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::primitives::{DateTime, DateTimeFormat};
use infra_provider_kit::{AwsEphemeral, AwsError, Context, Error, client, text_of};
use serde::{Deserialize, Serialize};

/// `aws_secretsmanager_secret_version`
pub struct SecretVersion;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    pub arn: Option<String>,
    pub created_date: Option<String>,
    pub secret_binary: Option<String>,
    /// A name or an ARN.
    #[serde(skip_serializing)]
    pub secret_id: String,
    pub secret_string: Option<String>,
    pub version_id: Option<String>,
    #[serde(skip_serializing)]
    pub version_stage: Option<String>,
    pub version_stages: Option<Vec<String>>,
}

#[async_trait]
impl AwsEphemeral for SecretVersion {
    const TYPE: &'static str = "aws_secretsmanager_secret_version";
    const NOUN: &'static str = "secret version";
    type Attributes = Attributes;

    async fn open(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (version, stage) = (given(&config.version_id), given(&config.version_stage));
        let names_a_version = version.is_some() || stage.is_some();
        let call = client!(cx, aws_sdk_secretsmanager, "secretsmanager")
            .get_secret_value()
            .secret_id(&config.secret_id)
            .set_version_id(version)
            .set_version_stage(stage);
        match call.send().await {
            Ok(answer) => attributes(answer, config),
            Err(error) => Err(explained(error.into(), cx.region(), &config.secret_id, names_a_version)),
        }
    }
}

fn attributes(answer: GetSecretValueOutput, config: Attributes) -> Result<Attributes, Error> {
    let binary =
        answer.secret_binary.map(|binary| text_of(binary.into_inner(), "The value of the secret")).transpose()?;
    Ok(Attributes {
        arn: answer.arn,
        created_date: answer.created_date.as_ref().map(whole_seconds).transpose()?,
        secret_binary: binary,
        secret_string: answer.secret_string,
        version_id: answer.version_id,
        version_stages: answer.version_stages,
        ..config
    })
}

/// `2026-11-21T19:56:02Z`
fn whole_seconds(time: &DateTime) -> Result<String, Error> {
    DateTime::from_secs(time.secs())
        .fmt(DateTimeFormat::DateTime)
        .map_err(|error| Error::told(format!("The time when the version was made cannot be written: {error}.")))
}

/// With what to do, where AWS only says that there is nothing.
fn explained(error: AwsError, region: &str, secret_id: &str, names_a_version: bool) -> Error {
    if error.is_refused() {
        return Error::from(error).hint("A secret with a KMS key of its own needs kms:Decrypt on that key too.");
    }
    if !error.is_not_found() {
        return error.into();
    }
    let error = Error::from(error);
    if names_a_version {
        return error.hint(format!(
            "Check version_id and version_stage: `aws secretsmanager list-secret-version-ids --secret-id {secret_id:?} \
             --region {region}` lists what the secret has."
        ));
    }
    error.hint(format!(
        "Check that the secret {secret_id:?} is in {region} and has a value. One that this configuration makes must be \
         named by reference, such as aws_secretsmanager_secret_version.NAME.secret_id, so that it is made first."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_whole_seconds() {
        let time = DateTime::from_secs_f64(1_523_477_145.713);
        assert_eq!(whole_seconds(&time).ok().as_deref(), Some("2018-04-11T20:05:45Z"));
    }
}
