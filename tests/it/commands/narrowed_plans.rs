//! `-target` and `-exclude` as users write them; what they lead to is tested with the engine.

use insta::assert_snapshot;

use crate::world::World;

const MAIN: &str = r#"
resource "terraform_data" "a" {
  count = 3
}

resource "terraform_data" "b" {
  count = 2
  input = terraform_data.a[count.index].id
}

output "second" {
  value = terraform_data.b[1].input
}
"#;

fn planned(world: &World, flags: &[&str]) -> Vec<String> {
    world.planned(flags).into_iter().map(|(address, action)| format!("{action} {address}")).collect()
}

#[test]
fn one_instance_brings_what_it_needs() {
    let world = World::new(MAIN);
    assert_eq!(
        planned(&world, &["-target=terraform_data.b[1]"]),
        ["create terraform_data.a[1]", "create terraform_data.b[1]"]
    );
}

#[test]
fn what_is_excluded_takes_along_what_needs_it() {
    let world = World::new(MAIN);
    let expected = ["create terraform_data.a[0]", "create terraform_data.a[2]", "create terraform_data.b[0]"];
    assert_eq!(planned(&world, &["-exclude=terraform_data.a[1]"]), expected);
    world.write("later.txt", "# Not yet.\n\nterraform_data.a[1] # its network is missing\n");
    assert_eq!(planned(&world, &["-exclude-file=later.txt"]), expected);
    assert_eq!(planned(&world, &["-target-file=later.txt"]), ["create terraform_data.a[1]"]);
    let output = world.succeed(&["apply", "-auto-approve", "-exclude-file=later.txt"]);
    assert!(output.stdout.contains("Apply complete! Resources: 3 added"), "{output}");
    assert!(output.stderr.contains("warning: Resource targeting is in effect"), "{output}");
    assert!(output.stderr.contains("warning: Applied changes may be incomplete"), "{output}");
    assert_eq!(
        world.succeed(&["state", "list"]).stdout,
        "terraform_data.a[0]\nterraform_data.a[2]\nterraform_data.b[0]\n"
    );
}

#[test]
fn flags_that_do_not_go_together_or_lead_nowhere() {
    let world = World::new(MAIN);
    world.write("wrong.txt", "terraform_data.a\nterraform data\n");
    let flags = ["plan", "-target=terraform_data.a", "-exclude-file=wrong.txt", "-target-file=none.txt"];
    assert_snapshot!(world.shows(&flags), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Cannot read the file of -target-file

      The addresses of -target-file are to be read from none.txt, which failed: No such file or
      directory (os error 2). Name a file with one address a line.
    error: Invalid exclude "terraform data"

      "terraform data" is not a valid address: expected "." and the name of a terraform (at character
      10), in line 2 of wrong.txt. An address looks like aws_s3_bucket.data or
      module.network.aws_vpc.main[0].
    error: Both targets and exclusions

      -target says what alone is to be planned and -exclude what is not. Use one of them.
    "#);
    assert_snapshot!(world.shows(&["plan", "-strict", "-concise", "-exclude=terraform_data.a"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Flags that Terraform does not have

      With -strict only what Terraform has is accepted, and it has no -exclude, -concise.
    ");
}

#[test]
fn files_without_addresses_do_not_let_everything_happen() {
    let world = World::new(MAIN);
    let _ = world.apply();
    world.write("empty.txt", "# terraform_data.a\n\n");
    for flag in ["-target-file=empty.txt", "-exclude-file=empty.txt"] {
        let output = world.run(&["plan", "-destroy", flag]);
        assert_eq!(output.exit_code, Some(1), "{output}");
        assert!(output.stderr.contains("The file empty.txt holds no address"), "{output}");
    }
    world.write("keyed.txt", "terraform_data.c[\"y#z\"] # a key with a hash sign\n");
    let output = world.run(&["plan", "-exclude-file=keyed.txt"]);
    assert!(output.stderr.contains("There is no terraform_data.c[\"y#z\"]"), "{output}");
}

#[test]
fn an_object_is_not_both_replaced_and_excluded() {
    let world = World::new(MAIN);
    let output = world.run(&["plan", "-replace=terraform_data.a[0]", "-exclude=terraform_data.a"]);
    assert_eq!(output.exit_code, Some(1), "{output}");
    assert!(output.stderr.contains("Both replacement and exclusion"), "{output}");
}
