//! `import`: taking an object that exists into the state.

use infra_test_support::emulators::Kind;
use infra_test_support::skip_without_oracle;
use insta::assert_snapshot;

use crate::world::World;

const MAIN: &str = r#"
resource "terraform_data" "a" {
  input = "x"
}

resource "terraform_data" "b" {
  count = 2
}

resource "terraform_data" "c" {
  for_each = toset(["k"])
  input    = terraform_data.a.output
}

module "m" {
  source = "./m"
}
"#;

fn world() -> World {
    let world = World::new(MAIN).with_long_lines();
    world.write("m/main.tf", "resource \"terraform_data\" \"i\" {\n}\n");
    world
}

#[test]
fn an_object_is_found_and_kept() {
    let world = world();
    assert_snapshot!(world.shows(&["import", "terraform_data.a", "some-id"]), @r#"
    exit code: 0
    --- stdout ---

    Import successful!

    The resources that were imported are shown above. These resources are now in
    your state and will henceforth be managed by infra.

    --- stderr ---
    terraform_data.a: Importing from ID "some-id"...
    terraform_data.a: Refreshing state... [id=some-id]
    "#);
    assert_eq!(world.succeed(&["state", "list"]).stdout, "terraform_data.a\n");
    assert_snapshot!(world.shows(&["import", "terraform_data.a", "another-id"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Resource already managed

      There is an object at terraform_data.a in the state already. To import another one there, first take it out with `infra state rm`, which leaves the object itself alone.
    ");
    let _ = world.succeed(&["import", "terraform_data.b[1]", "b-id"]);
    let _ = world.succeed(&["import", "module.m.terraform_data.i", "i-id"]);
    let _ = world.succeed(&["import", "terraform_data.c[\"k\"]", "c-id"]);
    assert_eq!(
        world.planned(&[]),
        [
            ("terraform_data.a".into(), "update".into()),
            ("terraform_data.b[0]".into(), "create".into()),
            ("terraform_data.c[\"k\"]".into(), "update".into()),
        ]
        .into()
    );
}

#[test]
fn what_cannot_be_imported() {
    let world = world();
    assert_snapshot!(world.shows(&["import", "terraform_data.nobody", "x"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Resource address "terraform_data.nobody" does not exist in the configuration

      Before importing, write its block in the root module: resource "terraform_data" "nobody" { … }
    "#);
    assert_snapshot!(world.shows(&["import", "terraform_data.b", "x"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    terraform_data.b: Importing from ID "x"...
    error: Configuration for import target does not exist
     --> main.tf:6:1
      |
    6 | resource "terraform_data" "b" {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ The resource is declared, but terraform_data.b is none of its instances
      = in terraform_data.b

      Import to one that is.
    "#);
    assert_snapshot!(world.shows(&["import", "terraform_data.b[7]", "x"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    terraform_data.b[7]: Importing from ID "x"...
    error: Configuration for import target does not exist
     --> main.tf:6:1
      |
    6 | resource "terraform_data" "b" {
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      = in terraform_data.b[7]

      The resource is declared, but terraform_data.b[7] is none of its instances. Import to one that is.
    "#);
    assert_snapshot!(world.shows(&["import", "data.terraform_remote_state.r", "x"]), @"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: A managed resource address is required

      data.terraform_remote_state.r is not managed: it is read anew each time. Name a resource.
    ");
    assert_snapshot!(world.shows(&["import", "module.m", "x"]), @r#"
    exit code: 1
    --- stdout ---
    --- stderr ---
    error: Invalid address "module.m"

      "module.m" is not a valid address: expected a resource type such as aws_vpc (at character 9). An address looks like aws_s3_bucket.data, aws_s3_bucket.data[0] or module.network["eu"].aws_vpc.main; `infra state list` shows all.
    "#);
    assert!(!world.exists("terraform.tfstate"));
}

#[test]
fn objects_of_a_service_are_found_by_their_ids() {
    let world = World::new(
        "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"import-command-bucket\"\n}\n\nresource \"aws_s3_bucket\" \"missing\" {\n  bucket = \"import-command-missing\"\n}\n",
    )
    .with_long_lines()
    .on_shared(Kind::Ministack);
    let _ = world.succeed(&["apply", "-auto-approve", "-target=aws_s3_bucket.b"]);
    let _ = world.succeed(&["state", "rm", "aws_s3_bucket.b"]);
    let missing = world.run(&["import", "aws_s3_bucket.missing", "import-command-missing"]).assert_exit_code(1);
    assert!(missing.stderr.contains("Cannot import non-existent remote object"), "{missing}");
    let _ = world.succeed(&["import", "aws_s3_bucket.b", "import-command-bucket"]);
    // An argument that only the state knows, force_destroy, is what is left to do.
    assert_eq!(world.planned(&["-target=aws_s3_bucket.b"]), [("aws_s3_bucket.b".into(), "update".into())].into());
    let _ = world.destroy();
}

#[test]
fn terraform_imports_the_same() {
    let oracle = skip_without_oracle!("importing::terraform_imports_the_same");
    let (ours, theirs) = (world(), world());
    let _ = oracle.run(&theirs.path(), &["init"], None).unwrap().assert_exit_code(0);
    for (address, id) in [
        ("terraform_data.a", "a-id"),
        ("terraform_data.a", "again"),
        ("terraform_data.b[1]", "b-id"),
        ("terraform_data.b", "x"),
        ("terraform_data.b[7]", "x"),
        ("terraform_data.nobody", "x"),
        ("module.m.terraform_data.i", "i-id"),
        ("module.m", "x"),
        ("data.x.y", "x"),
        ("terraform_data.c[\"k\"]", "c-id"),
    ] {
        let ours_said = ours.run(&["import", address, id]);
        let theirs_said = oracle.run(&theirs.path(), &["import", address, id], None).unwrap();
        assert_eq!(ours_said.exit_code, theirs_said.exit_code, "{address}\n{ours_said}\n{theirs_said}");
        assert_eq!(ours.state()["resources"], theirs.state()["resources"], "{address}");
    }
}
