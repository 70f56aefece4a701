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

/// The least that needs an account.
const QUESTION: &str = "data \"aws_caller_identity\" \"here\" {}\n";

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
    let world = World::new(QUESTION);
    world.write("provider.tf", "provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No AWS credentials
     --> provider.tf:1:16
      |
    1 | provider "aws" {
      |                ^ No credentials for AWS were found
      = in provider["registry.terraform.io/hashicorp/aws"]

      Looked at:
        - provider block: no access_key and secret_key
        - environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set
        - environment: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not both set
        - shared files: there is no profile "default"
        - container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor
      AWS_CONTAINER_CREDENTIALS_FULL_URI is set
        - instance metadata service: switched off
      Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in (`aws sso login`, `aws
      configure`).
    help: to try things out without an AWS account, use -sandbox
    "#);
}

#[test]
fn no_region() {
    let world = World::new(QUESTION);
    let output = world.infra(&["plan"]).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").run();
    assert_snapshot!(world.filtered(&output), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: No AWS region
      = in provider["registry.terraform.io/hashicorp/aws"]

      The AWS provider needs a region. Set `region` in the provider block, or AWS_REGION.
    "#);
}

#[test]
fn an_endpoint_that_is_down() {
    let world = World::new(QUESTION).at("http://127.0.0.1:1");
    let started = Instant::now();
    assert_snapshot!(world.shows(&["apply", "-auto-approve"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: AWS credentials cannot be checked
      = in provider["registry.terraform.io/hashicorp/aws"]

      AWS was asked whose credentials these are, and did not tell: operation sts:GetCallerIdentity:
      could not reach the endpoint: Connection refused (os error 111).
    help: Check the network, the region, and any endpoint set for sts in the provider block or in
          AWS_ENDPOINT_URL.
    help: an AWS-compatible server without STS needs skip_credentials_validation and
          skip_requesting_account_id in the provider block
    "#);
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
    assert_snapshot!(world.complains(&["apply", "-auto-approve"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    aws_s3_bucket.first: Creating...
    aws_s3_bucket.first: Creation complete after [ELAPSED] [id=middle-first]
    aws_dynamodb_table.users: Creating...
    aws_dynamodb_table.users: Creation complete after [ELAPSED] [id=middle-users]
    aws_s3_bucket.second: Creating...
    aws_s3_bucket.second: Creation failed after [ELAPSED]
    error: creating S3 bucket (middle-second)
     --> main.tf:5:35
      |
    5 | resource "aws_s3_bucket" "second" {
      |                                   ^
      = in aws_s3_bucket.second

      operation s3:CreateBucket: AccessDenied: User is not authorized to perform: s3:CreateBucket
      (status 403, request id [UUID])
    help: Allow s3:CreateBucket on this object to the role or user that runs this, or use another one.
    "#);
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
    assert_snapshot!(world.complains(&["destroy", "-auto-approve"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    aws_dynamodb_table.users: Refreshing state... [id=refusal-users]
    aws_s3_bucket.first: Refreshing state... [id=refusal-first]
    aws_s3_bucket.second: Refreshing state... [id=refusal-second]
    aws_dynamodb_table.users: Destroying... [id=refusal-users]
    aws_dynamodb_table.users: Destruction failed after [ELAPSED]
    aws_s3_bucket.second: Destroying... [id=refusal-second]
    aws_s3_bucket.second: Destruction complete after [ELAPSED]
    error: deleting DynamoDB table (refusal-users)
     --> main.tf:9:39
      |
    9 | resource "aws_dynamodb_table" "users" {
      |                                       ^
      = in aws_dynamodb_table.users

      operation dynamodb:DeleteTable: AccessDeniedException: User is not authorized to perform:
      dynamodb:DeleteTable (status 400, request id [UUID])
    help: Allow dynamodb:DeleteTable on this object to the role or user that runs this, or use another
          one.

    1 change(s) were not started. What was done is in the state; run apply again for the rest.
    "#);
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
    assert_snapshot!(world.complains(&["apply", "-auto-approve"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    aws_s3_bucket.first: Creating...
    aws_s3_bucket.first: Creation complete after [ELAPSED] [id=expired-first]
    aws_dynamodb_table.users: Creating...
    aws_dynamodb_table.users: Creation failed after [ELAPSED]
    aws_s3_bucket.second: Creating...
    aws_s3_bucket.second: Creation complete after [ELAPSED] [id=expired-second]
    error: creating DynamoDB table (expired-users)
     --> main.tf:9:39
      |
    9 | resource "aws_dynamodb_table" "users" {
      |                                       ^
      = in aws_dynamodb_table.users

      operation dynamodb:DescribeTable: ExpiredTokenException: The security token included in the
      request is expired (status 400, request id [UUID])
    help: Provide valid credentials: renew the session (for single sign-on: `aws sso login`), or check
          AWS_PROFILE, AWS_ACCESS_KEY_ID and the provider block.
    "#);
    // An expired token stays expired: asking again and again only keeps the user waiting.
    let calls = proxy.calls().iter().filter(|call| call.service == "dynamodb").count();
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
    assert_snapshot!(world.complains(&["apply", "-auto-approve", "-target=aws_s3_bucket.second"]), @r#"
    exit code: 1
    --- stdout ---
    [PLAN]
    --- stderr ---
    warning: Resource targeting is in effect

      You are creating a plan with the -target option, which means that the result of this plan may not
      represent all of the changes requested by the current configuration. It is for exceptional
      situations: recovering from mistakes, or when told to by an error.
    aws_s3_bucket.second: Creating...
    aws_s3_bucket.second: Creation failed after [ELAPSED]
    error: creating S3 bucket (taken-second)
     --> main.tf:5:35
      |
    5 | resource "aws_s3_bucket" "second" {
      |                                   ^
      = in aws_s3_bucket.second

      The name "taken-second" is taken (BucketAlreadyExists): somebody in the world has a bucket of that
      name. Choose another one, or write bucket_prefix to have one made up.
    warning: Applied changes may be incomplete

      The plan looked at a part of the files only, so that changes elsewhere may be waiting and outputs
      may not be up to date. To see whether there are any, plan once more without -target and -exclude.
    "#);
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
    assert_snapshot!(world.shows(&["plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    aws_dynamodb_table.users: Refreshing state... [id=unread-users]
    aws_s3_bucket.first: Refreshing state... [id=unread-first]
    aws_s3_bucket.second: Refreshing state... [id=unread-second]
    error: reading DynamoDB table (unread-users)
      = in aws_dynamodb_table.users

      operation dynamodb:DescribeTable: AccessDeniedException: User is not authorized to perform:
      dynamodb:DescribeTable (status 400, request id [UUID])
    help: Allow dynamodb:DescribeTable on this object to the role or user that runs this, or use another
          one.
    ");
    assert_eq!(world.read("terraform.tfstate"), before);
    proxy.clear_rules();
    let _ = world.destroy();
}
