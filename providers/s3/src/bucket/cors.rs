//! The `cors_rule` blocks of a bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::types;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct CorsRule {
    allowed_headers: Vec<String>,
    allowed_methods: Vec<String>,
    allowed_origins: Vec<String>,
    expose_headers: Vec<String>,
    max_age_seconds: i32,
}

impl From<&types::CorsRule> for CorsRule {
    fn from(rule: &types::CorsRule) -> Self {
        Self {
            allowed_headers: rule.allowed_headers().to_vec(),
            allowed_methods: rule.allowed_methods().to_vec(),
            allowed_origins: rule.allowed_origins().to_vec(),
            expose_headers: rule.expose_headers().to_vec(),
            max_age_seconds: rule.max_age_seconds().unwrap_or_default(),
        }
    }
}

impl CorsRule {
    fn request(&self) -> Result<types::CorsRule, Error> {
        let some = |texts: &[String]| (!texts.is_empty()).then(|| texts.to_vec());
        built(
            types::CorsRule::builder()
                .set_allowed_headers(some(&self.allowed_headers))
                .set_allowed_methods(Some(self.allowed_methods.clone()))
                .set_allowed_origins(Some(self.allowed_origins.clone()))
                .set_expose_headers(some(&self.expose_headers))
                .set_max_age_seconds((self.max_age_seconds != 0).then_some(self.max_age_seconds))
                .build(),
        )
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<CorsRule>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_cors().bucket(bucket).send()).await?;
    Ok(answer.iter().flat_map(|answer| answer.cors_rules()).map(CorsRule::from).collect())
}

pub(super) async fn write(cx: &Context<'_>, client: &Client, bucket: &str, planned: &[CorsRule]) -> Result<(), Error> {
    if planned.is_empty() {
        calls::remove(cx, || client.delete_bucket_cors().bucket(bucket).send()).await?;
        return Ok(());
    }
    let rules = planned.iter().map(CorsRule::request).collect::<Result<Vec<_>, _>>()?;
    let configuration = built(types::CorsConfiguration::builder().set_cors_rules(Some(rules)).build())?;
    calls::write(cx, || client.put_bucket_cors().bucket(bucket).cors_configuration(configuration.clone()).send())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_as_written() {
        let full = serde_json::json!({
            "allowed_headers": ["x"], "allowed_methods": ["PUT", "GET"], "allowed_origins": ["https://a", "https://b"],
            "expose_headers": ["e"], "max_age_seconds": 5,
        });
        let small = serde_json::json!({"allowed_methods": ["GET"], "allowed_origins": ["*"]});
        for written in [full, small] {
            let stored: CorsRule = serde_json::from_value(written).unwrap();
            let request = stored.request().unwrap();
            assert_eq!(request.expose_headers.is_none(), stored.expose_headers.is_empty());
            assert_eq!(CorsRule::from(&request), stored);
        }
        assert!(CorsRule::default().request().is_ok(), "S3 says what is missing");
    }
}
