//! `aws_dynamodb_table`: a table with its keys, indexes, stream, backups, encryption and replicas.
//!
//! - [`rules`] says what must hold for a plan, [`changes`] which requests lead from one table to another (a value, in
//!   order), [`apply`] carries them out.
//! - [`create`] makes, restores or imports a table; [`convert`] goes between [`attributes`] and the SDK's types;
//!   [`wait`] knows when the service is done, [`tags`] the tags of a table and its replicas.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_provider_kit::{AwsError, AwsResource, Context, Draft, Error, Generation, Operation, TagChanges, Tags};
use infra_values::{Path, Value};
use serde_json::Value as Json;

mod apply;
mod attributes;
mod changes;
mod convert;
mod create;
mod rules;
mod tags;
#[cfg(test)]
mod tests;
mod wait;

use apply::Applier;
use attributes::{Attributes, Replica};
use wait::Expected;

/// `aws_dynamodb_table`
pub(crate) struct Table;

/// The key that AWS keeps for DynamoDB in each account and region.
const DEFAULT_KEY: &str = "alias/aws/dynamodb";

/// A client in the region of the table or of one of its replicas.
fn client_in(cx: &Context<'_>, region: &str) -> Client {
    cx.aws().client("dynamodb", region, |config, retries| {
        Client::from_conf(aws_sdk_dynamodb::config::Builder::from(config).retry_partition(retries).build())
    })
}

#[async_trait]
impl AwsResource for Table {
    const TYPE: &'static str = "aws_dynamodb_table";
    const NOUN: &'static str = "DynamoDB table";
    type Attributes = Attributes;

    fn validate(&self, config: &Value) -> Diagnostics {
        rules::validate(config)
    }

    fn plan(&self, draft: &mut Draft<'_>) {
        rules::plan(draft);
    }

    /// The class that is written down though it is the usual one.
    fn says_the_same(&self, path: &Path, _code: &str, prior: &Value, configured: &Value) -> bool {
        path.schema_path() == "table_class"
            && prior.as_str().unwrap_or_default().is_empty()
            && configured.as_str() == Some(attributes::STANDARD)
    }

    fn is_same_element(&self, path: &Path, prior: &Value, configured: &Value) -> bool {
        rules::is_same_element(path, prior, configured)
    }

    fn turns_unknown(&self, name: &str, prior: &Value, planned: &Value) -> bool {
        name == "stream_arn" && rules::stream_changes(prior, planned)
    }

    fn upgrade_state(&self, version: u64, attributes: Json) -> Option<Json> {
        (version == 0).then(|| rules::from_version_0(attributes))
    }

    async fn create(&self, cx: &Context<'_>, planned: Attributes) -> Result<Attributes, Error> {
        let client = client_in(cx, cx.region());
        let begun = create::begin(cx, &client, &planned).await?;
        let name = planned.name.clone();
        let arn = begun.arn.unwrap_or_else(|| tags::arn_of(cx, &planned));
        let known = Attributes { id: Some(name.clone()), arn: Some(arn), ..planned };
        cx.identity(&known).await?;
        if let Some(import) = &begun.import_arn {
            wait::imported(cx, &client, import).await?;
        }
        let what = format!("table {name:?} to become ACTIVE");
        let table = wait::at_rest(cx, &client, Operation::Create, &name, what, Expected::Nothing).await?;
        let bare = Attributes {
            ttl: Vec::new(),
            point_in_time_recovery: Vec::new(),
            replica: Vec::new(),
            global_table_witness: Vec::new(),
            ..known.clone()
        };
        let applier = Applier { cx, client, operation: Operation::Create, planned: &known };
        if begun.is_complete {
            applier.run(changes::steps(&bare, &known)).await?;
        } else {
            // What the source had stands where nothing is planned.
            let made = convert::observed(&table, bare, cx.generation());
            let mut target = known.clone();
            if target.global_secondary_index.is_empty() {
                target.global_secondary_index.clone_from(&made.global_secondary_index);
            }
            applier.run(changes::steps(&made, &target)).await?;
            if let Some(new) = cx.new_tags() {
                tags::change(cx, &known, &new).await?;
            }
        }
        self.read_changed(cx, known).await
    }

    async fn read(&self, cx: &Context<'_>, known: Attributes) -> Result<Option<Attributes>, Error> {
        let client = client_in(cx, cx.region());
        let name = known.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| known.name.clone());
        let (table, recovery, ttl) = tokio::join!(
            wait::describe(&client, &name),
            wait::describe_recovery(&client, &name),
            wait::describe_time_to_live(&client, &name),
        );
        let Some(table) = table? else { return Ok(None) };
        let replicas = convert::observed_replicas(&table, &known.replica, cx.region(), cx.generation());
        let before = (known.server_side_encryption.clone(), known.replica.clone());
        let mut seen = convert::observed(&table, known, cx.generation());
        seen.point_in_time_recovery = vec![convert::observed_recovery(recovery?.as_ref())];
        seen.ttl = vec![convert::observed_time_to_live(ttl?.as_ref())];
        for encryption in &mut seen.server_side_encryption {
            let known_key = before.0.first().and_then(|encryption| encryption.kms_key_arn.as_deref());
            hide_default_key(cx, cx.region(), &mut encryption.kms_key_arn, known_key).await;
        }
        seen.replica = replicas;
        for replica in &mut seen.replica {
            let known_key = before.1.iter().find(|known| known.region_name == replica.region_name);
            let known_key = known_key.and_then(|known| known.kms_key_arn.as_deref());
            hide_default_key(cx, &replica.region_name, &mut replica.kms_key_arn, known_key).await;
            complete_replica(cx, &name, replica).await?;
        }
        Ok(Some(seen))
    }

    async fn update(&self, cx: &Context<'_>, prior: Attributes, planned: Attributes) -> Result<Attributes, Error> {
        let client = client_in(cx, cx.region());
        let applier = Applier { cx, client, operation: Operation::Update, planned: &planned };
        applier.run(changes::steps(&prior, &planned)).await?;
        self.read_changed(cx, planned).await
    }

    async fn delete(&self, cx: &Context<'_>, prior: Attributes) -> Result<(), Error> {
        let client = client_in(cx, cx.region());
        // A protected table would lose its replicas before its own deletion is refused.
        let found = wait::describe(&client, &prior.name).await?;
        if found.is_some_and(|table| table.deletion_protection_enabled == Some(true)) {
            return Err(protected(&format!("table {:?} has deletion protection", prior.name)));
        }
        let applier = Applier { cx, client: client.clone(), operation: Operation::Delete, planned: &prior };
        applier.run(changes::without_replicas(&prior)).await?;
        let request = client.delete_table().table_name(&prior.name);
        let budget = wait::remaining(cx, Operation::Delete);
        cx.retry(budget, wait::passes, || request.clone().send())
            .await
            .map_err(|error| deletion_error(error, &prior))?;
        wait::gone(cx, &client, &prior.name).await
    }

    async fn list_tags(&self, cx: &Context<'_>, known: &Attributes) -> Result<Tags, Error> {
        Ok(tags::list(&client_in(cx, cx.region()), &tags::arn_of(cx, known)).await?)
    }

    async fn change_tags(&self, cx: &Context<'_>, known: &Attributes, changes: &TagChanges) -> Result<(), Error> {
        tags::change(cx, known, changes).await
    }
}

impl Table {
    /// The table after a change, which cannot be gone.
    async fn read_changed(&self, cx: &Context<'_>, known: Attributes) -> Result<Attributes, Error> {
        let name = known.name.clone();
        self.read(cx, known).await?.ok_or_else(|| {
            Error::told(format!(
                "Table {name:?} was gone right after it was changed: something else deletes it. Find out what, then run \
                 again."
            ))
        })
    }
}

/// What only the replica's own region knows of it.
async fn complete_replica(cx: &Context<'_>, name: &str, replica: &mut Replica) -> Result<(), Error> {
    let client = client_in(cx, &replica.region_name);
    let (table, recovery) = tokio::join!(wait::describe(&client, name), wait::describe_recovery(&client, name));
    let table = table?;
    let text = |text: Option<&str>| Some(text.unwrap_or_default().to_owned());
    replica.stream_arn = text(table.as_ref().and_then(|table| table.latest_stream_arn()));
    replica.stream_label = text(table.as_ref().and_then(|table| table.latest_stream_label()));
    if cx.generation() >= Generation::V6 {
        let protected = table.as_ref().and_then(|table| table.deletion_protection_enabled());
        replica.deletion_protection_enabled = Some(protected.unwrap_or_default());
    }
    replica.point_in_time_recovery = convert::observed_recovery(recovery?.as_ref()).enabled;
    Ok(())
}

/// Encryption with the key that AWS keeps is described with that key's ARN, where the configuration has none. KMS is
/// asked only for a key that was not known before.
async fn hide_default_key(cx: &Context<'_>, region: &str, key: &mut Option<String>, known: Option<&str>) {
    let Some(seen) = key.as_deref().filter(|seen| !seen.is_empty() && known != Some(*seen)) else { return };
    let kms = cx.aws().client("kms", region, |config, retries| {
        aws_sdk_kms::Client::from_conf(aws_sdk_kms::config::Builder::from(config).retry_partition(retries).build())
    });
    match kms.describe_key().key_id(DEFAULT_KEY).send().await {
        Ok(answer) => {
            if answer.key_metadata.and_then(|key| key.arn).as_deref() == Some(seen) {
                *key = Some(String::new());
            }
        }
        // Who may not ask, or has no such key yet, sees the key as it is; nothing is planned because of it.
        Err(error) => {
            let error = AwsError::from(error);
            tracing::debug!(%error, region, "the default key of DynamoDB is not known");
        }
    }
}

fn deletion_error(error: AwsError, prior: &Attributes) -> Error {
    let is_protected = prior.deletion_protection_enabled == Some(true);
    if is_protected && error.has_code(&["ValidationException"]) {
        return protected(&error.to_string());
    }
    error.into()
}

fn protected(why: &str) -> Error {
    Diagnostic::error("", format!("{why}."))
        .hint("the table is protected: set deletion_protection_enabled = false and apply, then delete it")
        .into()
}
