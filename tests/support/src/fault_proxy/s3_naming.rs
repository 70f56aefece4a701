//! Which S3 operation a request is: by method, by whether it names a bucket and a key, and by the one query
//! parameter that selects a part of them (`?versioning`, `?uploads`, …).

use super::naming::query_value;
use super::wire::RequestMessage;

/// Query parameter and the noun behind `Get`, `Put` and `Delete` for that part of a bucket.
const BUCKET_PARTS: [(&str, &str); 22] = [
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("analytics", "BucketAnalyticsConfiguration"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("metrics", "BucketMetricsConfiguration"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// Query parameter and noun for that part of an object.
const OBJECT_PARTS: [(&str, &str); 5] = [
    ("acl", "ObjectAcl"),
    ("attributes", "ObjectAttributes"),
    ("legal-hold", "ObjectLegalHold"),
    ("retention", "ObjectRetention"),
    ("tagging", "ObjectTagging"),
];

/// The operation's name as AWS's API reference has it (`PutBucketVersioning`).
pub(super) fn operation(request: &RequestMessage, path: &str, query: &str) -> String {
    let host = request.headers.get("host").unwrap_or_default();
    let path = path.trim_start_matches('/');
    let (has_bucket, key) = if names_bucket(host) {
        (true, path)
    } else {
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        (!bucket.is_empty(), key)
    };
    let method = request.method.as_str();
    match (has_bucket, key.is_empty()) {
        (false, _) => service_operation(method).to_owned(),
        (true, true) => bucket_operation(method, query),
        (true, false) => object_operation(request, query),
    }
}

/// S3 Control's operations on tags, which the AWS provider uses for buckets; `None` for others.
pub(super) fn control_operation(method: &str, path: &str) -> Option<String> {
    if !path.starts_with("/v20180820/tags/") {
        return None;
    }
    let name = match method {
        "GET" => "ListTagsForResource",
        "POST" => "TagResource",
        "DELETE" => "UntagResource",
        _ => return None,
    };
    Some(name.to_owned())
}

/// Whether the bucket is in the host name (`logs.s3.localhost:4566`, `logs.localhost:4566`) and so not in the path.
fn names_bucket(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_address = name.chars().all(|character| character.is_ascii_digit() || character == '.');
    if is_address || name.starts_with('[') || name.starts_with("s3.") || name.starts_with("s3-") {
        return false;
    }
    name.contains(".s3.") || name.contains(".s3-") || name.ends_with(".localhost")
}

fn service_operation(method: &str) -> &'static str {
    match method {
        "GET" => "ListBuckets",
        _ => "UnknownOperation",
    }
}

fn bucket_operation(method: &str, query: &str) -> String {
    let has = |name| query_value(query, name).is_some();
    let part = BUCKET_PARTS.iter().find(|(parameter, _)| has(parameter));
    if let Some((parameter, noun)) = part {
        return part_operation(method, parameter, noun, has("id"));
    }
    let name = match method {
        "GET" if has("uploads") => "ListMultipartUploads",
        "GET" if has("versions") => "ListObjectVersions",
        "GET" if has("session") => "CreateSession",
        "GET" if query_value(query, "list-type") == Some("2") => "ListObjectsV2",
        "GET" => "ListObjects",
        "HEAD" => "HeadBucket",
        "PUT" => "CreateBucket",
        "DELETE" => "DeleteBucket",
        "POST" if has("delete") => "DeleteObjects",
        "POST" => "PostObject",
        _ => "UnknownOperation",
    };
    name.to_owned()
}

fn part_operation(method: &str, parameter: &str, noun: &str, has_id: bool) -> String {
    let comes_in_numbers = matches!(parameter, "analytics" | "intelligent-tiering" | "inventory" | "metrics");
    match method {
        "GET" if comes_in_numbers && !has_id => format!("List{noun}s"),
        "GET" => format!("Get{noun}"),
        "PUT" => format!("Put{noun}"),
        "DELETE" if parameter == "lifecycle" => "DeleteBucketLifecycle".to_owned(),
        "DELETE" => format!("Delete{noun}"),
        _ => "UnknownOperation".to_owned(),
    }
}

fn object_operation(request: &RequestMessage, query: &str) -> String {
    let has = |name| query_value(query, name).is_some();
    let method = request.method.as_str();
    if let Some((_, noun)) = OBJECT_PARTS.iter().find(|(parameter, _)| has(parameter)) {
        return part_operation(method, "", noun, false);
    }
    let is_copy = request.headers.get("x-amz-copy-source").is_some();
    let name = match method {
        "PUT" if has("uploadId") && is_copy => "UploadPartCopy",
        "PUT" if has("uploadId") => "UploadPart",
        "GET" if has("uploadId") => "ListParts",
        "POST" if has("uploadId") => "CompleteMultipartUpload",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" if has("restore") => "RestoreObject",
        "POST" if has("select") => "SelectObjectContent",
        "PUT" if is_copy => "CopyObject",
        "PUT" => "PutObject",
        "GET" => "GetObject",
        "HEAD" => "HeadObject",
        "DELETE" => "DeleteObject",
        _ => "UnknownOperation",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::naming::split_target;
    use super::*;
    use crate::fault_proxy::wire::Headers;

    #[test]
    fn requests_have_the_names_of_the_api_reference() {
        let path_style = "127.0.0.1:4566";
        let virtual_host = "logs.s3.localhost:4566";
        let cases = [
            (path_style, "GET /", "ListBuckets"),
            (path_style, "PUT /logs", "CreateBucket"),
            (path_style, "PUT /logs/", "CreateBucket"),
            (path_style, "HEAD /logs", "HeadBucket"),
            (path_style, "DELETE /logs", "DeleteBucket"),
            (path_style, "PUT /logs?versioning", "PutBucketVersioning"),
            (path_style, "PUT /logs?versioning=", "PutBucketVersioning"),
            (path_style, "GET /logs?policy", "GetBucketPolicy"),
            (path_style, "GET /logs?policyStatus", "GetBucketPolicyStatus"),
            (path_style, "DELETE /logs?lifecycle", "DeleteBucketLifecycle"),
            (path_style, "GET /logs?lifecycle", "GetBucketLifecycleConfiguration"),
            (path_style, "DELETE /logs?tagging", "DeleteBucketTagging"),
            (path_style, "PUT /logs?publicAccessBlock", "PutPublicAccessBlock"),
            (path_style, "GET /logs?object-lock", "GetObjectLockConfiguration"),
            (path_style, "GET /logs?metrics", "ListBucketMetricsConfigurations"),
            (path_style, "GET /logs?metrics&id=all", "GetBucketMetricsConfiguration"),
            (path_style, "GET /logs?list-type=2&prefix=a", "ListObjectsV2"),
            (path_style, "GET /logs?versions", "ListObjectVersions"),
            (path_style, "POST /logs?delete", "DeleteObjects"),
            (path_style, "PUT /logs/a/b.json?x-id=PutObject", "PutObject"),
            (path_style, "GET /logs/a?versionId=7", "GetObject"),
            (path_style, "GET /logs/a?tagging", "GetObjectTagging"),
            (path_style, "POST /logs/a?uploads", "CreateMultipartUpload"),
            (path_style, "PUT /logs/a?partNumber=1&uploadId=u", "UploadPart"),
            (path_style, "POST /logs/a?uploadId=u", "CompleteMultipartUpload"),
            (virtual_host, "PUT /", "CreateBucket"),
            (virtual_host, "GET /a", "GetObject"),
            ("logs.localhost:4566", "GET /?acl", "GetBucketAcl"),
            ("localhost:4566", "GET /logs?acl", "GetBucketAcl"),
            ("s3.us-east-1.amazonaws.com", "HEAD /logs/a", "HeadObject"),
        ];
        for (host, line, expected) in cases {
            let (method, target) = line.split_once(' ').unwrap_or((line, "/"));
            let request = RequestMessage::for_test(method, target, Headers::from([("Host", host)]), "");
            let (path, query) = split_target(target);
            assert_eq!(operation(&request, path, query), expected, "{host} {line}");
        }
        let copy = RequestMessage::for_test("PUT", "/logs/b", Headers::from([("x-amz-copy-source", "logs/a")]), "");
        assert_eq!(operation(&copy, "/logs/b", ""), "CopyObject");
    }
}
