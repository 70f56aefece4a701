//! Which endpoint a service is reached at, where it is not the usual one of AWS.
//!
//! In this order: the provider block's `endpoints`, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's
//! `services` section, the profile's `endpoint_url`. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` leaves only the first.

use std::collections::BTreeMap;

use crate::environment::Environment;
use crate::profile::Profile;

/// How one service is called: by the SDK crate (without `aws-sdk-`), in variables and profiles, in `endpoints` blocks.
struct Names {
    service: &'static str,
    variable: &'static str,
    keys: &'static [&'static str],
}

/// Services whose names differ between the three; for all others the crate's name is the key, and the variable its
/// upper case.
static NAMES: &[Names] = &[
    names("applicationautoscaling", "APPLICATION_AUTO_SCALING", &["appautoscaling", "applicationautoscaling"]),
    names("autoscaling", "AUTO_SCALING", &["autoscaling"]),
    names("apigateway", "API_GATEWAY", &["apigateway"]),
    names("bedrockagent", "BEDROCK_AGENT", &["bedrockagent"]),
    names("cloudwatchlogs", "CLOUDWATCH_LOGS", &["logs", "cloudwatchlog", "cloudwatchlogs"]),
    names("cognitoidentity", "COGNITO_IDENTITY", &["cognitoidentity"]),
    names("cognitoidentityprovider", "COGNITO_IDENTITY_PROVIDER", &["cognitoidp", "cognitoidentityprovider"]),
    names("elasticloadbalancing", "ELASTIC_LOAD_BALANCING", &["elb", "elasticloadbalancing"]),
    names("elasticloadbalancingv2", "ELASTIC_LOAD_BALANCING_V2", &["elbv2", "elasticloadbalancingv2"]),
    names("eventbridge", "EVENTBRIDGE", &["events", "eventbridge", "cloudwatchevents"]),
    names("opensearch", "OPENSEARCH", &["opensearch", "opensearchservice"]),
    names("resourcegroups", "RESOURCE_GROUPS", &["resourcegroups"]),
    names(
        "resourcegroupstagging",
        "RESOURCE_GROUPS_TAGGING_API",
        &["resourcegroupstaggingapi", "resourcegroupstagging"],
    ),
    names("route53", "ROUTE_53", &["route53"]),
    names("s3", "S3", &["s3", "s3api"]),
    names("s3control", "S3_CONTROL", &["s3control"]),
    names("secretsmanager", "SECRETS_MANAGER", &["secretsmanager"]),
    names("sfn", "SFN", &["sfn", "stepfunctions"]),
];

const fn names(service: &'static str, variable: &'static str, keys: &'static [&'static str]) -> Names {
    Names { service, variable, keys }
}

/// What settings, environment and profile say about endpoints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoints {
    block: BTreeMap<String, String>,
    environment: Environment,
    profile: Option<Profile>,
    only_block: bool,
}

impl Endpoints {
    pub(crate) fn new(
        blocks: &[BTreeMap<String, String>],
        environment: &Environment,
        profile: Option<&Profile>,
    ) -> Self {
        let set = blocks.iter().flatten().filter(|(_, url)| !url.is_empty());
        let ignored = environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            || profile.and_then(|profile| profile.get("ignore_configured_endpoint_urls")) == Some("true");
        Self {
            block: set.map(|(key, url)| (key.clone(), url.clone())).collect(),
            environment: environment.clone(),
            profile: profile.cloned(),
            only_block: ignored,
        }
    }

    /// The endpoint set for a service; `None`: that of AWS.
    pub(crate) fn of(&self, service: &str) -> Option<&str> {
        let names = NAMES.iter().find(|names| names.service == service);
        let own_key = [service];
        let keys = names.map_or(&own_key[..], |names| names.keys);
        let in_block = keys.iter().find_map(|key| self.block.get(*key));
        if in_block.is_some() || self.only_block {
            return in_block.map(String::as_str);
        }
        let variable = names.map_or_else(|| service.to_uppercase(), |names| names.variable.to_owned());
        let own = self.environment.get(&format!("AWS_ENDPOINT_URL_{variable}"));
        own.or_else(|| self.environment.get("AWS_ENDPOINT_URL")).or_else(|| {
            let profile = self.profile.as_ref()?;
            profile.service_endpoint(&variable.to_lowercase()).or_else(|| profile.get("endpoint_url"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_order_of_sources() {
        let block = BTreeMap::from([
            ("stepfunctions".to_owned(), "http://block".to_owned()),
            ("sqs".to_owned(), String::new()),
        ]);
        let profile = Profile::parse(
            "[default]\nservices = dev\nendpoint_url = http://profile\n\
             [services dev]\ndynamodb =\n  endpoint_url = http://profile-dynamodb\n",
        )
        .await;
        let own = ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://own");
        let all = ("AWS_ENDPOINT_URL", "http://all");
        let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, Option<&'c str>);
        let cases: [Case<'_>; 9] = [
            (&[all], "sfn", Some("http://block")),
            (&[all], "sqs", Some("http://all")),
            (&[all, own], "cloudwatchlogs", Some("http://own")),
            (&[own], "cloudwatchlogs", Some("http://own")),
            (&[own], "s3", Some("http://profile")),
            (&[], "dynamodb", Some("http://profile-dynamodb")),
            (&[all], "dynamodb", Some("http://all")),
            (&[all, own, ignore], "cloudwatchlogs", None),
            (&[all, ignore], "sfn", Some("http://block")),
        ];
        for (variables, service, expected) in cases {
            let environment = variables.iter().copied().collect();
            let endpoints = Endpoints::new(std::slice::from_ref(&block), &environment, Some(&profile));
            assert_eq!(endpoints.of(service), expected, "{service} with {variables:?}");
        }
    }
}
