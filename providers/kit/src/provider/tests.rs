use infra_engine::provider::{Call, Silent};
use infra_values::Type;
use infra_values::serde_value::to_value;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::*;
use crate::{Context, Error};

struct Identity;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Attributes {
    account_id: String,
    id: Option<String>,
}

#[async_trait]
impl AwsDataSource for Identity {
    const TYPE: &'static str = "aws_caller_identity";
    const NOUN: &'static str = "caller identity";
    type Attributes = Attributes;

    async fn read(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        match config.id.as_deref() {
            Some("missing") => Err(Error::told("It is not there. Look elsewhere.")),
            _ => Ok(Attributes { account_id: cx.region().to_owned(), id: None }),
        }
    }
}

fn provider(generation: Generation) -> AwsProvider {
    let services = vec![ServiceTypes::new("sts").data_source(Identity)];
    AwsProvider::new(generation, services, Environment::empty())
}

fn config(provider: &AwsProvider, json: Json) -> Value {
    to_value(&json, provider.config_schema().implied_type()).unwrap()
}

fn without_calls() -> Json {
    json!({
        "region": "eu-central-1", "access_key": "k", "secret_key": "s",
        "skip_credentials_validation": true, "skip_requesting_account_id": true,
        "assume_role": [], "assume_role_with_web_identity": [], "endpoints": [{"s3": "http://127.0.0.1:9", "sqs": ""}],
        "default_tags": [{"tags": {"Team": "one"}}], "ignore_tags": [{"keys": ["Owner"]}],
        "max_retries": 3, "allowed_account_ids": [], "shared_config_files": ["/nowhere"],
    })
}

#[test]
fn what_it_knows() {
    for generation in [Generation::V5, Generation::V6] {
        let provider = provider(generation);
        assert_eq!(provider.address().to_string(), "registry.terraform.io/hashicorp/aws");
        // Also those that it cannot read: a misspelt name may mean one of them.
        for name in ["aws_caller_identity", "aws_vpc"] {
            assert!(provider.data_type_names().contains(&name), "{name}");
        }
        assert!(matches!(provider.data_type("aws_caller_identity"), TypeLookup::Found(_)));
        assert!(matches!(provider.data_type("aws_vpc"), TypeLookup::Unsupported(_)));
        assert!(matches!(provider.managed_type("aws_instance"), TypeLookup::Unsupported(_)));
        assert!(matches!(provider.managed_type("aws_instanze"), TypeLookup::Unknown));
    }
}

#[tokio::test]
async fn a_block_makes_a_connection() {
    let provider = provider(Generation::V6);
    let mut block = without_calls();
    block["shared_config_files"] = json!(null);
    let configured = provider.configure(&config(&provider, block)).await.unwrap();
    let aws = &configured.as_any().downcast_ref::<AwsConfigured>().unwrap().aws;
    assert_eq!(aws.region(), "eu-central-1");
    assert_eq!(aws.default_tags().0["Team"], "one");
    assert!(aws.ignore_tags().ignores("Owner"));
    assert_eq!((aws.endpoint("s3"), aws.endpoint("sqs")), (Some("http://127.0.0.1:9"), None));

    let call = Call { configured: configured.as_ref(), reporter: &Silent, idempotency_token: "" };
    let source = provider.data_type("aws_caller_identity").found().unwrap();
    let ty = source.schema().implied_type();
    let read = source.read(&call, &to_value(&json!({}), ty).unwrap()).await.unwrap();
    assert_eq!(read.get("account_id"), Some(&Value::string("eu-central-1")));
    assert_eq!(read.get("arn"), Some(&Value::null(Type::String)));
    let missing = to_value(&json!({"id": "missing"}), ty).unwrap();
    let diagnostics = source.read(&call, &missing).await.unwrap_err();
    assert_eq!(diagnostics.0[0].summary, "reading caller identity");
}

#[tokio::test]
async fn blocks_that_make_none() {
    let provider = provider(Generation::V6);
    let cases = [
        ("region", json!("mars"), "Invalid provider configuration", Some(".region")),
        ("region", json!(null), "No AWS region", Some(".region")),
        ("insecure", json!(true), "Invalid provider configuration", Some(".insecure")),
        ("shared_config_files", json!(["/nowhere"]), "AWS configuration files cannot be read", None),
    ];
    for (name, value, summary, attribute) in cases {
        let mut block = without_calls();
        block["shared_config_files"] = json!(null);
        block[name] = value;
        let diagnostics = provider.configure(&config(&provider, block)).await.err().unwrap();
        let diagnostic = &diagnostics.0[0];
        assert_eq!(diagnostic.summary, summary);
        let path = diagnostic.attribute.as_ref().map(ToString::to_string);
        assert_eq!(path.as_deref(), attribute, "{}", diagnostic.detail);
    }
    let unknown = config(&provider, without_calls());
    let unknown = crate::form::with(&unknown, "region", Value::unknown(Type::String));
    let diagnostics = provider.configure(&unknown).await.err().unwrap();
    assert_eq!(diagnostics.0[0].summary, "Provider configuration not known");
}

#[test]
fn what_can_be_told_without_connecting() {
    let provider = provider(Generation::V5);
    let problems = |block: Json| -> Vec<String> {
        let diagnostics = provider.validate_config(&config(&provider, block));
        diagnostics.iter().map(|diagnostic| diagnostic.attribute.as_ref().unwrap().to_string()).collect()
    };
    assert_eq!(problems(without_calls()), Vec::<String>::new());
    assert_eq!(problems(json!({"retry_mode": "often"})), [".retry_mode"]);
    assert_eq!(
        problems(json!({"assume_role": [{"duration": "1h"}, {"duration": "long"}]})),
        [".assume_role[1].duration"]
    );
    assert_eq!(
        problems(json!({"allowed_account_ids": ["1"], "forbidden_account_ids": ["2"]})),
        [".forbidden_account_ids"]
    );
}
