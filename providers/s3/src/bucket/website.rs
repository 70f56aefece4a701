//! The `website` block of a bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput;
use aws_sdk_s3::types;
use infra_engine::schema::plan::normalized_json;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Website {
    error_document: String,
    index_document: String,
    redirect_all_requests_to: String,
    /// A JSON list of [`RoutingRule`].
    routing_rules: String,
}

/// As in `routing_rules`: the names are those of S3.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct RoutingRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect: Option<Redirect>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct Condition {
    #[serde(skip_serializing_if = "Option::is_none")]
    http_error_code_returned_equals: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_prefix_equals: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct Redirect {
    #[serde(skip_serializing_if = "Option::is_none")]
    host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_redirect_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_key_prefix_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_key_with: Option<String>,
}

impl From<&types::RoutingRule> for RoutingRule {
    fn from(rule: &types::RoutingRule) -> Self {
        let condition = |condition: &types::Condition| Condition {
            http_error_code_returned_equals: condition.http_error_code_returned_equals().map(str::to_owned),
            key_prefix_equals: condition.key_prefix_equals().map(str::to_owned),
        };
        let redirect = |redirect: &types::Redirect| Redirect {
            host_name: redirect.host_name().map(str::to_owned),
            http_redirect_code: redirect.http_redirect_code().map(str::to_owned),
            protocol: redirect.protocol().map(|protocol| protocol.as_str().to_owned()),
            replace_key_prefix_with: redirect.replace_key_prefix_with().map(str::to_owned),
            replace_key_with: redirect.replace_key_with().map(str::to_owned),
        };
        Self { condition: rule.condition().map(condition), redirect: rule.redirect().map(redirect) }
    }
}

impl RoutingRule {
    fn request(self) -> types::RoutingRule {
        let condition = |condition: Condition| {
            types::Condition::builder()
                .set_http_error_code_returned_equals(condition.http_error_code_returned_equals)
                .set_key_prefix_equals(condition.key_prefix_equals)
                .build()
        };
        let redirect = |redirect: Redirect| {
            types::Redirect::builder()
                .set_host_name(redirect.host_name)
                .set_http_redirect_code(redirect.http_redirect_code)
                .set_protocol(redirect.protocol.as_deref().map(types::Protocol::from))
                .set_replace_key_prefix_with(redirect.replace_key_prefix_with)
                .set_replace_key_with(redirect.replace_key_with)
                .build()
        };
        types::RoutingRule::builder()
            .set_condition(self.condition.map(condition))
            .set_redirect(self.redirect.map(redirect))
            .build()
    }
}

impl Website {
    fn of(answer: &GetBucketWebsiteOutput) -> Self {
        let target = |redirect: &types::RedirectAllRequestsTo| match redirect.protocol() {
            Some(protocol) => format!("{}://{}", protocol.as_str(), redirect.host_name()),
            None => redirect.host_name().to_owned(),
        };
        let rules: Vec<RoutingRule> = answer.routing_rules().iter().map(RoutingRule::from).collect();
        let rules = if rules.is_empty() { None } else { serde_json::to_string(&rules).ok() };
        Self {
            error_document: answer.error_document().map_or_else(String::new, |document| document.key().to_owned()),
            index_document: answer.index_document().map_or_else(String::new, |document| document.suffix().to_owned()),
            redirect_all_requests_to: answer.redirect_all_requests_to().map_or_else(String::new, target),
            routing_rules: rules.and_then(|rules| normalized_json(&rules)).unwrap_or_default(),
        }
    }

    fn request(&self) -> Result<types::WebsiteConfiguration, Error> {
        let redirect = given(&self.redirect_all_requests_to).map(|target| {
            let (protocol, host) = match target.split_once("://") {
                Some((protocol, host)) => (Some(types::Protocol::from(protocol)), host),
                None => (None, target.as_str()),
            };
            built(types::RedirectAllRequestsTo::builder().host_name(host).set_protocol(protocol).build())
        });
        let index =
            given(&self.index_document).map(|suffix| built(types::IndexDocument::builder().suffix(suffix).build()));
        let error = given(&self.error_document).map(|key| built(types::ErrorDocument::builder().key(key).build()));
        Ok(types::WebsiteConfiguration::builder()
            .set_redirect_all_requests_to(redirect.transpose()?)
            .set_index_document(index.transpose()?)
            .set_error_document(error.transpose()?)
            .set_routing_rules(self.routing_rules()?)
            .build())
    }

    fn routing_rules(&self) -> Result<Option<Vec<types::RoutingRule>>, Error> {
        if self.routing_rules.is_empty() {
            return Ok(None);
        }
        let rules: Vec<RoutingRule> = serde_json::from_str(&self.routing_rules).map_err(|error| {
            Error::told(format!(
                "routing_rules of the website cannot be read: {error}. Write a JSON list of objects with \"Condition\" \
                 and \"Redirect\"."
            ))
        })?;
        Ok(Some(rules.into_iter().map(RoutingRule::request).collect()))
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Website>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_website().bucket(bucket).send()).await?;
    Ok(answer.iter().map(Website::of).collect())
}

pub(super) async fn write(cx: &Context<'_>, client: &Client, bucket: &str, planned: &[Website]) -> Result<(), Error> {
    let Some(planned) = planned.first() else {
        calls::remove(cx, || client.delete_bucket_website().bucket(bucket).send()).await?;
        return Ok(());
    };
    let website = planned.request()?;
    calls::write(cx, || client.put_bucket_website().bucket(bucket).website_configuration(website.clone()).send())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(request: &types::WebsiteConfiguration) -> Website {
        Website::of(
            &GetBucketWebsiteOutput::builder()
                .set_error_document(request.error_document().cloned())
                .set_index_document(request.index_document().cloned())
                .set_redirect_all_requests_to(request.redirect_all_requests_to().cloned())
                .set_routing_rules(Some(request.routing_rules().to_vec()))
                .build(),
        )
    }

    #[test]
    fn websites_come_back_as_written() {
        let rules = r#"[{"Condition":{"KeyPrefixEquals":"docs/"},"Redirect":{"Protocol":"https","ReplaceKeyPrefixWith":"documents/"}}]"#;
        for written in [
            serde_json::json!({"index_document": "index.html", "error_document": "e.html", "routing_rules": rules}),
            serde_json::json!({"redirect_all_requests_to": "https://example.com"}),
            serde_json::json!({"redirect_all_requests_to": "example.com"}),
        ] {
            let stored: Website = serde_json::from_value(written).unwrap();
            assert_eq!(answered(&stored.request().unwrap()), stored);
        }
        let wrong = Website { routing_rules: "{}".to_owned(), ..Website::default() };
        assert!(wrong.request().is_err());
    }
}
