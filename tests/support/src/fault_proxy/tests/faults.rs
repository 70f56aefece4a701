//! Each kind of fault, as the client and the server see it.

use std::sync::mpsc;
use std::time::Instant;

use super::super::{Effect, Hold, Matcher};
use super::*;

#[test]
fn throttling_speaks_each_services_language() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    proxy.inject(Matcher::any(), Effect::Throttle);
    let form = |service: &str, body: &str| {
        signed("POST /", service).replace(
            "\r\n\r\n",
            &format!(
                "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
    };
    let cbor = signed("POST /service/GraniteServiceVersion20100801/operation/PutMetricAlarm", "monitoring")
        .replace("\r\n\r\n", "\r\nsmithy-protocol: rpc-v2-cbor\r\n\r\n");
    let cases = [
        (signed("PUT /logs", "s3"), 503, "<Error><Code>SlowDown</Code>"),
        (json_call("DynamoDB_20120810.PutItem", "{}"), 400, "{\"__type\":\"ProvisionedThroughputExceededException\""),
        (json_call("DynamoDB_20120810.CreateTable", "{}"), 400, "{\"__type\":\"ThrottlingException\""),
        (
            form("iam", "Action=CreateRole&Version=2010-05-08"),
            400,
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>",
        ),
        (
            form("ec2", "Action=CreateVpc&Version=2016-11-15"),
            503,
            "<Response><Errors><Error><Code>RequestLimitExceeded</Code>",
        ),
        (signed("GET /2015-03-31/functions/f", "lambda"), 429, "{\"message\":\"Rate exceeded\""),
        (cbor, 400, "\u{fffd}y\0\u{6}__typey\0\u{13}ThrottlingExceptiony\0\u{7}message"),
    ];
    for (request, status, body) in cases {
        let seen = call(&proxy, &request);
        assert_eq!(seen.status(), status, "{request}");
        assert!(seen.text().contains(body), "{}", seen.text());
    }
    let lambda = call(&proxy, &signed("GET /2015-03-31/functions/f", "lambda"));
    assert!(matches!(lambda, Seen::Reply { head, .. } if head.contains("x-amzn-ErrorType: TooManyRequestsException")));
    let head = call(&proxy, &signed("HEAD /logs", "s3"));
    assert_eq!((head.status(), head.text().as_str()), (503, ""));
    assert_eq!(origin.count(), 0);
    assert_eq!(proxy.calls()[0].faults, ["throttle"]);
    assert_eq!(proxy.calls()[0].forwarded_count, 0);
}

#[test]
fn errors_carry_status_code_and_message() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    proxy.inject(Matcher::operation("s3", "Head*"), Effect::server_error(500));
    proxy.inject(Matcher::operation("s3", "*"), Effect::error(404, "NoSuchBucket", "a < b & c"));
    assert_eq!(call(&proxy, &signed("HEAD /logs", "s3")).status(), 500);
    let seen = call(&proxy, &signed("GET /logs", "s3"));
    assert_eq!(seen.status(), 404);
    assert!(seen.text().contains("<Code>NoSuchBucket</Code><Message>a &lt; b &amp; c</Message>"), "{}", seen.text());
}

#[test]
fn connections_are_reset_before_or_after_the_service_acted() {
    for (effect, count) in [(Effect::ResetBeforeForward, 0), (Effect::ResetAfterForward, 1)] {
        let origin = Origin::start();
        let proxy = proxy_before(&origin);
        let label = effect.label();
        let rule = proxy.inject(Matcher::operation("s3", "CreateBucket").nth(1), effect);
        assert_eq!(call(&proxy, &signed("PUT /logs", "s3")), Seen::Reset, "{label}");
        assert_eq!(origin.count(), count, "{label}");
        assert_eq!(proxy.calls()[0].status, None);
        assert_eq!(usize::from(proxy.calls()[0].forwarded_count), count);
        assert_eq!(proxy.calls()[0].faults, [label]);
        assert_eq!(call(&proxy, &signed("PUT /logs", "s3")).status(), 200);
        assert_eq!(proxy.fired_count(rule), 1);
    }
}

#[test]
fn a_duplicated_request_arrives_twice_and_is_answered_with_the_second_reply() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    proxy.inject(Matcher::operation("dynamodb", "PutItem"), Effect::Duplicate);
    let request = json_call("DynamoDB_20120810.PutItem", "{\"Item\":1}");
    assert_eq!(call(&proxy, &request).text(), "#2");
    let bodies: Vec<Vec<u8>> = origin.received().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [b"{\"Item\":1}", b"{\"Item\":1}"]);
    assert_eq!(proxy.calls()[0].forwarded_count, 2);
    assert_eq!(proxy.counts()["dynamodb:PutItem"], 1);
}

#[test]
fn a_truncated_reply_ends_in_the_middle() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    proxy.inject(Matcher::any(), Effect::TruncateReply);
    let put = |path: &str| {
        signed(&format!("PUT {path}"), "s3").replace("\r\n\r\n", "\r\nContent-Length: 10\r\n\r\n0123456789")
    };
    assert_eq!(call(&proxy, &put("/logs/echo")), Seen::CutOff(5));
    // Without a body to cut, the head is.
    assert!(matches!(call(&proxy, &put("/logs/no-body")), Seen::CutOff(1..)));
    assert!(matches!(call(&proxy, &signed("GET /logs/chunked", "s3")), Seen::CutOff(1..)));
    assert_eq!(origin.count(), 3);
}

#[test]
fn delays_add_up_and_show_in_the_record() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let milliseconds = Duration::from_millis;
    proxy.inject(Matcher::service("s3"), Effect::Delay(milliseconds(40)));
    proxy.inject(Matcher::service("s3"), Effect::DelayBetween(milliseconds(30), milliseconds(60)));
    let started = Instant::now();
    call(&proxy, &signed("GET /logs", "s3"));
    assert!(started.elapsed() >= milliseconds(70));
    assert!(proxy.calls()[0].duration_ms >= 70);
    assert_eq!(proxy.calls()[0].faults, ["delay", "delay"]);
    proxy.clear_rules();
    call(&proxy, &signed("GET /logs", "s3"));
    assert_eq!(proxy.calls()[1].faults, Vec::<&str>::new());
}

#[test]
fn a_stale_read_repeats_what_was_said_before_the_change_for_a_while() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let window = Duration::from_millis(300);
    let rule = proxy.inject(Matcher::any(), Effect::StaleRead(window));
    let read = || call(&proxy, &signed("GET /logs?policy", "s3")).text();
    assert_eq!(read(), "#1");
    assert_eq!(read(), "#2", "nothing changed yet");
    // Neither another service's change nor one that failed makes it outdated.
    call(&proxy, &json_call("DynamoDB_20120810.PutItem", "{}"));
    call(&proxy, &signed("DELETE /logs/missing", "s3"));
    assert_eq!(read(), "#5");
    let changed = Instant::now();
    call(&proxy, &signed("PUT /logs?policy", "s3"));
    assert_eq!(read(), "#5");
    assert_eq!(call(&proxy, &signed("GET /logs?acl", "s3")).text(), "#7", "never read before");
    assert_eq!(read(), "#5");
    std::thread::sleep(window.saturating_sub(changed.elapsed()));
    assert_eq!(read(), "#8");
    assert!(proxy.fired_count(rule) > 0);
    assert_eq!(proxy.calls()[6].forwarded_count, 0);
}

#[test]
fn held_calls_wait_for_the_test_on_either_side_of_the_service() {
    type Kind = fn(Hold) -> Effect;
    let cases: [(Kind, usize); 2] = [(Effect::HoldBeforeForward, 0), (Effect::HoldAfterForward, 1)];
    for (kind, count_while_held) in cases {
        for is_released in [true, false] {
            let origin = Origin::start();
            let proxy = proxy_before(&origin);
            let hold = Hold::new();
            proxy.inject(Matcher::operation("s3", "CreateBucket"), kind(hold.clone()));
            assert!(!hold.wait_until_reached(Duration::from_millis(20)));
            let mut client = Client::new(&proxy);
            client.send(signed("PUT /logs", "s3").as_bytes());
            assert!(hold.wait_until_reached(PATIENCE));
            assert_eq!(hold.arrivals(), 1);
            // Others are not held up.
            assert_eq!(call(&proxy, &signed("GET /other", "s3")).status(), 200);
            assert_eq!(origin.count(), count_while_held + 1);
            assert_eq!(proxy.calls()[0].status, None);
            if is_released {
                hold.release();
                assert_eq!(client.receive(false).status(), 200);
                assert_eq!(origin.count(), 2);
            } else {
                hold.abandon();
                assert_eq!(client.receive(false), Seen::Reset);
                assert_eq!(origin.count(), count_while_held + 1);
            }
        }
    }
}

#[test]
fn dropping_the_proxy_ends_held_calls() {
    let origin = Origin::start();
    let proxy = proxy_before(&origin);
    let hold = Hold::new();
    proxy.inject(Matcher::any(), Effect::HoldBeforeForward(hold.clone()));
    let mut client = Client::new(&proxy);
    client.send(signed("PUT /logs", "s3").as_bytes());
    assert!(hold.wait_until_reached(PATIENCE));
    let address = proxy.address;
    drop(proxy);
    assert!(matches!(client.receive(false), Seen::CutOff(0) | Seen::Reset));
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(origin.count(), 0);
}

#[test]
fn rules_pick_calls_by_number_and_condition() {
    let origin = Origin::start();
    let hit = |matcher: Matcher| -> Vec<usize> {
        let proxy = proxy_before(&origin);
        proxy.inject(matcher, Effect::server_error(500));
        let paths = ["/a", "/b", "/a", "/b", "/a", "/b"];
        let statuses = paths.map(|path| call(&proxy, &signed(&format!("GET {path}"), "s3")).status());
        (1..=6).filter(|number| statuses[number - 1] == 500).collect()
    };
    let s3 = || Matcher::service("s3");
    let only_b = || s3().when(|call| call.path() == "/b");
    assert_eq!(hit(s3().nth(2)), [2]);
    assert_eq!(hit(s3().first(2)), [1, 2]);
    assert_eq!(hit(s3().after(4)), [5, 6]);
    assert_eq!(hit(only_b()), [2, 4, 6]);
    assert_eq!(hit(only_b().nth(2)), [4]);
    assert_eq!(hit(Matcher::operation("s3", "Put*")), Vec::<usize>::new());
    assert_eq!(hit(s3().probability(0.0)), Vec::<usize>::new());
    assert_eq!(hit(s3().probability(1.0)).len(), 6);
}

#[test]
fn the_same_seed_hits_the_same_calls_in_any_order() {
    let origin = Origin::start();
    let hits = |seed: u64, paths: &[String]| -> Vec<String> {
        let proxy = FaultProxy::start(&origin.endpoint(), seed).unwrap();
        proxy.inject(Matcher::any().probability(0.3), Effect::Throttle);
        let (sender, hits) = mpsc::channel();
        std::thread::scope(|scope| {
            for half in paths.chunks(paths.len() / 2) {
                let (proxy, sender) = (&proxy, sender.clone());
                scope.spawn(move || {
                    let mut client = Client::new(proxy);
                    for path in half {
                        let seen = client.call(&signed(&format!("GET {path}"), "s3"));
                        if seen.status() == 503 {
                            sender.send(path.clone()).unwrap();
                        }
                    }
                });
            }
        });
        drop(sender);
        let mut hits: Vec<String> = hits.iter().collect();
        hits.sort();
        hits
    };
    let forwards: Vec<String> = (0..200).map(|number| format!("/bucket-{number}")).collect();
    let backwards: Vec<String> = forwards.iter().rev().cloned().collect();
    let first = hits(7, &forwards);
    assert!((35..=85).contains(&first.len()), "{} of 200", first.len());
    assert_eq!(first, hits(7, &backwards));
    assert_ne!(first, hits(8, &forwards));
}
