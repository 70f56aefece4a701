//! `aws_ssm_parameter`: the value of a parameter.

use async_trait::async_trait;
use infra_provider_kit::{AwsEphemeral, AwsError, Context, Error, client};
use serde::{Deserialize, Serialize};

/// `aws_ssm_parameter`
pub struct Parameter;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// May end with a version or label: `…:parameter/name:3`.
    #[serde(skip_serializing)]
    pub arn: String,
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub value: Option<String>,
    pub version: Option<i64>,
    /// True where it is not written.
    pub with_decryption: Option<bool>,
}

#[async_trait]
impl AwsEphemeral for Parameter {
    const TYPE: &'static str = "aws_ssm_parameter";
    const NOUN: &'static str = "SSM parameter";
    type Attributes = Attributes;

    async fn open(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        let with_decryption = config.with_decryption.unwrap_or(true);
        let call = client!(cx, aws_sdk_ssm, "ssm").get_parameter().name(&config.arn).with_decryption(with_decryption);
        let answer = call.send().await.map_err(|error| explained(error.into(), cx.region(), &config.arn))?;
        let Some(parameter) = answer.parameter else {
            return Err(AwsError::new("ssm", "GetParameter", None, "the answer holds no parameter").into());
        };
        Ok(Attributes {
            name: parameter.name,
            r#type: parameter.r#type.map(|ty| ty.as_str().to_owned()),
            value: parameter.value,
            version: Some(parameter.version),
            with_decryption: Some(with_decryption),
            ..config
        })
    }
}

/// With what to do, where AWS only says that there is nothing.
fn explained(error: AwsError, region: &str, arn: &str) -> Error {
    if error.is_refused() {
        return Error::from(error).hint("A SecureString with a KMS key of its own needs kms:Decrypt on that key too.");
    }
    if !error.is_not_found() {
        return error.into();
    }
    let error = Error::from(error);
    match arn.split(':').nth(3) {
        Some(other) if other != region => error.hint(format!(
            "The ARN is one of {other:?}, and the question went to {region}. Use a provider of that region{}.",
            if other.is_empty() { ", and an ARN that names it" } else { "" }
        )),
        _ => error.hint(format!(
            "Check that {arn:?} exists. One that this configuration makes must be named by reference, such as \
             aws_ssm_parameter.NAME.arn, so that it is made first."
        )),
    }
}
