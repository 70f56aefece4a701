//! Programs that other people wrote for Terraform, run unchanged on ours: two that read plans as JSON, and one that
//! drives the binary. What they say about ours is what they say about terraform's.
//!
//! They are looked for in the folder that `INFRA_CLIENTS` names, else on `PATH`; a test whose program is not there says so
//! and passes:
//!
//! ```text
//! python3 -m venv clients && clients/bin/pip install checkov terraform-compliance tftest
//! INFRA_CLIENTS=$PWD/clients/bin cargo test --release -p infra --test it clients
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use infra_test_support::command::TestDirectory;
use infra_test_support::emulators::Kind;
use infra_test_support::oracle::Oracle;
use infra_test_support::process::Output;
use infra_test_support::skip_without_oracle;
use serde_json::Value;

use crate::world::World;

/// These start slowly.
const TIMEOUT: Duration = Duration::from_secs(180);

/// Some of what checkov looks for is there, and some is not.
const STACK: &str = r#"
provider "aws" {
}

variable "stage" {
  default = "dev"
}

resource "aws_s3_bucket" "data" {
  bucket = "clients-${var.stage}"
  tags   = { stage = var.stage }
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_dynamodb_table" "items" {
  name         = "clients-${var.stage}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = true
  }
}

module "archive" {
  source = "./archive"
  stage  = var.stage
}
"#;

const ARCHIVE: &str = r#"
variable "stage" {}

resource "aws_s3_bucket" "old" {
  bucket = "clients-old-${var.stage}"
}

resource "aws_s3_bucket_public_access_block" "old" {
  bucket              = aws_s3_bucket.old.id
  block_public_acls   = true
  block_public_policy = true
}
"#;

const FEATURE: &str = "\
Feature: tables and buckets
  Scenario: tables are restored to any point in time
    Given I have aws_dynamodb_table defined
    Then it must contain point_in_time_recovery
    And it must contain enabled
    And its value must be true

  Scenario: buckets say what they are for
    Given I have aws_s3_bucket defined
    Then it must contain tags
    And it must contain owner
";

fn program(name: &str) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = match std::env::var_os("INFRA_CLIENTS") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => std::env::split_paths(&std::env::var_os("PATH")?).collect(),
    };
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: {name} is not installed (INFRA_CLIENTS can name a folder with it)");
    }
    found
}

/// A stack on an emulator, with plans of both tools as JSON.
struct Plans {
    world: World,
    ours: &'static str,
    theirs: &'static str,
}

impl Plans {
    fn of_stack(oracle: &Oracle) -> Self {
        let world = World::new(STACK).on_shared(Kind::Ministack);
        world.write("archive/main.tf", ARCHIVE);
        world.use_path_style();
        let terraform = |arguments: &[&str]| {
            oracle.run(&world.path(), arguments, world.endpoint()).unwrap().assert_exit_code(0).stdout
        };
        // Its lock file makes ours speak the generation of the provider that is installed.
        let _ = terraform(&["init"]);
        let _ = terraform(&["plan", "-out=theirs.plan"]);
        world.write("theirs.json", terraform(&["show", "-json", "theirs.plan"]));
        let _ = world.succeed(&["plan", "-out=ours.plan"]);
        world.write("ours.json", world.succeed(&["show", "-json", "ours.plan"]).stdout);
        Self { world, ours: "ours.json", theirs: "theirs.json" }
    }

    fn ask(&self, program: &Path, arguments: &[&str]) -> Output {
        self.world.directory().command(program).args(arguments).timeout(TIMEOUT).run()
    }
}

/// Which checks passed and failed, for which object.
fn verdicts(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap_or_else(|error| panic!("{error} in {report}"));
    let mut verdicts = Vec::new();
    for (kind, list) in [("passed", "passed_checks"), ("failed", "failed_checks")] {
        for check in report["results"][list].as_array().into_iter().flatten() {
            verdicts.push(format!("{kind} {} {}", check["check_id"], check["resource"]));
        }
    }
    verdicts.sort();
    verdicts
}

#[test]
fn checkov_finds_in_our_plan_what_it_finds_in_theirs() {
    let Some(checkov) = program("checkov") else { return };
    let oracle = skip_without_oracle!("checkov_finds_in_our_plan_what_it_finds_in_theirs");
    let plans = Plans::of_stack(&oracle);
    let verdicts = |file: &str| {
        let flags =
            ["--framework", "terraform_plan", "--output", "json", "--compact", "--quiet", "--skip-download", "-f"];
        verdicts(&plans.ask(&checkov, &[&flags[..], &[file]].concat()).stdout)
    };
    let (ours, theirs) = (verdicts(plans.ours), verdicts(plans.theirs));
    assert!(theirs.iter().any(|verdict| verdict.starts_with("failed")), "{theirs:?}");
    assert_eq!(ours, theirs);
}

#[test]
fn terraform_compliance_judges_our_plan_as_theirs() {
    let Some(compliance) = program("terraform-compliance") else { return };
    let oracle = skip_without_oracle!("terraform_compliance_judges_our_plan_as_theirs");
    let plans = Plans::of_stack(&oracle);
    plans.world.write("features/stack.feature", FEATURE);
    let judged = |file: &str| {
        let output = plans.ask(&compliance, &["--no-ansi", "-f", "features", "-p", file]);
        let told = output.stdout.lines().filter(|line| !line.contains("Run ") && !line.contains(".json"));
        (output.exit_code, told.collect::<Vec<_>>().join("\n"))
    };
    let (ours, theirs) = (judged(plans.ours), judged(plans.theirs));
    assert_eq!(theirs.0, Some(1), "{}", theirs.1);
    assert_eq!(ours, theirs);
}

const TFTEST: &str = r#"
import json, sys
import tftest

terraform = tftest.TerraformTest(".", binary=sys.argv[1])
terraform.setup(cleanup_on_exit=False)
plan = terraform.plan(output=True, tf_vars={"name": "x"})
print(plan.format_version, sorted(plan.resource_changes), sorted(plan.resources), sorted(plan.modules), plan.variables)
print({name: change["change"]["actions"] for name, change in sorted(plan.resource_changes.items())})
terraform.apply(tf_vars={"name": "x"})
outputs = terraform.output()
print(outputs["o"]["name"], sorted(outputs))
state = terraform.state_pull()
print(sorted(state.resources), sorted(state.outputs))
print(terraform.execute_command("state", "list").out)
terraform.destroy(tf_vars={"name": "x"})
print(terraform.execute_command("state", "list").out)
"#;

#[test]
fn tftest_drives_our_binary_as_theirs() {
    let Some(python) = program("python3") else { return };
    let world = TestDirectory::new();
    world.write("drive.py", TFTEST);
    world.write("empty.py", "import tftest");
    if !world.command(&python).arg("empty.py").run().is_success() {
        eprintln!("skipped: tftest is not installed (INFRA_CLIENTS can name a folder with a Python that has it)");
        return;
    }
    let oracle = skip_without_oracle!("tftest_drives_our_binary_as_theirs");
    world.write(
        "main.tf",
        "variable \"name\" {}\nresource \"terraform_data\" \"a\" {\n  input = var.name\n}\nmodule \"m\" {\n  source = \
         \"./m\"\n  up     = terraform_data.a.output\n}\noutput \"o\" {\n  value = { name = terraform_data.a.output }\n}\n",
    );
    world.write("m/main.tf", "variable \"up\" {}\nresource \"terraform_data\" \"b\" {\n  input = var.up\n}\n");
    let driven = |binary: &Path| {
        world.remove("terraform.tfstate");
        let command = world.command(&python).arg("drive.py").arg(binary).env("CHECKPOINT_DISABLE", "1");
        command.env("TF_CLI_CONFIG_FILE", "/dev/null").timeout(TIMEOUT).run().assert_exit_code(0).stdout
    };
    world.write("terraform.tfstate", "");
    let ours = driven(Path::new(env!("CARGO_BIN_EXE_infra")));
    assert!(ours.contains("module.m.terraform_data.b"), "{ours}");
    assert_eq!(ours, driven(oracle.program()));
}
