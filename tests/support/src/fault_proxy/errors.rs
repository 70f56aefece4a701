//! Error replies in each service's own format.
//!
//! Clients decide by status and code whether to try again, so both are the service's own. The shapes follow
//! the AWS protocol specifications; request ids are constant, so that output can be compared.

use super::Request;
use super::naming::Protocol;
use super::wire::Response;

const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";

/// The reply of a service that refuses because of too many calls.
pub(super) fn throttled(request: &Request) -> Response {
    let (status, code, message) = match (request.protocol(), request.service()) {
        (Protocol::S3, _) => (503, "SlowDown", "Please reduce your request rate."),
        (Protocol::Ec2Query, _) => (503, "RequestLimitExceeded", "Request limit exceeded."),
        (Protocol::Query | Protocol::RestXml, _) => (400, "Throttling", "Rate exceeded"),
        (Protocol::RestJson, _) => (429, "TooManyRequestsException", "Rate exceeded"),
        (Protocol::Registry, _) => (429, "TOOMANYREQUESTS", "Rate exceeded"),
        (_, "dynamodb") if is_item_operation(request.operation()) => (
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded.",
        ),
        (Protocol::Json | Protocol::Cbor, _) => (400, "ThrottlingException", "Rate exceeded"),
    };
    error(request, status, code, message)
}

/// An error reply with that status, code and message.
pub(super) fn error(request: &Request, status: u16, code: &str, message: &str) -> Response {
    let reply = match request.protocol() {
        Protocol::Json => json_error(request, status, code, message),
        Protocol::Cbor => cbor_error(status, code, message),
        Protocol::RestJson => {
            let body = serde_json::json!({ "message": message, "Message": message });
            Response::new(status, "application/json", body.to_string()).with_header("x-amzn-ErrorType", code)
        }
        Protocol::S3 => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{}<RequestId>{REQUEST_ID}</RequestId></Error>",
                code_and_message(code, message)
            );
            Response::new(status, "application/xml", body)
        }
        Protocol::Query | Protocol::RestXml => {
            let fault = if status < 500 { "Sender" } else { "Receiver" };
            let body = format!(
                "<ErrorResponse><Error><Type>{fault}</Type>{}</Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>",
                code_and_message(code, message)
            );
            Response::new(status, "text/xml", body)
        }
        Protocol::Ec2Query => {
            let body = format!(
                "<Response><Errors><Error>{}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>",
                code_and_message(code, message)
            );
            Response::new(status, "text/xml", body)
        }
        Protocol::Registry => {
            let body = serde_json::json!({ "errors": [{ "code": code, "message": message }] });
            Response::new(status, "application/json", body.to_string())
        }
    };
    reply.with_header("x-amzn-RequestId", REQUEST_ID)
}

/// Calls that spend a table's throughput; the others manage tables and are throttled under another name.
fn is_item_operation(operation: &str) -> bool {
    operation.ends_with("Item") || operation.ends_with("Items") || matches!(operation, "Query" | "Scan")
}

fn json_error(request: &Request, status: u16, code: &str, message: &str) -> Response {
    let content_type = request.header("content-type").unwrap_or("application/x-amz-json-1.0");
    let body = serde_json::json!({ "__type": code, "message": message });
    Response::new(status, content_type, body.to_string())
}

fn cbor_error(status: u16, code: &str, message: &str) -> Response {
    let mut body = vec![0xa2]; // a map of two pairs
    for text in ["__type", code, "message", message] {
        cbor_text(text, &mut body);
    }
    Response::new(status, "application/cbor", body).with_header("smithy-protocol", "rpc-v2-cbor")
}

/// A CBOR text string, its length in two bytes; longer texts are cut, which no error message reaches.
fn cbor_text(text: &str, out: &mut Vec<u8>) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.push(0x79);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&text.as_bytes()[..usize::from(length)]);
}

fn code_and_message(code: &str, message: &str) -> String {
    format!("<Code>{}</Code><Message>{}</Message>", xml_text(code), xml_text(message))
}

fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
