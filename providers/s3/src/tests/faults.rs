//! What S3 does on bad days, and what is said about it.

use std::sync::{Arc, Mutex};

use aws_sdk_s3::Client;
use infra_engine::diagnostics::Diagnostic;
use infra_engine::provider::{Call, CallReporter, Configured, Found, Object};
use infra_provider_kit::{AwsConfigured, Generation};
use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher, Response};
use infra_values::Value;
use tokio::task::JoinSet;

use super::{TOKEN, World, call, create, goldens_of, plan};

/// A bucket whose configuration is this, in a world behind a proxy.
async fn behind_proxy(proxy: &FaultProxy, text: &str, type_name: &str) -> (World, Value, Arc<dyn Configured>) {
    let mut world = World::at(&proxy.endpoint(), Generation::V5);
    let (config, configured) = world.enter(text, type_name, "").await;
    (world, config, configured)
}

fn proxy() -> FaultProxy {
    FaultProxy::start(Emulator::shared(Kind::Ministack).unwrap().endpoint(), 1).unwrap()
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let proxy = proxy();
    let error = |status, code| Effect::error(status, code, "Invalid principal in policy");
    let rules = [
        proxy.inject(Matcher::operation("s3", "CreateBucket").nth(1), error(409, "OperationAborted")),
        proxy.inject(Matcher::operation("s3", "HeadBucket").nth(2), error(404, "NotFound")),
        proxy.inject(Matcher::operation("s3", "GetBucketAcl").nth(1), error(404, "NoSuchBucket")),
        proxy.inject(Matcher::operation("s3", "PutBucketPolicy").nth(1), error(404, "NoSuchBucket")),
        proxy.inject(Matcher::operation("s3", "PutBucketPolicy").nth(2), error(400, "MalformedPolicy")),
        proxy.inject(Matcher::operation("s3", "GetBucketPolicy").nth(2), error(404, "NoSuchBucketPolicy")),
    ];
    let text = goldens_of("aws_s3_bucket_policy")["minimal"].config.replace("-minimal\"", "-passes\"");
    let (world, config, configured) = behind_proxy(&proxy, &text, "aws_s3_bucket_policy").await;
    create(world.managed("aws_s3_bucket_policy"), &*configured, &config).await;
    assert_eq!(rules.map(|rule| proxy.fired_count(rule)), [1; 6], "{:?}", proxy.counts());
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_ours() {
    let proxy = proxy();
    let lost = proxy.inject(Matcher::operation("s3", "CreateBucket").nth(1), Effect::ResetAfterForward);
    let text = "provider \"aws\" {\n region = \"eu-west-1\"\n s3_use_path_style = true\n}\n\
                resource \"aws_s3_bucket\" \"this\" {\n bucket_prefix = \"lost-\"\n}";
    let (world, config, configured) = behind_proxy(&proxy, text, "aws_s3_bucket").await;
    let (managed, configured) = (world.managed("aws_s3_bucket"), &*configured);
    let lookup = managed.lookup(&plan(managed, configured, None, &config).planned);
    assert_eq!(managed.find(&call(configured), &lookup).await.unwrap(), Found::NeverHappened);
    let created = create(managed, configured, &config).await;
    assert_eq!(proxy.fired_count(lost), 1);
    assert_eq!(created.value.get("bucket"), Some(&Value::string(format!("lost-{}", &TOKEN[..26]))));

    let Found::Adopted(found) = managed.find(&call(configured), &lookup).await.unwrap() else { panic!("not found") };
    assert_eq!(found.value.get("arn"), created.value.get("arn"));
    // The same name again is somebody's, not ours.
    let again = managed.create(&call(configured), &created.value, &config).await.unwrap_err();
    assert!(again.diagnostics.0[0].detail.contains("has a bucket \"lost-"), "{:?}", again.diagnostics);
    assert_eq!(again.partial, None);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let cases: [(&str, Response, &str); 3] = [
        (
            "GetBucketAcl",
            Response::new(403, "application/xml", "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
            "operation s3:GetBucketAcl: AccessDenied: no",
        ),
        (
            "HeadBucket",
            Response::new(301, "application/xml", "").with_header("x-amz-bucket-region", "eu-north-1"),
            "is in eu-north-1, and it was looked for in us-east-1. Give the resource a provider for eu-north-1",
        ),
        ("HeadBucket", Response::new(403, "application/xml", ""), "operation s3:HeadBucket: forbidden"),
    ];
    let proxy = proxy();
    let text = "resource \"aws_s3_bucket\" \"this\" {\n bucket = \"refused\"\n}";
    let (world, config, configured) = behind_proxy(&proxy, text, "aws_s3_bucket").await;
    let managed = world.managed("aws_s3_bucket");
    let created = create(managed, &*configured, &config).await;
    for (operation, response, expected) in cases {
        proxy.answer(move |call| (call.operation() == operation).then(|| response.clone()));
        let error = managed.read(&call(&*configured), &created).await.unwrap_err();
        assert!(error.0[0].detail.contains(expected), "{error:?}");
    }
}

/// Hears what is waited for.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl CallReporter for Listener {
    async fn identity(&self, _: &Object) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn waiting_for(&self, what: &str) {
        self.0.lock().unwrap().push(what.to_owned());
    }
}

#[tokio::test]
async fn a_bucket_is_emptied_only_if_that_is_written() {
    let mut world = World::on(Kind::Ministack.name());
    let text = |force: bool| {
        format!(
            "resource \"aws_s3_bucket\" \"this\" {{\n bucket = \"full-bucket\"\n force_destroy = {force}\n \
             versioning {{\n enabled = true\n }}\n}}"
        )
    };
    let (config, configured) = world.enter(&text(false), "aws_s3_bucket", "").await;
    let managed = world.managed("aws_s3_bucket");
    let created = create(managed, &*configured, &config).await;
    let aws = &configured.as_any().downcast_ref::<AwsConfigured>().unwrap().aws;
    let client = aws.client("s3", "us-east-1", |config, _| Client::new(config));
    let mut puts = JoinSet::new();
    for number in 0..1_200 {
        puts.spawn(client.put_object().bucket("full-bucket").key(format!("k{}", number % 600)).send());
    }
    assert!(puts.join_all().await.iter().all(Result::is_ok));
    for number in 0..3 {
        client.delete_object().bucket("full-bucket").key(format!("k{number}")).send().await.unwrap();
    }

    let refused = managed.delete(&call(&*configured), &created).await.unwrap_err();
    assert!(refused.diagnostics.0[0].detail.contains("set force_destroy = true"), "{refused:?}");

    let (config, _) = world.enter(&text(true), "aws_s3_bucket", "").await;
    let managed = world.managed("aws_s3_bucket");
    let planned = plan(managed, &*configured, Some(&created), &config).planned;
    let forced = managed.update(&call(&*configured), &created, &planned, &config).await.unwrap();
    let listener = Listener::default();
    let call = Call { configured: &*configured, reporter: &listener, idempotency_token: TOKEN };
    managed.delete(&call, &forced).await.unwrap();
    let heard = listener.0.lock().unwrap();
    let expected = "bucket \"full-bucket\" to be emptied: 1203 object versions removed";
    assert!(heard.iter().any(|what| what == expected), "{heard:?}");
}
