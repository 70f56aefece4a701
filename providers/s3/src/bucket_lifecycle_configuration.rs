//! `aws_s3_bucket_lifecycle_configuration`: what happens to objects of a bucket as they grow old.
//!
//! The whole list of rules is one document. What is stored for arguments left out depends on what stands beside them
//! (`filter {}` has the prefix `""`, a filter by tag has none): [`BucketLifecycleConfiguration::default_for`] plans
//! those values, [`rules`] gives the same ones to what S3 answers. That the two agree is what the waiting relies on:
//! a change is over when the rules read back as planned.

use async_trait::async_trait;
use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::types::{BucketLifecycleConfiguration as Document, TransitionDefaultMinimumObjectSize};
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{AwsResource, Context, Draft, Error, Operation, OrAbsent, Seen, Sighting};
use infra_values::{Path, PathStep, Type, Value};
use serde::{Deserialize, Serialize};

use crate::calls;

mod rules;

use rules::Rule;

/// What S3 applies when nothing is said.
const DEFAULT_MINIMUM_SIZE: &str = "all_storage_classes_128K";

/// The type.
pub(crate) struct BucketLifecycleConfiguration;

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attributes {
    bucket: String,
    expected_bucket_owner: String,
    id: String,
    rule: Vec<Rule>,
    transition_default_minimum_object_size: String,
}

impl Attributes {
    async fn get(&self, cx: &Context<'_>) -> Result<Option<Self>, AwsError> {
        let client = calls::client(cx);
        let owner = calls::given(&self.expected_bucket_owner);
        let call = client.get_bucket_lifecycle_configuration().bucket(&self.bucket).set_expected_bucket_owner(owner);
        Ok(call.send().await.or_absent()?.map(|answer| self.as_answered(&answer)))
    }

    /// These attributes with what S3 has. The order of rules means nothing to S3, so the known one is kept.
    fn as_answered(&self, answer: &GetBucketLifecycleConfigurationOutput) -> Self {
        let known = |rule: &Rule| self.rule.iter().position(|known| known.id == rule.id);
        let mut rule: Vec<Rule> = answer.rules().iter().map(Rule::from).collect();
        rule.sort_by_key(|rule| known(rule).unwrap_or(usize::MAX));
        let size = answer.transition_default_minimum_object_size();
        Self {
            rule,
            transition_default_minimum_object_size: size
                .map_or(DEFAULT_MINIMUM_SIZE, TransitionDefaultMinimumObjectSize::as_str)
                .to_owned(),
            ..self.clone()
        }
    }

    async fn put(&self, cx: &Context<'_>) -> Result<(), Error> {
        let client = calls::client(cx);
        let rules = self.rule.iter().map(Rule::request).collect::<Result<Vec<_>, _>>()?;
        let document = calls::built(Document::builder().set_rules(Some(rules)).build())?;
        let size = calls::given(&self.transition_default_minimum_object_size);
        calls::write(cx, || {
            client
                .put_bucket_lifecycle_configuration()
                .bucket(&self.bucket)
                .set_expected_bucket_owner(calls::given(&self.expected_bucket_owner))
                .set_transition_default_minimum_object_size(
                    size.as_deref().map(TransitionDefaultMinimumObjectSize::from),
                )
                .lifecycle_configuration(document.clone())
                .send()
        })
        .await?;
        Ok(())
    }

    /// Waits until the rules read back as written.
    async fn settle(self, cx: &Context<'_>, operation: Operation) -> Result<Self, Error> {
        let what = format!("the lifecycle rules of bucket {:?} to read back as written", self.bucket);
        let settled = calls::settling(cx, operation, what)
            .until(|| async {
                Ok::<_, AwsError>(match self.get(cx).await? {
                    Some(found) if found.says_what(&self) => Seen::Reached(()),
                    Some(_) => Seen::Pending("other rules".to_owned()),
                    None => Seen::NotFound,
                })
            })
            .await;
        settled?;
        Ok(self)
    }

    fn says_what(&self, planned: &Self) -> bool {
        self.transition_default_minimum_object_size == planned.transition_default_minimum_object_size
            && self.rule.len() == planned.rule.len()
            && self.rule.iter().zip(&planned.rule).all(|(found, planned)| found.says_what(planned))
    }
}

#[async_trait]
impl AwsResource for BucketLifecycleConfiguration {
    const TYPE: &'static str = "aws_s3_bucket_lifecycle_configuration";
    const NOUN: &'static str = "S3 bucket lifecycle configuration";
    type Attributes = Attributes;

    /// How many newer versions are kept is nobody's decision but the user's: left out, it is known to be nothing.
    fn plan(&self, draft: &mut Draft<'_>) {
        let (Some(rules), Some(written)) = (draft.planned("rule"), draft.configured("rule")) else { return };
        let decided = rules.transform(&mut |path, part| {
            let is_count = path.0.last() == Some(&PathStep::Attribute("newer_noncurrent_versions".into()));
            let is_left_out = path.get(written).is_none_or(Value::is_null);
            if is_count && is_left_out && !part.is_known() { Value::null(part.ty()) } else { part }
        });
        draft.set("rule", decided);
    }

    fn default_for(&self, path: &Path, around: &Value) -> Option<Value> {
        let left_out =
            |name: &&str| around.get(name).is_none_or(|value| value.is_null() || value.as_items() == Some(&[]));
        Some(match path.schema_path().as_str() {
            "transition_default_minimum_object_size" => Value::string(DEFAULT_MINIMUM_SIZE),
            "rule.prefix" | "rule.filter.and.prefix" => Value::string(""),
            "rule.expiration.days" => Value::number(0),
            "rule.transition.days" if left_out(&"date") => Value::number(0),
            "rule.transition.days" => Value::null(Type::Number),
            "rule.expiration.expired_object_delete_marker" => Value::bool(false),
            "rule.filter.prefix" => {
                let others = ["and", "object_size_greater_than", "object_size_less_than", "tag"];
                if others.iter().all(left_out) { Value::string("") } else { Value::null(Type::String) }
            }
            "rule.filter.object_size_greater_than" | "rule.filter.object_size_less_than" => Value::null(Type::Number),
            "rule.filter.and.object_size_greater_than" | "rule.filter.and.object_size_less_than" => Value::number(0),
            _ => return None,
        })
    }

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let planned = Attributes { id: calls::setting_id(&planned.bucket, &planned.expected_bucket_owner), ..planned };
        planned.put(cx).await?;
        cx.identity(&planned).await?;
        planned.settle(cx, Operation::Create).await
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        Ok(known.get(cx).await?)
    }

    async fn update(&self, cx: &Context<'_>, _: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        planned.put(cx).await?;
        planned.settle(cx, Operation::Update).await
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        let client = calls::client(cx);
        calls::remove(cx, || {
            client
                .delete_bucket_lifecycle()
                .bucket(&prior.bucket)
                .set_expected_bucket_owner(calls::given(&prior.expected_bucket_owner))
                .send()
        })
        .await?;
        let what = format!("the lifecycle rules of bucket {:?} to be gone", prior.bucket);
        calls::until_gone(cx, what, || prior.get(cx)).await
    }

    async fn find(&self, cx: &Context<'_>, known: Attributes) -> Result<Sighting<Attributes>, Error> {
        let id = calls::setting_id(&known.bucket, &known.expected_bucket_owner);
        Ok(match self.read(cx, Attributes { id, ..known }).await? {
            Some(found) => Sighting::Ours(found),
            None => Sighting::NeverHappened,
        })
    }
}
