//! Carrying out the steps of [`super::changes`], one after the other.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    CreateGlobalTableWitnessGroupMemberAction, CreateReplicationGroupMemberAction, DeleteGlobalSecondaryIndexAction,
    DeleteGlobalTableWitnessGroupMemberAction, DeleteReplicationGroupMemberAction, GlobalSecondaryIndexUpdate,
    GlobalTableWitnessGroupUpdate, MultiRegionConsistency, PointInTimeRecoverySpecification, ReplicationGroupUpdate,
    TimeToLiveSpecification, UpdateGlobalSecondaryIndexAction, UpdateReplicationGroupMemberAction,
};
use infra_engine::diagnostics::Diagnostic;
use infra_provider_kit::{AwsError, Context, Error, Operation};

use super::attributes::{Attributes, GlobalIndex};
use super::changes::{IndexChange, Settings, Step};
use super::wait::{self, Expected};
use super::{convert, tags};

/// Applies steps to one table.
pub(super) struct Applier<'a> {
    pub(super) cx: &'a Context<'a>,
    pub(super) client: Client,
    /// Whose deadline counts.
    pub(super) operation: Operation,
    /// The table as it shall be.
    pub(super) planned: &'a Attributes,
}

impl Applier<'_> {
    pub(super) async fn run(&self, steps: Vec<Step>) -> Result<(), Error> {
        for step in steps {
            self.step(step).await?;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        &self.planned.name
    }

    async fn step(&self, step: Step) -> Result<(), Error> {
        match step {
            Step::TableClass(class) => {
                let request = self.request().table_class(class.as_str().into());
                self.update(request, "to change its class", Expected::Nothing).await
            }
            Step::EndStream => {
                let request = self.request().stream_specification(convert::stream(None)?);
                self.update(request, "to end its stream", Expected::Stream(None)).await
            }
            Step::Settings(settings) => self.settings(&settings).await,
            Step::DeleteIndex(index) => self.delete_index(&index).await,
            Step::CreateIndex(index) => self.create_index(&index).await,
            Step::WarmThroughput(units) => {
                let request = self.request().warm_throughput(convert::warm(&units));
                self.update(request, "to warm up", Expected::Nothing).await
            }
            Step::Encryption { enabled, kms_key_arn, replicas } => {
                self.encryption(enabled, kms_key_arn.as_deref(), &replicas).await
            }
            Step::TimeToLive { attribute_name, enabled } => self.time_to_live(&attribute_name, enabled).await,
            Step::PointInTimeRecovery { enabled, recovery_period_in_days } => {
                self.recovery(&self.client, enabled, recovery_period_in_days).await
            }
            Step::DeleteReplicas { regions, witness } => self.delete_replicas(&regions, witness).await,
            Step::CreateReplicas { replicas, is_strong, witness } => {
                self.create_replicas(&replicas, is_strong, witness).await
            }
            Step::ReplicaRecovery { region, enabled } => {
                self.recovery(&super::client_in(self.cx, &region), enabled, None).await
            }
            Step::ReplicaProtection { region, enabled } => {
                let request = super::client_in(self.cx, &region)
                    .update_table()
                    .table_name(self.name())
                    .deletion_protection_enabled(enabled);
                self.send(&request).await
            }
            Step::ReplicaTags { region } => tags::copy_to_replica(self.cx, self.planned, &region, self.operation).await,
        }
    }

    fn request(&self) -> UpdateTableFluentBuilder {
        self.client.update_table().table_name(self.name())
    }

    /// Sends the request as soon as the service is not busy with the table.
    async fn send(&self, request: &UpdateTableFluentBuilder) -> Result<(), Error> {
        let budget = wait::remaining(self.cx, self.operation);
        self.cx.retry(budget, wait::passes, || request.clone().send()).await?;
        Ok(())
    }

    /// Sends the request and waits until the table is at rest again.
    async fn update(
        &self,
        request: UpdateTableFluentBuilder,
        purpose: &str,
        expected: Expected<'_>,
    ) -> Result<(), Error> {
        self.send(&request).await?;
        let what = format!("table {:?} {purpose}", self.name());
        wait::at_rest(self.cx, &self.client, self.operation, self.name(), what, expected).await?;
        Ok(())
    }

    async fn settings(&self, settings: &Settings) -> Result<(), Error> {
        let mut request = self
            .request()
            .set_billing_mode(settings.billing_mode.as_deref().map(Into::into))
            .set_provisioned_throughput(settings.capacity.map(convert::provisioned).transpose()?)
            .set_on_demand_throughput(settings.on_demand_throughput.as_ref().map(convert::on_demand))
            .set_deletion_protection_enabled(settings.deletion_protection_enabled);
        if let Some(view_type) = &settings.stream {
            request = request.stream_specification(convert::stream(view_type.as_deref())?);
        }
        for index in &settings.indexes {
            request = request.global_secondary_index_updates(index_update(index)?);
        }
        let expected = match &settings.stream {
            Some(view_type) => Expected::Stream(view_type.as_deref()),
            None => Expected::Nothing,
        };
        self.update(request, "to be changed", expected).await
    }

    async fn delete_index(&self, name: &str) -> Result<(), Error> {
        let delete = convert::built(DeleteGlobalSecondaryIndexAction::builder().index_name(name).build())?;
        let update = GlobalSecondaryIndexUpdate::builder().delete(delete).build();
        let request = self.request().global_secondary_index_updates(update);
        self.update(request, &format!("to lose its index {name:?}"), Expected::NoIndex(name)).await
    }

    async fn create_index(&self, index: &GlobalIndex) -> Result<(), Error> {
        let create = convert::new_index(index, self.planned.billing_mode())?;
        let update = GlobalSecondaryIndexUpdate::builder().create(create).build();
        let request = self
            .request()
            .set_attribute_definitions(Some(convert::attribute_definitions(&self.planned.attribute)?))
            .global_secondary_index_updates(update);
        self.update(request, &format!("to get its index {:?}", index.name), Expected::Index(&index.name)).await
    }

    async fn encryption(
        &self,
        enabled: bool,
        kms_key_arn: Option<&str>,
        replicas: &[(String, String)],
    ) -> Result<(), Error> {
        let mut request = self.request().sse_specification(convert::encryption(enabled, kms_key_arn));
        for (region, key) in replicas {
            let update = UpdateReplicationGroupMemberAction::builder().region_name(region).kms_master_key_id(key);
            let update = ReplicationGroupUpdate::builder().update(convert::built(update.build())?).build();
            request = request.replica_updates(update);
        }
        self.send(&request).await?;
        wait::encrypted(self.cx, &self.client, self.operation, self.name()).await
    }

    async fn time_to_live(&self, attribute_name: &str, enabled: bool) -> Result<(), Error> {
        let specification = TimeToLiveSpecification::builder().attribute_name(attribute_name).enabled(enabled);
        let request = self
            .client
            .update_time_to_live()
            .table_name(self.name())
            .time_to_live_specification(convert::built(specification.build())?);
        let budget = wait::remaining(self.cx, self.operation);
        self.cx.retry(budget, wait::passes, || request.clone().send()).await.map_err(time_to_live_error)?;
        wait::time_to_live(self.cx, &self.client, self.operation, self.name(), enabled).await
    }

    /// For the table, or with a client of another region for a replica.
    async fn recovery(&self, client: &Client, enabled: bool, days: Option<i64>) -> Result<(), Error> {
        let specification = PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(enabled)
            .set_recovery_period_in_days(days.and_then(|days| i32::try_from(days).ok()));
        let request = client
            .update_continuous_backups()
            .table_name(self.name())
            .point_in_time_recovery_specification(convert::built(specification.build())?);
        let passes = |error: &AwsError| {
            wait::passes(error)
                || error.has_code(&["ContinuousBackupsUnavailableException", "UnknownOperationException"])
        };
        let budget = wait::remaining(self.cx, self.operation);
        self.cx.retry(budget, passes, || request.clone().send()).await?;
        wait::recovery(self.cx, client, self.operation, self.name(), enabled).await
    }

    async fn create_replicas(
        &self,
        replicas: &[(String, Option<String>)],
        is_strong: bool,
        witness: Option<String>,
    ) -> Result<(), Error> {
        let mut request = self.request();
        for (region, key) in replicas {
            let create =
                CreateReplicationGroupMemberAction::builder().region_name(region).set_kms_master_key_id(key.clone());
            let update = ReplicationGroupUpdate::builder().create(convert::built(create.build())?).build();
            request = request.replica_updates(update);
        }
        if is_strong {
            request = request.multi_region_consistency(MultiRegionConsistency::Strong);
        }
        if let Some(region) = witness {
            let create = CreateGlobalTableWitnessGroupMemberAction::builder().region_name(region).build();
            let update = GlobalTableWitnessGroupUpdate::builder().create(convert::built(create)?).build();
            request = request.global_table_witness_updates(update);
        }
        self.send(&request).await?;
        for (region, _) in replicas {
            let what = format!("replica of table {:?} in {region} to become ACTIVE", self.name());
            let expected = Expected::Replica(region);
            wait::at_rest(self.cx, &self.client, self.operation, self.name(), what, expected).await?;
        }
        Ok(())
    }

    async fn delete_replicas(&self, regions: &[String], witness: Option<String>) -> Result<(), Error> {
        let mut request = self.request();
        for region in regions {
            let delete = DeleteReplicationGroupMemberAction::builder().region_name(region).build();
            let update = ReplicationGroupUpdate::builder().delete(convert::built(delete)?).build();
            request = request.replica_updates(update);
        }
        if let Some(region) = witness {
            let delete = DeleteGlobalTableWitnessGroupMemberAction::builder().region_name(region).build();
            let update = GlobalTableWitnessGroupUpdate::builder().delete(convert::built(delete)?).build();
            request = request.global_table_witness_updates(update);
        }
        self.send(&request).await?;
        for region in regions {
            let what = format!("replica of table {:?} in {region} to be gone", self.name());
            let expected = Expected::NoReplica(region);
            wait::at_rest(self.cx, &self.client, self.operation, self.name(), what, expected).await?;
        }
        Ok(())
    }
}

fn index_update(index: &IndexChange) -> Result<GlobalSecondaryIndexUpdate, Error> {
    let update = UpdateGlobalSecondaryIndexAction::builder()
        .index_name(&index.name)
        .set_provisioned_throughput(index.capacity.map(convert::provisioned).transpose()?)
        .set_on_demand_throughput(index.on_demand_throughput.as_ref().map(convert::on_demand))
        .set_warm_throughput(index.warm_throughput.as_ref().map(convert::warm));
    Ok(GlobalSecondaryIndexUpdate::builder().update(convert::built(update.build())?).build())
}

/// The two rules about time to live that only show when it is changed.
fn time_to_live_error(error: AwsError) -> Error {
    let hint = if error.message().contains("modified multiple times") {
        "AWS lets time to live be changed once per hour: run again when the hour is over"
    } else if error.message().contains("active on a different AttributeName") {
        "the attribute cannot be changed while time to live is on: set `enabled = false` in the ttl block with the \
         attribute it has now and apply, then, an hour later, turn it on with the other one"
    } else {
        return error.into();
    };
    Diagnostic::error("", error.to_string()).hint(hint).into()
}
