//! AWS that refuses, fails or is not there. What was done before stays in the state, and the next apply goes on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::{Effect, FaultProxy, Matcher};
use insta::assert_snapshot;

use crate::world::World;

/// Two buckets and a table; `NAME` is unique to the test. The table comes after the first bucket.
const STACK: &str = r#"resource "aws_s3_bucket" "first" {
  bucket = "NAME-first"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-second"
}

resource "aws_dynamodb_table" "users" {
  name         = "NAME-users"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Bucket = aws_s3_bucket.first.arn
  }
}
"#;

fn stack(name: &str) -> (World, FaultProxy) {
    let emulator = Emulator::shared(Kind::Ministack).unwrap();
    let proxy = FaultProxy::start(emulator.endpoint(), 7).unwrap();
    let world = World::new(&STACK.replace("NAME", name)).at(&proxy.endpoint()).with_filter(
        "request id",
        r"(?i)(request id:? )[\w-]+",
        "${1}[REQUEST_ID]",
    );
    (world, proxy)
}

#[test]
fn no_credentials() {
    let world = World::new(&STACK.replace("NAME", "nobody"));
    world.write("provider.tf", "provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @"");
}

#[test]
fn no_region() {
    let world = World::new(&STACK.replace("NAME", "nowhere"));
    let output = world.infra(&["plan"]).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").run();
    assert_snapshot!(world.filtered(&output), @"");
}

#[test]
fn an_endpoint_that_is_down() {
    let world = World::new(&STACK.replace("NAME", "down")).at("http://127.0.0.1:1");
    let started = Instant::now();
    assert_snapshot!(world.shows(&["apply", "-auto-approve"]), @"");
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "whoever waits should be told sooner: {:?}",
        started.elapsed()
    );
}

#[test]
fn an_error_in_the_middle_of_an_apply() {
    let (world, proxy) = stack("middle");
    let second = |request: &infra_test_support::fault_proxy::Request| request.path().contains("middle-second");
    let refusal = Effect::error(403, "AccessDenied", "User is not authorized to perform: s3:CreateBucket");
    proxy.inject(Matcher::operation("s3", "CreateBucket").when(second), refusal);
    assert_snapshot!(world.shows(&["apply", "-auto-approve"]), @"");
    // The other bucket, and what came after it, is there and remembered.
    let done = ["aws_dynamodb_table.users", "aws_s3_bucket.first"].map(|address| (address.to_owned(), 1));
    assert_eq!(world.managed(), BTreeMap::from(done));

    proxy.clear_rules();
    let rest = BTreeMap::from([("aws_s3_bucket.second".to_owned(), "create".to_owned())]);
    assert_eq!(world.planned(&[]), rest);
    let _ = world.apply_planned();
    world.assert_settled();
    let _ = world.destroy();
}

#[test]
fn an_error_keeps_back_what_depends_on_it() {
    let (world, proxy) = stack("branch");
    let first = |request: &infra_test_support::fault_proxy::Request| request.path().contains("branch-first");
    let refusal = Effect::error(403, "AccessDenied", "User is not authorized to perform: s3:CreateBucket");
    proxy.inject(Matcher::operation("s3", "CreateBucket").when(first), refusal);
    let _ = world.run(&["apply", "-auto-approve"]).assert_exit_code(1);
    assert_eq!(world.managed(), BTreeMap::from([("aws_s3_bucket.second".to_owned(), 1)]));
    assert!(!proxy.counts().contains_key("dynamodb:CreateTable"), "{:?}", proxy.counts());

    proxy.clear_rules();
    let _ = world.apply();
    world.assert_settled();
    let _ = world.destroy();
}

#[test]
fn a_refused_deletion_leaves_the_object_in_the_state() {
    let (world, proxy) = stack("refusal");
    let _ = world.apply();
    proxy.inject(
        Matcher::operation("dynamodb", "DeleteTable"),
        Effect::error(400, "AccessDeniedException", "User is not authorized to perform: dynamodb:DeleteTable"),
    );
    assert_snapshot!(world.shows(&["destroy", "-auto-approve"]), @"");
    // The bucket that the table depends on stays as well.
    let left = ["aws_dynamodb_table.users", "aws_s3_bucket.first"].map(|address| (address.to_owned(), 1));
    assert_eq!(world.managed(), BTreeMap::from(left));
    proxy.clear_rules();
    let _ = world.destroy();
    assert_eq!(world.managed(), BTreeMap::new());
}

#[test]
fn an_expired_token() {
    let (world, proxy) = stack("expired");
    let expired =
        || Effect::error(400, "ExpiredTokenException", "The security token included in the request is expired");
    proxy.inject(Matcher::operation("dynamodb", "*"), expired());
    assert_snapshot!(world.shows(&["apply", "-auto-approve"]), @"");
    // An expired token stays expired: asking again and again only keeps the user waiting.
    let calls = proxy.counts()["dynamodb:CreateTable"];
    assert!(calls <= 2, "{calls} calls with an expired token");
    proxy.clear_rules();
    let _ = world.apply();
    world.assert_settled();
    let _ = world.destroy();
}

#[test]
fn throttling_and_server_errors_pass() {
    let (world, proxy) = stack("throttled");
    proxy.inject(Matcher::any().probability(0.3), Effect::Throttle);
    proxy.inject(Matcher::any().probability(0.05), Effect::server_error(500));
    let _ = world.apply();
    world.assert_settled();
    let _ = world.destroy();
    let hit = proxy.calls().iter().filter(|call| !call.faults.is_empty()).count();
    assert!(hit > 5, "the proxy was to be in the way, and was {hit} times");
}

#[test]
fn a_bucket_that_somebody_else_owns() {
    let (world, proxy) = stack("taken");
    proxy.inject(
        Matcher::operation("s3", "CreateBucket").first(1),
        Effect::error(409, "BucketAlreadyExists", "The requested bucket name is not available."),
    );
    assert_snapshot!(world.shows(&["apply", "-auto-approve", "-target=aws_s3_bucket.second"]), @"");
}

#[test]
fn a_read_that_is_refused_changes_nothing() {
    let (world, proxy) = stack("unread");
    let _ = world.apply();
    let before = world.read("terraform.tfstate");
    proxy.inject(
        Matcher::operation("dynamodb", "DescribeTable"),
        Effect::error(400, "AccessDeniedException", "User is not authorized to perform: dynamodb:DescribeTable"),
    );
    assert_snapshot!(world.shows(&["plan"]), @"");
    assert_eq!(world.read("terraform.tfstate"), before);
    proxy.clear_rules();
    let _ = world.destroy();
}
