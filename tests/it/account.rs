//! What is really there: an emulator looked into, and changed behind our back, with the AWS SDK and none of our code.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TableDescription;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::types::{BucketVersioningStatus, Tag, Tagging};

/// An account on an emulator, in the region that tests use.
pub struct Account {
    runtime: tokio::runtime::Runtime,
    /// S3.
    pub s3: aws_sdk_s3::Client,
    /// DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
}

/// What is set on a bucket, as S3 itself tells it.
#[derive(Debug, PartialEq, Eq)]
pub struct BucketSettings {
    /// `Enabled`, `Suspended`; empty if it never was.
    pub versioning: String,
    /// Algorithm of the default encryption.
    pub encryption: String,
    /// Whether all four switches against public access are on.
    pub is_private: bool,
    /// The policy's document; empty if there is none.
    pub policy: String,
    /// Lifecycle rules, each as its id and what it does.
    pub rules: Vec<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl Account {
    /// The account behind an endpoint.
    pub fn at(endpoint: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let credentials = || Credentials::new("test", "test", None, None, "test");
        let s3 = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .endpoint_url(endpoint)
            .force_path_style(true)
            .build();
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .endpoint_url(endpoint)
            .build();
        Self { runtime, s3: aws_sdk_s3::Client::from_conf(s3), dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb) }
    }

    /// Waits for a call.
    pub fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// Names of all tables.
    pub fn tables(&self) -> BTreeSet<String> {
        self.wait(self.dynamodb.list_tables().send()).unwrap().table_names().iter().cloned().collect()
    }

    /// Names of all buckets.
    pub fn buckets(&self) -> BTreeSet<String> {
        let listed = self.wait(self.s3.list_buckets().send()).unwrap();
        listed.buckets().iter().filter_map(|bucket| bucket.name().map(str::to_owned)).collect()
    }

    /// Fails the test if anything is left.
    #[track_caller]
    pub fn assert_empty(&self) {
        assert_eq!((self.tables(), self.buckets()), (BTreeSet::new(), BTreeSet::new()), "left behind");
    }

    /// What DynamoDB says of a table.
    pub fn table(&self, name: &str) -> TableDescription {
        self.wait(self.dynamodb.describe_table().table_name(name).send()).unwrap().table.unwrap()
    }

    /// Whether a table can be restored to any second.
    pub fn has_point_in_time_recovery(&self, name: &str) -> bool {
        let described = self.wait(self.dynamodb.describe_continuous_backups().table_name(name).send()).unwrap();
        let recovery = described.continuous_backups_description.and_then(|it| it.point_in_time_recovery_description);
        recovery.and_then(|it| it.point_in_time_recovery_status).is_some_and(|status| status.as_str() == "ENABLED")
    }

    /// Tags of a table.
    pub fn table_tags(&self, name: &str) -> BTreeMap<String, String> {
        let arn = self.table(name).table_arn.unwrap();
        let listed = self.wait(self.dynamodb.list_tags_of_resource().resource_arn(arn).send()).unwrap();
        listed.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
    }

    /// Gives a table one more tag, or another value of one.
    pub fn tag_table(&self, name: &str, key: &str, value: &str) {
        let arn = self.table(name).table_arn.unwrap();
        let tag = aws_sdk_dynamodb::types::Tag::builder().key(key).value(value).build().unwrap();
        self.wait(self.dynamodb.tag_resource().resource_arn(arn).tags(tag).send()).unwrap();
    }

    /// Deletes a table and waits until it is gone.
    pub fn delete_table(&self, name: &str) {
        self.wait(self.dynamodb.delete_table().table_name(name).send()).unwrap();
        while self.tables().contains(name) {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Deletes a bucket that is empty.
    pub fn delete_bucket(&self, name: &str) {
        self.wait(self.s3.delete_bucket().bucket(name).send()).unwrap();
    }

    /// Puts an object into a bucket, taking its policy away first: emulators speak plain HTTP, which it may forbid.
    pub fn put_object(&self, bucket: &str, key: &str, text: &str) {
        self.wait(self.s3.delete_bucket_policy().bucket(bucket).send()).unwrap();
        let body = aws_sdk_s3::primitives::ByteStream::from(text.as_bytes().to_vec());
        self.wait(self.s3.put_object().bucket(bucket).key(key).body(body).send()).unwrap();
    }

    /// Replaces all tags of a bucket.
    pub fn set_bucket_tags(&self, bucket: &str, tags: &[(&str, &str)]) {
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build().unwrap());
        let tagging = Tagging::builder().set_tag_set(Some(tags.collect())).build().unwrap();
        self.wait(self.s3.put_bucket_tagging().bucket(bucket).tagging(tagging).send()).unwrap();
    }

    /// Sets a bucket's versioning.
    pub fn set_versioning(&self, bucket: &str, status: BucketVersioningStatus) {
        let configuration = aws_sdk_s3::types::VersioningConfiguration::builder().status(status).build();
        self.wait(self.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration).send())
            .unwrap();
    }

    /// A bucket's policy; empty if it has none.
    pub fn policy(&self, bucket: &str) -> String {
        let read = self.wait(self.s3.get_bucket_policy().bucket(bucket).send());
        read.ok().and_then(|read| read.policy).unwrap_or_default()
    }

    /// A bucket's lifecycle rules, each as its id and what it does; none if there are none.
    pub fn rules(&self, bucket: &str) -> Vec<String> {
        let read = self.wait(self.s3.get_bucket_lifecycle_configuration().bucket(bucket).send());
        let rules = read.ok().and_then(|read| read.rules).unwrap_or_default();
        rules
            .iter()
            .map(|rule| {
                let mut text = rule.id().unwrap_or_default().to_owned();
                let transitions = rule.transitions().iter().map(|transition| {
                    let class = transition.storage_class().map_or("", |class| class.as_str());
                    format!(" {class} after {}", transition.days().unwrap_or_default())
                });
                // Transitions are a set: each server returns them in an order of its own.
                text.extend(transitions.collect::<BTreeSet<_>>());
                if let Some(days) = rule.noncurrent_version_expiration().and_then(|it| it.noncurrent_days()) {
                    text.push_str(&format!(" old versions end after {days}"));
                }
                text
            })
            .collect()
    }

    /// Everything that the environments set on a bucket.
    pub fn bucket(&self, name: &str) -> BucketSettings {
        let versioning = self.wait(self.s3.get_bucket_versioning().bucket(name).send()).unwrap();
        let tags = self.wait(self.s3.get_bucket_tagging().bucket(name).send());
        let tags = tags.map(|tags| tags.tag_set).unwrap_or_default();
        BucketSettings {
            versioning: versioning.status().map_or("", |status| status.as_str()).to_owned(),
            encryption: self.encryption(name),
            is_private: self.is_private(name),
            policy: self.policy(name),
            rules: self.rules(name),
            tags: tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
        }
    }

    /// Algorithm of a bucket's default encryption; empty if nothing is set.
    pub fn encryption(&self, bucket: &str) -> String {
        let read = self.wait(self.s3.get_bucket_encryption().bucket(bucket).send());
        let rules = read.ok().and_then(|read| read.server_side_encryption_configuration).map(|it| it.rules);
        let default = rules.into_iter().flatten().find_map(|rule| rule.apply_server_side_encryption_by_default);
        default.map_or(String::new(), |default| default.sse_algorithm.as_str().to_owned())
    }

    /// Whether all four switches against public access are on.
    pub fn is_private(&self, bucket: &str) -> bool {
        let read = self.wait(self.s3.get_public_access_block().bucket(bucket).send());
        let block = read.ok().and_then(|read| read.public_access_block_configuration);
        block.is_some_and(|block| {
            [
                block.block_public_acls,
                block.block_public_policy,
                block.ignore_public_acls,
                block.restrict_public_buckets,
            ]
            .iter()
            .all(|switch| *switch == Some(true))
        })
    }
}
