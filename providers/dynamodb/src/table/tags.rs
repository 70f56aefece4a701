//! Tags of a table, and of replicas that shall have the same.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Tag;
use infra_provider_kit::{AwsError, Context, Error, Operation, Seen, TagChanges, Tags};

use super::attributes::Attributes;
use super::{client_in, convert};

/// All tags of what has this ARN.
pub(super) async fn list(client: &Client, arn: &str) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    let mut next = None;
    loop {
        let page = client.list_tags_of_resource().resource_arn(arn).set_next_token(next).send().await?;
        tags.extend(page.tags().iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        next = page.next_token;
        if next.is_none() {
            return Ok(tags);
        }
    }
}

/// For requests.
pub(super) fn to_sdk(tags: &Tags) -> Result<Vec<Tag>, Error> {
    tags.iter().map(|(key, value)| convert::built(Tag::builder().key(key).value(value).build())).collect()
}

/// Changes the tags of the table, then those of its replicas that follow it.
pub(super) async fn change(cx: &Context<'_>, table: &Attributes, changes: &TagChanges) -> Result<(), Error> {
    let arn = arn_of(cx, table);
    change_of(cx, &client_in(cx, cx.region()), &arn, changes, Operation::Update).await?;
    for replica in table.replica.iter().filter(|replica| replica.propagate_tags) {
        let region = &replica.region_name;
        if let Some(arn) = convert::in_region(&arn, region) {
            change_of(cx, &client_in(cx, region), &arn, changes, Operation::Update).await?;
        }
    }
    Ok(())
}

/// Gives a replica the tags that the table shall have.
pub(super) async fn copy_to_replica(
    cx: &Context<'_>,
    table: &Attributes,
    region: &str,
    operation: Operation,
) -> Result<(), Error> {
    match (cx.new_tags(), convert::in_region(&arn_of(cx, table), region)) {
        (Some(changes), Some(arn)) => change_of(cx, &client_in(cx, region), &arn, &changes, operation).await,
        _ => Ok(()),
    }
}

/// The table's ARN, which nothing but region, account and name decide.
pub(super) fn arn_of(cx: &Context<'_>, table: &Attributes) -> String {
    convert::non_empty(table.arn.as_deref()).unwrap_or_else(|| cx.arn("dynamodb", format!("table/{}", table.name)))
}

/// Removes before it sets, then waits until both can be seen: tags are told around in the service's own time.
async fn change_of(
    cx: &Context<'_>,
    client: &Client,
    arn: &str,
    changes: &TagChanges,
    operation: Operation,
) -> Result<(), Error> {
    if !changes.remove.is_empty() {
        let keys: Vec<String> = changes.remove.iter().cloned().collect();
        client.untag_resource().resource_arn(arn).set_tag_keys(Some(keys)).send().await?;
    }
    if !changes.set.is_empty() {
        client.tag_resource().resource_arn(arn).set_tags(Some(to_sdk(&changes.set)?)).send().await?;
    }
    cx.waiter(operation, format!("tags of {arn} to change"))
        .until(|| async {
            let seen = list(client, arn).await?;
            let is_done = changes.set.iter().all(|(key, value)| seen.get(key) == Some(value))
                && !changes.remove.iter().any(|key| seen.contains_key(key));
            Ok::<_, AwsError>(if is_done { Seen::Reached(()) } else { Seen::Pending("not yet".to_owned()) })
        })
        .await?;
    Ok(())
}
