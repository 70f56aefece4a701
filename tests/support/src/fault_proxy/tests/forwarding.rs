//! Without a rule, the proxy must not be noticed.

use super::super::{FaultProxy, Headers, Response};
use super::*;

#[test]
fn connections_are_kept_on_both_sides_and_the_host_header_is_the_clients() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let mut client = Client::new(&proxy);
    for number in 1..=3 {
        let seen = client.call("GET /a?b=%2F HTTP/1.1\r\nHost: logs.s3.localhost:1\r\nX-Odd:  a b \r\n\r\n");
        assert_eq!(seen.text(), format!("#{number}"));
    }
    let received = origin.received();
    assert_eq!(received[0].head, "GET /a?b=%2F HTTP/1.1\r\nHost: logs.s3.localhost:1\r\nX-Odd: a b\r\n\r\n");
    assert!(received.iter().all(|request| request.connection == 1));
}

#[test]
fn every_way_to_frame_a_message_is_passed_on() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let mut client = Client::new(&proxy);

    let seen = client.call(
        "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Check: 1\r\n\r\n",
    );
    assert_eq!(seen.text(), "hello worldX-Check: 1\r\n");
    let head = origin.received()[0].head.to_lowercase();
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert!(!head.contains("content-length"), "{head}");

    let chunked = client.call("GET /chunked HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(chunked.text(), "5\r\nabcde\r\n0\r\nX-Sum: 5\r\n\r\n");

    let cases = [
        ("GET /until-close", 200, "until the end"),
        ("GET /interim", 200, "final"),
        ("GET /missing", 404, "none"),
        ("DELETE /nothing", 204, ""),
        ("HEAD /head", 200, ""),
        ("GET /no-body", 200, ""),
    ];
    for (line, status, body) in cases {
        let seen = client.call(&format!("{line} HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert_eq!((seen.status(), seen.text().as_str()), (status, body), "{line}");
        if line.starts_with("HEAD") {
            assert!(matches!(&seen, Seen::Reply { head, .. } if head.contains("Content-Length: 12345")));
        }
    }
}

#[test]
fn large_bodies_and_continue_requests_pass() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let mut client = Client::new(&proxy);
    let body: Vec<u8> = (0..30_000_000_u32).map(|n| (n % 251) as u8).collect();
    let head =
        format!("PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", body.len());
    client.send(head.as_bytes());
    let interim = client.receive(false);
    assert_eq!(interim.status(), 100);
    client.send(&body);
    let Seen::Reply { body: echoed, .. } = client.receive(false) else {
        panic!("no reply");
    };
    assert!(echoed == body, "the body was changed on its way");
    assert!(origin.received()[0].body == body);
    assert!(!origin.received()[0].head.to_lowercase().contains("expect"));
}

#[test]
fn an_unreachable_upstream_and_a_garbled_request_are_answered() {
    let origin = Origin::start();
    let unreachable = FaultProxy::start("http://127.0.0.1:1", 1).unwrap();
    let seen = call(&unreachable, &signed("GET /logs", "s3"));
    assert_eq!(seen.status(), 502);
    assert!(seen.text().contains("127.0.0.1:1"), "{}", seen.text());

    let proxy = proxy_before(&origin);
    assert_eq!(call(&proxy, "no such thing\r\n\r\n").status(), 400);
    assert!(proxy.calls().is_empty());

    for wrong in ["127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://h:1/path"] {
        assert!(FaultProxy::start(wrong, 1).is_err(), "{wrong}");
    }
}

#[test]
fn calls_are_recorded_and_counted() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    call(&proxy, &signed("PUT /logs", "s3"));
    call(&proxy, &signed("PUT /logs?versioning", "s3"));
    call(&proxy, &signed("PUT /audit?versioning", "s3"));
    call(&proxy, &json_call("DynamoDB_20120810.PutItem", "{}"));
    let counts: Vec<String> = proxy.counts().iter().map(|(name, count)| format!("{name} {count}")).collect();
    assert_eq!(counts, ["dynamodb:PutItem 1", "s3:CreateBucket 1", "s3:PutBucketVersioning 2"]);
    let call_of_audit = proxy.calls()[2].clone();
    assert_eq!(call_of_audit.path, "/audit");
    assert_eq!(call_of_audit.method, "PUT");
    assert_eq!(call_of_audit.status, Some(200));
    assert_eq!(call_of_audit.forwarded_count, 1);
    assert!(call_of_audit.faults.is_empty());
    assert!(proxy.calls().is_sorted_by_key(|call| call.at_ms));
    proxy.clear_calls();
    assert!(proxy.calls().is_empty() && proxy.counts().is_empty());
}

#[test]
fn a_test_can_answer_in_the_emulators_place() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let answer = |text: &'static str| Response::new(200, "text/plain", text);
    proxy.answer(move |call| (call.operation() == "ListTables").then(|| answer("old")));
    proxy.answer(move |call| {
        let asks_for_more = call.body_text().contains("Limit");
        (call.service() == "dynamodb" && asks_for_more).then(|| answer("new").with_header("X-Fake", "1"))
    });
    let seen = call(&proxy, &json_call("DynamoDB_20120810.ListTables", "{}"));
    assert_eq!(seen.text(), "old");
    let seen = call(&proxy, &json_call("DynamoDB_20120810.ListTables", "{\"Limit\":1}"));
    assert_eq!(seen.text(), "new");
    assert!(matches!(seen, Seen::Reply { head, .. } if head.contains("X-Fake: 1\r\n")));
    assert_eq!(origin.count(), 0);
    let seen = call(&proxy, &json_call("DynamoDB_20120810.CreateTable", "{}"));
    assert_eq!(seen.text(), "#1");
    assert_eq!(proxy.calls()[0].status, Some(200));
}

#[test]
fn headers_are_found_in_any_case_and_replaced_whole() {
    let mut headers = Headers::from([("X-A", "1"), ("x-a", "2"), ("B", "3")]);
    assert_eq!(headers.get("x-A"), Some("1"));
    headers.set("X-a", "4");
    let fields: Vec<&str> = headers.iter().map(|(name, _)| name).collect();
    assert_eq!(fields, ["B", "X-a"]);
}
