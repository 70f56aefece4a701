//! Which AWS operation a request is.
//!
//! AWS names its operations in four places: the `X-Amz-Target` header (JSON protocols), the path
//! (`rpc-v2-cbor`), the `Action` parameter (query protocols), or nowhere, in which case method and path mean
//! it (REST protocols). The service is the name in the signature's credential scope (`s3`, `dynamodb`,
//! `monitoring`, …), because every signed request has one; unsigned requests are told by what they look like.
//!
//! S3's table is in [`super::s3_naming`]. Other REST services are named `METHOD /path/{}/pattern`, without a
//! list of their paths: see [`path_pattern`].

use super::s3_naming;
use super::wire::RequestMessage;

/// How a service speaks, which decides what its errors look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `X-Amz-Target`, JSON bodies.
    Json,
    /// `/service/…/operation/…`, CBOR bodies.
    Cbor,
    /// `Action=…` forms, XML replies.
    Query,
    /// As `Query`, with EC2's own error document.
    Ec2Query,
    /// Method and path, JSON bodies.
    RestJson,
    /// Method and path, XML bodies.
    RestXml,
    /// S3's own flavour of `RestXml`.
    S3,
    /// The container registry beside ECR (`/v2/…`), which is no AWS service.
    Registry,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) protocol: Protocol,
    /// Whether the operation only reads.
    pub(super) is_read: bool,
}

/// Names a request. Every request gets a name; one that nothing is known about is an S3 request, as it would
/// be for the emulators.
pub(super) fn name(request: &RequestMessage) -> Name {
    let (path, query) = split_target(&request.target);
    let signed_for = signing_name(request, query);
    if let Some(target) = request.headers.get("x-amz-target") {
        let (prefix, operation) = target.rsplit_once('.').unwrap_or(("", target));
        let service = signed_for.map_or_else(|| service_of_target(prefix), str::to_owned);
        return remote_call(service, operation, Protocol::Json);
    }
    if request.headers.get("smithy-protocol") == Some("rpc-v2-cbor")
        && let Some(("service", service, "operation", operation)) = four_segments(path)
    {
        let service = signed_for.map_or_else(|| service.to_lowercase(), str::to_owned);
        return remote_call(service, operation, Protocol::Cbor);
    }
    if let Some(action) = parameter(request, query, "Action") {
        let service = signed_for
            .map(str::to_owned)
            .or_else(|| service_of_version(parameter(request, query, "Version")?))
            .unwrap_or_else(|| "unknown".to_owned());
        let protocol = match service.as_str() {
            "ec2" => Protocol::Ec2Query,
            _ => Protocol::Query,
        };
        return remote_call(service, action, protocol);
    }
    name_rest(request, path, query, signed_for)
}

fn name_rest(request: &RequestMessage, path: &str, query: &str, signed_for: Option<&str>) -> Name {
    let method = request.method.as_str();
    let pattern = |path| format!("{method} {}", path_pattern(path));
    let (service, operation, protocol) = match signed_for {
        None if path == "/v2" || path.starts_with("/v2/") => {
            ("registry", format!("{method} {}", registry_pattern(path)), Protocol::Registry)
        }
        Some("s3" | "s3express") | None => {
            if request.headers.get("x-amz-account-id").is_some() && path.starts_with("/v20180820/") {
                (
                    "s3control",
                    s3_naming::control_operation(method, path).unwrap_or_else(|| pattern(path)),
                    Protocol::RestXml,
                )
            } else {
                let operation = s3_naming::operation(request, path, query);
                ("s3", operation, Protocol::S3)
            }
        }
        Some(service @ ("cloudfront" | "route53")) => (service, pattern(path), Protocol::RestXml),
        // Both generations are signed as `apigateway`; only the newer has `/v2/` in its paths.
        Some("apigateway") if path.starts_with("/v2/") => ("apigatewayv2", pattern(path), Protocol::RestJson),
        Some(service) => (service, pattern(path), Protocol::RestJson),
    };
    Name { service: service.to_owned(), operation, protocol, is_read: matches!(method, "GET" | "HEAD") }
}

fn remote_call(service: String, operation: &str, protocol: Protocol) -> Name {
    const READING_VERBS: [&str; 9] =
        ["Get", "Describe", "List", "Head", "BatchGet", "TransactGet", "Query", "Scan", "Lookup"];
    Name {
        service,
        operation: operation.to_owned(),
        protocol,
        is_read: READING_VERBS.iter().any(|verb| operation.starts_with(verb)),
    }
}

/// Path and query of a request target, without the question mark.
pub(super) fn split_target(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

/// The value of a query parameter; `Some("")` for one without a value. Not percent-decoded.
pub(super) fn query_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

/// `s3` from `…Credential=AKID/20250101/us-east-1/s3/aws4_request…`, in the header or a presigned URL.
fn signing_name<'a>(request: &'a RequestMessage, query: &'a str) -> Option<&'a str> {
    let header = request.headers.get("authorization").unwrap_or_default();
    if let Some((_, scope)) = header.split_once("Credential=") {
        let scope = scope.split([',', ' ']).next()?;
        // Counted from the end: an access key may hold a slash, the scope never does.
        return scope.rsplit('/').nth(1);
    }
    let credential = query_value(query, "X-Amz-Credential")?;
    let mut parts = credential.rsplit("%2F");
    match parts.nth(1) {
        Some(service) => Some(service),
        None => credential.rsplit('/').nth(1),
    }
}

/// A parameter of the query protocol: in the form, or in the query string of a presigned request.
fn parameter<'a>(request: &'a RequestMessage, query: &'a str, name: &str) -> Option<&'a str> {
    let is_form =
        request.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form = if is_form { std::str::from_utf8(&request.body).unwrap_or_default() } else { "" };
    query_value(form, name).or_else(|| query_value(query, name))
}

/// `dynamodb` from `DynamoDB_20120810`, for unsigned requests.
fn service_of_target(prefix: &str) -> String {
    let name = prefix.rsplit('.').next().unwrap_or(prefix);
    let name = name.split('_').next().unwrap_or(name);
    name.to_lowercase()
}

/// The API version names the service of the few calls that are made unsigned.
fn service_of_version(version: &str) -> Option<String> {
    let service = match version {
        "2011-06-15" => "sts",
        "2010-05-08" => "iam",
        "2016-11-15" => "ec2",
        _ => return None,
    };
    Some(service.to_owned())
}

fn four_segments(path: &str) -> Option<(&str, &str, &str, &str)> {
    let mut segments = path.trim_matches('/').split('/');
    let found = (segments.next()?, segments.next()?, segments.next()?, segments.next()?);
    segments.next().is_none().then_some(found)
}

/// A path with the names of objects replaced by `{}`:
/// `/2015-03-31/functions/my-function/policy` → `/2015-03-31/functions/{}/policy`.
///
/// AWS's REST paths alternate between a collection and an object in it, after a version. That, and that
/// collections are written in lower-case letters, finds the objects without a table per service.
fn path_pattern(path: &str) -> String {
    let mut pattern = String::new();
    let mut is_object = false;
    for (index, segment) in path.trim_matches('/').split('/').enumerate() {
        pattern.push('/');
        if index == 0 && is_version(segment) {
            pattern.push_str(segment);
        } else if is_object || !is_collection(segment) {
            pattern.push_str("{}");
            is_object = false;
        } else {
            pattern.push_str(segment);
            is_object = true;
        }
    }
    pattern
}

/// `v2`, `2015-03-31` and `2020-05-31`, as paths begin.
fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix('v').unwrap_or(segment);
    !digits.is_empty() && digits.chars().all(|character| character.is_ascii_digit() || character == '-')
}

fn is_collection(segment: &str) -> bool {
    segment.chars().all(|character| character.is_ascii_lowercase() || character == '-')
}

/// Repository names may hold slashes, so what follows them is looked for instead.
fn registry_pattern(path: &str) -> String {
    const ENDPOINTS: [(&str, &str); 4] = [
        ("/blobs/uploads", "/v2/{}/blobs/uploads"),
        ("/blobs/", "/v2/{}/blobs/{}"),
        ("/manifests/", "/v2/{}/manifests/{}"),
        ("/tags/list", "/v2/{}/tags/list"),
    ];
    ENDPOINTS.iter().find(|(marker, _)| path.contains(marker)).map_or("/v2/", |(_, pattern)| pattern).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_proxy::wire::Headers;

    fn request(line: &str, scope: &str, extra: [(&str, &str); 2], body: &str) -> RequestMessage {
        let (method, target) = line.split_once(' ').unwrap_or((line, "/"));
        let mut headers = Headers::from(extra);
        if !scope.is_empty() {
            headers.set(
                "Authorization",
                &format!(
                    "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/{scope}/aws4_request, SignedHeaders=host"
                ),
            );
        }
        RequestMessage::for_test(method, target, headers, body)
    }

    #[test]
    fn every_protocol_names_its_operations() {
        let none = ("X-Other", "1");
        let form = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        let dynamodb = ("X-Amz-Target", "DynamoDB_20120810.PutItem");
        let account = ("x-amz-account-id", "123456789012");
        let cbor = ("smithy-protocol", "rpc-v2-cbor");
        // request line, service signed for, a header, body, expected name
        type Case = (&'static str, &'static str, (&'static str, &'static str), &'static str, &'static str);
        let cases: &[Case] = &[
            ("POST /", "dynamodb", dynamodb, "{}", "dynamodb PutItem write"),
            ("POST /", "", dynamodb, "{}", "dynamodb PutItem write"),
            (
                "POST /",
                "logs",
                ("x-amz-target", "Logs_20140328.DescribeLogGroups"),
                "{}",
                "logs DescribeLogGroups read",
            ),
            (
                "POST /service/GraniteServiceVersion20100801/operation/PutMetricAlarm",
                "monitoring",
                cbor,
                "",
                "monitoring PutMetricAlarm write",
            ),
            ("POST /", "sts", form, "Action=GetCallerIdentity&Version=2011-06-15", "sts GetCallerIdentity read"),
            (
                "POST /",
                "",
                form,
                "Version=2011-06-15&Action=AssumeRoleWithWebIdentity",
                "sts AssumeRoleWithWebIdentity write",
            ),
            ("POST /", "ec2", form, "Action=CreateVpc&Version=2016-11-15", "ec2 CreateVpc write"),
            ("GET /?Action=ListRoles", "iam", none, "", "iam ListRoles read"),
            ("GET /bucket?policy", "s3", none, "", "s3 GetBucketPolicy read"),
            ("GET /anything", "", none, "", "s3 ListObjects read"),
            (
                "GET /bucket/key?X-Amz-Credential=AK%2F20250101%2Fus-east-1%2Fs3%2Faws4_request",
                "",
                none,
                "",
                "s3 GetObject read",
            ),
            ("GET /v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab", "s3", account, "", "s3control ListTagsForResource read"),
            (
                "PUT /2015-03-31/functions/my-function/configuration",
                "lambda",
                none,
                "",
                "lambda PUT /2015-03-31/functions/{}/configuration write",
            ),
            ("GET /2015-03-31/functions/", "lambda", none, "", "lambda GET /2015-03-31/functions read"),
            (
                "PUT /restapis/a1b2c3/resources/xyz/methods/GET/integration",
                "apigateway",
                none,
                "",
                "apigateway PUT /restapis/{}/resources/{}/methods/{}/integration write",
            ),
            (
                "DELETE /v2/apis/abc/routes/def",
                "apigateway",
                none,
                "",
                "apigatewayv2 DELETE /v2/apis/{}/routes/{} write",
            ),
            ("GET /2013-04-01/tags/hostedzone/Z123", "route53", none, "", "route53 GET /2013-04-01/tags/{}/{} read"),
            ("PUT /v2/team/app/manifests/latest", "", none, "", "registry PUT /v2/{}/manifests/{} write"),
        ];
        for (line, scope, header, body, expected) in cases {
            let named = name(&request(line, scope, [*header, ("X-Last", "1")], body));
            let access = if named.is_read { "read" } else { "write" };
            let actual = format!("{} {} {access}", named.service, named.operation);
            assert_eq!(&actual, expected, "{line} signed for {scope:?}");
        }
    }
}
