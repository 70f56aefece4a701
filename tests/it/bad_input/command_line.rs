//! Mistakes on the command line: commands, flags, variables, addresses, directories, approval.

use insta::assert_snapshot;

use crate::world::World;

fn world() -> World {
    World::new("resource \"terraform_data\" \"a\" {\n  input = \"one\"\n}\n")
}

#[test]
fn an_unknown_command() {
    assert_snapshot!(world().shows(&["aply"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: unrecognized subcommand 'aply'

      tip: a similar subcommand exists: 'apply'

    Usage: infra [OPTIONS] [COMMAND]

    For more information, try '-help'.
    ");
}

#[test]
fn an_unknown_flag() {
    assert_snapshot!(world().shows(&["plan", "-detailed-exitcodes"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: unexpected argument '-detailed-exitcodes' found

      tip: a similar argument exists: '-detailed-exitcode'

    Usage: infra plan -detailed-exitcode[=<true|false>] [DIRECTORY]

    For more information, try '-help'.
    ");
}

#[test]
fn a_switch_with_a_value_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-refresh=maybe"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: invalid value 'maybe' for '-refresh[=<true|false>]'
      [possible values: true, false]

    For more information, try '-help'.
    ");
}

#[test]
fn an_undeclared_variable() {
    assert_snapshot!(world().shows(&["plan", "-var", "nam=b"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Value for undeclared variable

      A variable named "nam" was assigned on the command line, but the root module does not declare it.
    help: declare it: variable "nam" {}
    "#);
}

#[test]
fn a_variable_without_a_value() {
    assert_snapshot!(world().shows(&["plan", "-var", "name"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid -var option

      The option -var needs a name and a value, and was given "name". Write -var 'name=value'.
    "#);
}

#[test]
fn a_values_file_that_is_not_there() {
    assert_snapshot!(world().shows(&["plan", "-var-file=prod.tfvars"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Failed to read variables file

      The variables file prod.tfvars could not be read: No such file or directory (os error 2). Check
      the path after -var-file.
    ");
}

#[test]
fn an_address_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-target=terraform_data", "-replace=[0]"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid target "terraform_data"

      "terraform_data" is not a valid address: expected "." and the name of a terraform_data (at
      character 15). An address looks like aws_s3_bucket.data or module.network.aws_vpc.main[0].
    error: Invalid replace "[0]"

      "[0]" is not a valid address: expected a resource type such as aws_vpc (at character 1). An
      address looks like aws_s3_bucket.data or module.network.aws_vpc.main[0].
    "#);
}

#[test]
fn modes_that_exclude_each_other() {
    assert_snapshot!(world().shows(&["plan", "-destroy", "-refresh-only"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Incompatible plan mode options

      The -destroy and -refresh-only options exclude each other. Use one of them.
    ");
}

#[test]
fn a_directory_that_is_not_there() {
    assert_snapshot!(world().shows(&["-chdir=nowhere", "plan"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Directory not usable

      The directory nowhere cannot be used: No such file or directory (os error 2). Check the path.
    ");
    assert_snapshot!(world().shows(&["plan", "nowhere"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Directory not usable

      The directory nowhere cannot be used: No such file or directory (os error 2). Check the path.
    ");
}

#[test]
fn an_apply_that_nobody_can_approve() {
    let world = world();
    assert_snapshot!(world.shows(&["apply"]), @r#"
    exit code: 1
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = "one"
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Do you want to perform these actions?
      infra will perform the actions described above.
      Only 'yes' will be accepted to approve.

      Enter a value: 
    --- stderr ---
    error: Approval needed

      The changes need an approval, and there is nobody to ask: the input ended. Add -auto-approve, or
      apply a saved plan.
    "#);
    assert_snapshot!(world.shows(&["apply", "-input=false"]), @r#"
    exit code: 1
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = "one"
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Do you want to perform these actions?
      infra will perform the actions described above.
      Only 'yes' will be accepted to approve.

      Enter a value: 
    --- stderr ---
    error: Approval needed

      The changes need an approval, and there is nobody to ask: the input ended. Add -auto-approve, or
      apply a saved plan.
    "#);
    assert!(!world.exists("terraform.tfstate"), "nothing was approved");
}

#[test]
fn an_approval_that_is_not_yes() {
    let world = world();
    let output = world.infra(&["apply"]).stdin("y\n").run();
    assert_snapshot!(world.filtered(&output), @r#"
    exit code: 1
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # terraform_data.a will be created
      + resource "terraform_data" "a" {
          + id     = (known after apply)
          + input  = "one"
          + output = (known after apply)
        }

    Plan: 1 to add, 0 to change, 0 to destroy.

    Do you want to perform these actions?
      infra will perform the actions described above.
      Only 'yes' will be accepted to approve.

      Enter a value: 
    Apply cancelled.
    --- stderr ---
    "#);
    assert!(!world.exists("terraform.tfstate"), "nothing was approved");
}

#[test]
fn an_output_that_is_not_there() {
    let world = World::new("output \"names\" {\n  value = [\"a\"]\n}\n");
    let _ = world.apply();
    assert_snapshot!(world.shows(&["output", "name"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Output "name" not found

      The output variable requested could not be found in the state file. If you recently added this to
      your configuration, be sure to run apply, since the state won't be updated with new output
      variables until that command is run.
    help: did you mean `names`?
    "#);
    assert_snapshot!(world.shows(&["output", "-raw", "names"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Unsupported value for raw output

      The -raw option only supports strings, numbers, and boolean values, but output value "names" is
      tuple. Use the -json option for machine-readable representations of output values that have
      complex types.
    "#);
    assert_snapshot!(world.shows(&["output", "-raw"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Output name required

      -raw shows one output: name it.
    ");
}

#[test]
fn a_lock_timeout_that_is_none() {
    assert_snapshot!(world().shows(&["plan", "-lock-timeout=soon"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid duration

      -lock-timeout was given "soon", which is no duration. Write it like 30s, 5m or 1m30s.
    "#);
}

#[test]
fn no_workers() {
    assert_snapshot!(world().shows(&["plan", "-parallelism=-1"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: invalid value '-1' for '-parallelism <N>': give a whole number; 0 means the default

    For more information, try '-help'.
    ");
}
