//! Lifecycle rules as they are stored, and as S3 takes and gives them.

use std::collections::BTreeMap;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_sdk_s3::types;
use infra_provider_kit::Error;
use serde::{Deserialize, Serialize};

use crate::calls::{built, given};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Rule {
    pub(super) id: String,
    status: String,
    prefix: String,
    filter: Vec<Filter>,
    expiration: Vec<Expiration>,
    transition: Vec<Transition>,
    noncurrent_version_expiration: Vec<NoncurrentExpiration>,
    noncurrent_version_transition: Vec<NoncurrentTransition>,
    abort_incomplete_multipart_upload: Vec<Abort>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Filter {
    prefix: Option<String>,
    object_size_greater_than: Option<i64>,
    object_size_less_than: Option<i64>,
    tag: Vec<Tag>,
    and: Vec<And>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct And {
    prefix: String,
    object_size_greater_than: i64,
    object_size_less_than: i64,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Tag {
    key: String,
    value: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Expiration {
    date: Option<String>,
    days: i32,
    expired_object_delete_marker: bool,
}

/// Ordered, so that sets of them can be compared.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
struct Transition {
    date: Option<String>,
    days: Option<i32>,
    storage_class: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct NoncurrentExpiration {
    newer_noncurrent_versions: Option<i32>,
    noncurrent_days: i32,
}

/// Ordered, so that sets of them can be compared.
#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
struct NoncurrentTransition {
    newer_noncurrent_versions: Option<i32>,
    noncurrent_days: i32,
    storage_class: String,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
struct Abort {
    days_after_initiation: Option<i32>,
}

impl Rule {
    /// Whether the two are the same rule; transitions are sets.
    pub(super) fn says_what(&self, other: &Self) -> bool {
        self.in_order() == other.in_order()
    }

    fn in_order(&self) -> Self {
        let mut rule = self.clone();
        rule.transition.sort();
        rule.noncurrent_version_transition.sort();
        rule
    }

    /// The rule for S3, which wants either a filter or the older prefix.
    pub(super) fn request(&self) -> Result<types::LifecycleRule, Error> {
        let rule = types::LifecycleRule::builder();
        #[expect(deprecated, reason = "rules without a filter need it")]
        let rule = rule.set_prefix(self.filter.is_empty().then(|| self.prefix.clone()));
        let rule = rule
            .id(&self.id)
            .status(types::ExpirationStatus::from(self.status.as_str()))
            .set_filter(self.filter.first().map(Filter::request).transpose()?)
            .set_expiration(self.expiration.first().map(Expiration::request).transpose()?)
            .set_transitions(requests(&self.transition, Transition::request)?)
            .set_noncurrent_version_expiration(
                self.noncurrent_version_expiration.first().map(NoncurrentExpiration::request),
            )
            .set_noncurrent_version_transitions(requests(&self.noncurrent_version_transition, |transition| {
                Ok(transition.request())
            })?)
            .set_abort_incomplete_multipart_upload(self.abort_incomplete_multipart_upload.first().map(Abort::request));
        built(rule.build())
    }
}

/// `None` for an empty list: S3 refuses empty elements.
fn requests<S, R>(stored: &[S], request: impl Fn(&S) -> Result<R, Error>) -> Result<Option<Vec<R>>, Error> {
    let requests: Vec<R> = stored.iter().map(request).collect::<Result<_, _>>()?;
    Ok((!requests.is_empty()).then_some(requests))
}

impl From<&types::LifecycleRule> for Rule {
    fn from(rule: &types::LifecycleRule) -> Self {
        Self {
            id: rule.id().unwrap_or_default().to_owned(),
            status: rule.status().as_str().to_owned(),
            #[expect(deprecated, reason = "rules without a filter still have it")]
            prefix: rule.prefix().unwrap_or_default().to_owned(),
            filter: rule.filter().and_then(Filter::of).into_iter().collect(),
            expiration: rule.expiration().map(Expiration::from).into_iter().collect(),
            transition: rule.transitions().iter().map(Transition::from).collect(),
            noncurrent_version_expiration: rule
                .noncurrent_version_expiration()
                .map(NoncurrentExpiration::from)
                .into_iter()
                .collect(),
            noncurrent_version_transition: rule
                .noncurrent_version_transitions()
                .iter()
                .map(NoncurrentTransition::from)
                .collect(),
            abort_incomplete_multipart_upload: rule
                .abort_incomplete_multipart_upload()
                .map(Abort::from)
                .into_iter()
                .collect(),
        }
    }
}

impl Filter {
    /// `None` for a filter without any condition, which S3 answers for rules that have none.
    fn of(filter: &types::LifecycleRuleFilter) -> Option<Self> {
        let tag = filter.tag().map(|tag| Tag { key: tag.key().to_owned(), value: tag.value().to_owned() });
        let stored = Self {
            prefix: filter.prefix().map(str::to_owned),
            object_size_greater_than: filter.object_size_greater_than(),
            object_size_less_than: filter.object_size_less_than(),
            tag: tag.into_iter().collect(),
            and: filter.and().map(And::from).into_iter().collect(),
        };
        (stored != Self::default()).then_some(stored)
    }

    fn request(&self) -> Result<types::LifecycleRuleFilter, Error> {
        Ok(types::LifecycleRuleFilter::builder()
            .set_prefix(self.prefix.clone())
            .set_object_size_greater_than(self.object_size_greater_than)
            .set_object_size_less_than(self.object_size_less_than)
            .set_tag(self.tag.first().map(|tag| sdk_tag(&tag.key, &tag.value)).transpose()?)
            .set_and(self.and.first().map(And::request).transpose()?)
            .build())
    }
}

impl And {
    fn request(&self) -> Result<types::LifecycleRuleAndOperator, Error> {
        let tags: Vec<(&String, &String)> = self.tags.iter().flatten().collect();
        let size = |size: i64| (size != 0).then_some(size);
        Ok(types::LifecycleRuleAndOperator::builder()
            .set_prefix(given(&self.prefix))
            .set_object_size_greater_than(size(self.object_size_greater_than))
            .set_object_size_less_than(size(self.object_size_less_than))
            .set_tags(requests(&tags, |(key, value)| sdk_tag(key, value))?)
            .build())
    }
}

impl From<&types::LifecycleRuleAndOperator> for And {
    fn from(and: &types::LifecycleRuleAndOperator) -> Self {
        let tags: BTreeMap<String, String> =
            and.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
        Self {
            prefix: and.prefix().unwrap_or_default().to_owned(),
            object_size_greater_than: and.object_size_greater_than().unwrap_or_default(),
            object_size_less_than: and.object_size_less_than().unwrap_or_default(),
            tags: (!tags.is_empty()).then_some(tags),
        }
    }
}

fn sdk_tag(key: &str, value: &str) -> Result<types::Tag, Error> {
    built(types::Tag::builder().key(key).value(value).build())
}

impl Expiration {
    fn request(&self) -> Result<types::LifecycleExpiration, Error> {
        let date = self.date.as_deref().map(sdk_date).transpose()?;
        let marker = self.expired_object_delete_marker.then_some(true);
        // Nothing at all is sent as zero days, for S3 to say what is wrong.
        let days = (self.days != 0 || (date.is_none() && marker.is_none())).then_some(self.days);
        Ok(types::LifecycleExpiration::builder()
            .set_date(date)
            .set_days(days)
            .set_expired_object_delete_marker(marker)
            .build())
    }
}

impl From<&types::LifecycleExpiration> for Expiration {
    fn from(expiration: &types::LifecycleExpiration) -> Self {
        Self {
            date: expiration.date().and_then(stored_date),
            days: expiration.days().unwrap_or_default(),
            expired_object_delete_marker: expiration.expired_object_delete_marker().unwrap_or_default(),
        }
    }
}

impl Transition {
    fn request(&self) -> Result<types::Transition, Error> {
        let date = self.date.as_deref().map(sdk_date).transpose()?;
        let days = match date {
            Some(_) => None,
            None => Some(self.days.unwrap_or_default()),
        };
        Ok(types::Transition::builder()
            .set_date(date)
            .set_days(days)
            .storage_class(types::TransitionStorageClass::from(self.storage_class.as_str()))
            .build())
    }
}

impl From<&types::Transition> for Transition {
    fn from(transition: &types::Transition) -> Self {
        let date = transition.date().and_then(stored_date);
        let days = if date.is_some() { None } else { Some(transition.days().unwrap_or_default()) };
        Self { date, days, storage_class: storage_class(transition.storage_class()) }
    }
}

impl NoncurrentExpiration {
    fn request(&self) -> types::NoncurrentVersionExpiration {
        types::NoncurrentVersionExpiration::builder()
            .noncurrent_days(self.noncurrent_days)
            .set_newer_noncurrent_versions(self.newer_noncurrent_versions)
            .build()
    }
}

impl From<&types::NoncurrentVersionExpiration> for NoncurrentExpiration {
    fn from(expiration: &types::NoncurrentVersionExpiration) -> Self {
        Self {
            newer_noncurrent_versions: expiration.newer_noncurrent_versions(),
            noncurrent_days: expiration.noncurrent_days().unwrap_or_default(),
        }
    }
}

impl NoncurrentTransition {
    fn request(&self) -> types::NoncurrentVersionTransition {
        types::NoncurrentVersionTransition::builder()
            .noncurrent_days(self.noncurrent_days)
            .set_newer_noncurrent_versions(self.newer_noncurrent_versions)
            .storage_class(types::TransitionStorageClass::from(self.storage_class.as_str()))
            .build()
    }
}

impl From<&types::NoncurrentVersionTransition> for NoncurrentTransition {
    fn from(transition: &types::NoncurrentVersionTransition) -> Self {
        Self {
            newer_noncurrent_versions: transition.newer_noncurrent_versions(),
            noncurrent_days: transition.noncurrent_days().unwrap_or_default(),
            storage_class: storage_class(transition.storage_class()),
        }
    }
}

impl Abort {
    fn request(&self) -> types::AbortIncompleteMultipartUpload {
        types::AbortIncompleteMultipartUpload::builder().set_days_after_initiation(self.days_after_initiation).build()
    }
}

impl From<&types::AbortIncompleteMultipartUpload> for Abort {
    fn from(abort: &types::AbortIncompleteMultipartUpload) -> Self {
        Self { days_after_initiation: abort.days_after_initiation() }
    }
}

fn storage_class(class: Option<&types::TransitionStorageClass>) -> String {
    class.map_or_else(String::new, |class| class.as_str().to_owned())
}

/// `2031-01-02T00:00:00Z`
fn stored_date(date: &DateTime) -> Option<String> {
    date.fmt(DateTimeFormat::DateTime).ok()
}

fn sdk_date(date: &str) -> Result<DateTime, Error> {
    DateTime::from_str(date, DateTimeFormat::DateTimeWithOffset).map_err(|error| {
        Error::told(format!("{date:?} is not a date ({error}). Write midnight UTC, such as \"2031-01-02T00:00:00Z\"."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rules_come_back_as_written() {
        let all = json!({
            "id": "all", "status": "Enabled",
            "filter": [{"and": [{"prefix": "a/", "object_size_less_than": 9, "tags": {"k": "v", "l": "w"}}]}],
            "expiration": [{"days": 365}],
            "transition": [
                {"days": 0, "storage_class": "INTELLIGENT_TIERING"},
                {"date": "2031-01-02T00:00:00Z", "storage_class": "GLACIER"},
            ],
            "noncurrent_version_expiration": [{"newer_noncurrent_versions": 5, "noncurrent_days": 120}],
            "noncurrent_version_transition": [{"noncurrent_days": 30, "storage_class": "GLACIER"}],
            "abort_incomplete_multipart_upload": [{"days_after_initiation": 3}],
        });
        for written in [
            all,
            json!({"id": "date", "status": "Disabled", "expiration": [{"date": "2031-01-02T00:00:00Z"}]}),
            json!({"id": "marker", "status": "Enabled", "expiration": [{"expired_object_delete_marker": true}]}),
            json!({"id": "older", "status": "Enabled", "prefix": "a/"}),
            json!({"id": "everything", "status": "Enabled", "filter": [{"prefix": ""}]}),
            json!({"id": "size", "status": "Enabled", "filter": [{"object_size_greater_than": 5}]}),
            json!({"id": "tag", "status": "Enabled", "filter": [{"tag": [{"key": "k", "value": ""}]}]}),
        ] {
            let stored: Rule = serde_json::from_value(written.clone()).unwrap();
            let request = stored.request().unwrap();
            #[expect(deprecated, reason = "rules without a filter need it")]
            let prefix = request.prefix();
            assert_eq!(prefix.is_some(), stored.filter.is_empty(), "either a prefix or a filter: {written}");
            assert_eq!(Rule::from(&request), stored, "{written}");
        }
        let empty = types::LifecycleRuleFilter::builder().build();
        assert_eq!(Filter::of(&empty), None);
    }

    #[test]
    fn the_order_of_transitions_does_not_count() {
        let rule = |classes: [&str; 2]| Rule {
            transition: classes
                .map(|class| Transition { storage_class: class.to_owned(), ..Transition::default() })
                .to_vec(),
            ..Rule::default()
        };
        assert!(rule(["A", "B"]).says_what(&rule(["B", "A"])));
        assert!(!rule(["A", "B"]).says_what(&rule(["A", "C"])));
    }

    #[test]
    fn dates() {
        assert!(sdk_date("2031-01-02T00:00:00+00:00").is_ok());
        let Err(Error::Told(error)) = sdk_date("soon") else { panic!("no date") };
        assert!(error.0[0].detail.contains("\"soon\" is not a date"), "{error:?}");
    }
}
