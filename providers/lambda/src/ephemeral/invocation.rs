//! `aws_lambda_invocation`: what a function answers. It is called anew in each run that needs it.

use async_trait::async_trait;
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LogType;
use infra_provider_kit::{AwsEphemeral, AwsError, Context, Error, client, text_of};
use serde::{Deserialize, Serialize};

/// `aws_lambda_invocation`
pub struct Invocation;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// JSON in base64.
    #[serde(skip_serializing)]
    pub client_context: Option<String>,
    pub executed_version: Option<String>,
    /// Always null: a function that fails is an error.
    pub function_error: Option<String>,
    /// A name or an ARN.
    #[serde(skip_serializing)]
    pub function_name: String,
    /// The last lines of the log in base64, for `log_type = "Tail"`.
    pub log_result: Option<String>,
    #[serde(skip_serializing)]
    pub log_type: Option<String>,
    /// JSON that the function gets.
    #[serde(skip_serializing)]
    pub payload: String,
    #[serde(skip_serializing)]
    pub qualifier: Option<String>,
    /// JSON that the function answers.
    pub result: Option<String>,
    pub status_code: Option<i32>,
}

#[async_trait]
impl AwsEphemeral for Invocation {
    const TYPE: &'static str = "aws_lambda_invocation";
    const NOUN: &'static str = "Lambda invocation";
    type Attributes = Attributes;

    async fn open(&self, cx: &Context<'_>, config: Attributes) -> Result<Attributes, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let call = client!(cx, aws_sdk_lambda, "lambda")
            .invoke()
            .set_client_context(given(&config.client_context))
            .function_name(&config.function_name)
            .set_log_type(given(&config.log_type).as_deref().map(LogType::from))
            .payload(Blob::new(config.payload.as_bytes()))
            .set_qualifier(given(&config.qualifier));
        let answer = call.send().await.map_err(|error| explained(error.into(), cx.region(), &config))?;
        attributes(answer, config)
    }
}

fn attributes(answer: InvokeOutput, config: Attributes) -> Result<Attributes, Error> {
    let payload = answer.payload.map(Blob::into_inner);
    if let Some(kind) = answer.function_error {
        return Err(failed(&config.function_name, &kind, payload.as_deref().unwrap_or_default()));
    }
    Ok(Attributes {
        executed_version: answer.executed_version,
        log_result: answer.log_result,
        result: payload.map(|payload| text_of(payload, "The function's answer")).transpose()?,
        status_code: Some(answer.status_code),
        ..config
    })
}

/// What a function answers that failed.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Failure {
    error_type: Option<String>,
}

/// A function that failed. What it says of the failure may hold what it was given or meant to answer, so that only the
/// kind of failure is told.
fn failed(function: &str, kind: &str, payload: &[u8]) -> Error {
    // An answer that is no JSON has no type of error to tell.
    let failure: Failure = serde_json::from_slice(payload).unwrap_or_default();
    let what = failure.error_type.map_or_else(|| kind.to_owned(), |error| format!("{kind}, {error}"));
    Error::told(format!(
        "The function {function:?} was called and failed ({what}). Its answer is not shown, because it may hold secrets: look \
         into the function's log, by default the CloudWatch log group /aws/lambda/NAME, and correct the function or the \
         payload."
    ))
}

/// With what to do, where AWS only says that there is nothing.
fn explained(error: AwsError, region: &str, config: &Attributes) -> Error {
    let function = &config.function_name;
    match error.code() {
        Some("ResourceNotFoundException") => Error::from(error).hint(format!(
            "Check that the function {function:?} is in {region}, and any qualifier. One that this configuration makes \
             must be named by reference, such as aws_lambda_function.NAME.function_name, so that it is made first."
        )),
        Some("InvalidRequestContentException") => Error::from(error).hint(
            "Write payload as JSON, with jsonencode; client_context is JSON too, in base64: base64encode(jsonencode(…)).",
        ),
        // AWS names another action than the operation.
        _ if error.is_refused() => Error::from(error).hint("The action to allow is called lambda:InvokeFunction."),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(answer: InvokeOutput) -> Result<Attributes, String> {
        let config = Attributes { function_name: "mint".to_owned(), ..Attributes::default() };
        attributes(answer, config).map_err(|error| match error {
            Error::Told(diagnostics) => diagnostics.0[0].detail.clone(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn answers() {
        let answer = |payload: &[u8]| InvokeOutput::builder().status_code(200).payload(Blob::new(payload));
        let opened_one = opened(answer(b"{\"token\":1}").executed_version("7").build()).ok().unwrap();
        assert_eq!(opened_one.result.as_deref(), Some("{\"token\":1}"));
        assert_eq!((opened_one.status_code, opened_one.executed_version.as_deref()), (Some(200), Some("7")));

        let failure = br#"{"errorMessage": "hunter2 is wrong", "errorType": "ValueError"}"#;
        for (payload, what) in [(&failure[..], "(Unhandled, ValueError)"), (b"hunter2", "(Unhandled)")] {
            let detail = opened(answer(payload).function_error("Unhandled").build()).err().unwrap();
            assert!(detail.starts_with(&format!("The function \"mint\" was called and failed {what}.")), "{detail}");
            assert!(!detail.contains("hunter2"), "{detail}");
        }
    }
}
