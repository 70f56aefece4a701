//! For the tests of this crate: a connection that asks nobody.

use infra_aws::Aws;
use infra_aws::environment::Environment;
use infra_aws::settings::{DefaultTagsBlock, ProviderSettings};
use infra_aws::tags::Tags;

/// A connection with these default tags, which has made no call and will make none by itself.
pub(crate) async fn connected(default_tags: &Tags, region: &str) -> Aws {
    let settings = ProviderSettings {
        region: Some(region.to_owned()),
        access_key: Some("test".to_owned()),
        secret_key: Some("test".to_owned()),
        default_tags: vec![DefaultTagsBlock { tags: default_tags.clone() }],
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        ..Default::default()
    };
    Aws::connect(&settings, &Environment::empty()).await.unwrap()
}
