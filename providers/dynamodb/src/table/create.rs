//! The three ways in which a table comes to be: made, restored, imported.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodb::types::{CsvOptions, InputFormatOptions, S3BucketSource, TableCreationParameters};
use infra_engine::diagnostics::Diagnostic;
use infra_provider_kit::{AwsError, Context, Error, Operation};

use super::attributes::{Attributes, ImportTable};
use super::convert::{self, built, non_empty};
use super::{tags, wait};

/// What AWS has begun.
pub(super) struct Begun {
    /// The table's ARN, if the answer has it.
    pub(super) arn: Option<String>,
    /// What has to be waited for besides the table.
    pub(super) import_arn: Option<String>,
    /// Whether the request held all that is planned but what no request can hold; else the table is to be compared.
    pub(super) is_complete: bool,
}

/// The codes of a call that makes a table under a name that is taken.
const TAKEN: &[&str] = &["ResourceInUseException", "TableAlreadyExistsException"];

/// Asks for the table. The service may have many tables in the making; then it is asked again.
///
/// When the answer is lost on the way, the SDK repeats the call and is told that the name is taken: by the table that
/// the first call has made. A table that was not there just before is taken for that one.
pub(super) async fn begin(cx: &Context<'_>, client: &Client, planned: &Attributes) -> Result<Begun, Error> {
    if wait::describe(client, &planned.name).await?.is_some() {
        return Err(taken(&planned.name));
    }
    match ask(cx, client, planned).await {
        Err(error) if error.has_code(TAKEN) => match wait::describe(client, &planned.name).await? {
            Some(table) => Ok(Begun { arn: table.table_arn, import_arn: None, is_complete: false }),
            None => Err(error),
        },
        other => other,
    }
}

fn taken(name: &str) -> Error {
    Diagnostic::error("", format!("There is a table named {name:?} already, and it is not in the state."))
        .hint("give this one another name, or delete the other if nobody needs it")
        .into()
}

async fn ask(cx: &Context<'_>, client: &Client, planned: &Attributes) -> Result<Begun, Error> {
    if planned.is_restored() {
        return restore(cx, client, planned).await;
    }
    match planned.import_table.first() {
        Some(import) => import_from(cx, client, planned, import).await,
        None => make(cx, client, planned).await,
    }
}

async fn make(cx: &Context<'_>, client: &Client, planned: &Attributes) -> Result<Begun, Error> {
    let tags = tags::to_sdk(cx.tags())?;
    let request = client
        .create_table()
        .table_name(&planned.name)
        .set_attribute_definitions(Some(convert::attribute_definitions(&planned.attribute)?))
        .set_key_schema(Some(convert::key_schema(&convert::table_key(planned))?))
        .billing_mode(planned.billing_mode().into())
        .set_provisioned_throughput(convert::table_capacity(planned)?)
        .set_on_demand_throughput(planned.on_demand_throughput.first().map(convert::on_demand))
        .set_warm_throughput(planned.warm_throughput.first().map(convert::warm))
        .set_global_secondary_indexes(convert::global_indexes(planned)?)
        .set_local_secondary_indexes(convert::local_indexes(planned)?)
        .set_stream_specification(stream(planned)?)
        .set_sse_specification(convert::table_encryption(planned))
        .set_table_class(non_empty(planned.table_class.as_deref()).map(|class| class.as_str().into()))
        .set_deletion_protection_enabled(planned.deletion_protection_enabled)
        .set_tags((!tags.is_empty()).then_some(tags));
    let answer = again(cx, || request.clone().send()).await?;
    let arn = answer.table_description.and_then(|table| table.table_arn);
    Ok(Begun { arn, import_arn: None, is_complete: true })
}

fn stream(planned: &Attributes) -> Result<Option<aws_sdk_dynamodb::types::StreamSpecification>, Error> {
    // `stream_enabled = false` is not said: a table is made without a stream unless asked for one.
    planned.stream_enabled.filter(|enabled| *enabled).map(|_| convert::stream(planned.stream())).transpose()
}

async fn restore(cx: &Context<'_>, client: &Client, planned: &Attributes) -> Result<Begun, Error> {
    let capacity = match (planned.read_capacity, planned.write_capacity) {
        (Some(1..), Some(1..)) => convert::table_capacity(planned)?,
        _ => None,
    };
    let limits = planned.on_demand_throughput.first().map(convert::on_demand);
    let mode = planned.billing_mode().into();
    let (global, local) = (convert::global_indexes(planned)?, convert::local_indexes(planned)?);
    let encryption = convert::table_encryption(planned);
    let table = if let Some(backup) = non_empty(planned.restore_backup_arn.as_deref()) {
        let request = client
            .restore_table_from_backup()
            .target_table_name(&planned.name)
            .backup_arn(backup)
            .billing_mode_override(mode)
            .set_provisioned_throughput_override(capacity)
            .set_on_demand_throughput_override(limits)
            .set_global_secondary_index_override(global)
            .set_local_secondary_index_override(local)
            .set_sse_specification_override(encryption);
        again(cx, || request.clone().send()).await?.table_description
    } else {
        let request = client
            .restore_table_to_point_in_time()
            .target_table_name(&planned.name)
            .set_source_table_name(non_empty(planned.restore_source_name.as_deref()))
            .set_source_table_arn(non_empty(planned.restore_source_table_arn.as_deref()))
            .set_restore_date_time(restore_time(planned)?)
            .set_use_latest_restorable_time(planned.restore_to_latest_time)
            .billing_mode_override(mode)
            .set_provisioned_throughput_override(capacity)
            .set_on_demand_throughput_override(limits)
            .set_global_secondary_index_override(global)
            .set_local_secondary_index_override(local)
            .set_sse_specification_override(encryption);
        again(cx, || request.clone().send()).await?.table_description
    };
    Ok(Begun { arn: table.and_then(|table| table.table_arn), import_arn: None, is_complete: false })
}

fn restore_time(planned: &Attributes) -> Result<Option<DateTime>, Error> {
    let Some(text) = non_empty(planned.restore_date_time.as_deref()) else { return Ok(None) };
    DateTime::from_str(&text, DateTimeFormat::DateTime).map(Some).map_err(|error| {
        Error::told(format!(
            "restore_date_time {text:?} is no time: {error}. Write it in UTC as in \"2030-01-31T12:00:00Z\"."
        ))
    })
}

async fn import_from(
    cx: &Context<'_>,
    client: &Client,
    planned: &Attributes,
    import: &ImportTable,
) -> Result<Begun, Error> {
    let parameters = TableCreationParameters::builder()
        .table_name(&planned.name)
        .set_attribute_definitions(Some(convert::attribute_definitions(&planned.attribute)?))
        .set_key_schema(Some(convert::key_schema(&convert::table_key(planned))?))
        .billing_mode(planned.billing_mode().into())
        .set_provisioned_throughput(convert::table_capacity(planned)?)
        .set_on_demand_throughput(planned.on_demand_throughput.first().map(convert::on_demand))
        .set_global_secondary_indexes(convert::global_indexes(planned)?)
        .set_sse_specification(convert::table_encryption(planned));
    let source = import.s3_bucket_source.first().cloned().unwrap_or_default();
    let bucket = S3BucketSource::builder()
        .s3_bucket(source.bucket)
        .set_s3_bucket_owner(non_empty(source.bucket_owner.as_deref()))
        .set_s3_key_prefix(non_empty(source.key_prefix.as_deref()));
    let request = client
        .import_table()
        .client_token(cx.idempotency_token())
        .s3_bucket_source(built(bucket.build())?)
        .input_format(import.input_format.as_str().into())
        .set_input_format_options(format_options(import))
        .set_input_compression_type(
            non_empty(import.input_compression_type.as_deref()).map(|kind| kind.as_str().into()),
        )
        .table_creation_parameters(built(parameters.build())?);
    let answer = again(cx, || request.clone().send()).await?;
    let description = answer.import_table_description;
    Ok(Begun {
        arn: description.as_ref().and_then(|import| import.table_arn.clone()),
        import_arn: description.and_then(|import| import.import_arn),
        is_complete: false,
    })
}

fn format_options(import: &ImportTable) -> Option<InputFormatOptions> {
    let csv = import.input_format_options.first()?.csv.first()?;
    let headers: Vec<String> = csv.header_list.iter().cloned().collect();
    let csv = CsvOptions::builder()
        .set_delimiter(non_empty(csv.delimiter.as_deref()))
        .set_header_list((!headers.is_empty()).then_some(headers));
    Some(InputFormatOptions::builder().csv(csv.build()).build())
}

async fn again<T, E, A, F>(cx: &Context<'_>, attempt: A) -> Result<T, Error>
where
    E: Into<AwsError>,
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    let budget = wait::remaining(cx, Operation::Create);
    Ok(cx.retry(budget, wait::too_many_at_once, attempt).await?)
}
