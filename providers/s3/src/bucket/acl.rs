//! The `grant` blocks and the `acl` of a bucket: two ways to write its access control list.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::types;
use infra_provider_kit::aws::errors::AwsError;
use infra_provider_kit::{Context, Error};
use serde::{Deserialize, Serialize};

use crate::calls::{self, built, given};

#[derive(Clone, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
pub(super) struct Grant {
    id: String,
    permissions: BTreeSet<String>,
    r#type: String,
    uri: String,
}

/// One element per grantee; S3 lists each permission alone.
fn by_grantee(grants: &[types::Grant]) -> Vec<Grant> {
    let mut merged: Vec<Grant> = Vec::new();
    for grant in grants {
        let (Some(grantee), Some(permission)) = (grant.grantee(), grant.permission()) else { continue };
        let found = Grant {
            id: grantee.id().unwrap_or_default().to_owned(),
            permissions: BTreeSet::from([permission.as_str().to_owned()]),
            r#type: grantee.r#type().as_str().to_owned(),
            uri: grantee.uri().unwrap_or_default().to_owned(),
        };
        let same =
            |other: &&mut Grant| (&other.id, &other.r#type, &other.uri) == (&found.id, &found.r#type, &found.uri);
        match merged.iter_mut().find(same) {
            Some(other) => other.permissions.extend(found.permissions),
            None => merged.push(found),
        }
    }
    merged
}

impl Grant {
    fn request(&self) -> Result<Vec<types::Grant>, Error> {
        let grantee = built(
            types::Grantee::builder()
                .r#type(types::Type::from(self.r#type.as_str()))
                .set_id(given(&self.id))
                .set_uri(given(&self.uri))
                .build(),
        )?;
        let grant = |permission: &String| {
            let permission = types::Permission::from(permission.as_str());
            types::Grant::builder().grantee(grantee.clone()).permission(permission).build()
        };
        Ok(self.permissions.iter().map(grant).collect())
    }
}

pub(super) async fn read(cx: &Context<'_>, client: &Client, bucket: &str) -> Result<Vec<Grant>, AwsError> {
    let answer = calls::read_setting(cx, || client.get_bucket_acl().bucket(bucket).send()).await?;
    Ok(answer.map(|answer| by_grantee(answer.grants())).unwrap_or_default())
}

/// Writes grants; none at all is what a canned `private` says.
pub(super) async fn write_grants(
    cx: &Context<'_>,
    client: &Client,
    bucket: &str,
    planned: &[Grant],
) -> Result<(), Error> {
    if planned.is_empty() {
        return write_canned(cx, client, bucket, types::BucketCannedAcl::Private.as_str()).await;
    }
    let owner = calls::read_setting(cx, || client.get_bucket_acl().bucket(bucket).send()).await?;
    let mut grants = Vec::new();
    for grant in planned {
        grants.extend(grant.request()?);
    }
    let policy = types::AccessControlPolicy::builder()
        .set_owner(owner.and_then(|answer| answer.owner))
        .set_grants(Some(grants))
        .build();
    calls::write(cx, || client.put_bucket_acl().bucket(bucket).access_control_policy(policy.clone()).send()).await?;
    Ok(())
}

/// Writes one of the lists that S3 has a name for.
pub(super) async fn write_canned(cx: &Context<'_>, client: &Client, bucket: &str, acl: &str) -> Result<(), Error> {
    let acl = types::BucketCannedAcl::from(acl);
    calls::write(cx, || client.put_bucket_acl().bucket(bucket).acl(acl.clone()).send()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_merged_by_grantee() {
        let group: Grant = serde_json::from_value(serde_json::json!({
            "type": "Group", "permissions": ["READ_ACP", "WRITE"],
            "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery",
        }))
        .unwrap();
        let owner: Grant = serde_json::from_value(serde_json::json!({
            "type": "CanonicalUser", "permissions": ["FULL_CONTROL"], "id": "2a33",
        }))
        .unwrap();
        let requests = [owner.request().unwrap(), group.request().unwrap()].concat();
        assert_eq!(requests.len(), 3);
        assert_eq!(by_grantee(&requests), [owner, group]);
    }
}
