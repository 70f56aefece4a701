//! Where states are: `-state`, `-state-out`, `-backup`, the local backend, workspaces.

use infra_test_support::skip_without_oracle;

use crate::world::World;

fn world() -> World {
    World::new(
        "resource \"terraform_data\" \"a\" {\n  input = terraform.workspace\n}\n\noutput \"a\" {\n  value = terraform_data.a.output\n}\n",
    )
}

#[test]
fn a_state_is_beside_the_files_with_the_former_one_as_backup() {
    let world = world();
    let _ = world.apply();
    assert_eq!(world.directory().list(), ["main.tf", "terraform.tfstate"]);
    let first = world.read("terraform.tfstate");
    world.edit("main.tf", "input = terraform.workspace", "input = \"second\"");
    let _ = world.apply();
    assert_eq!(world.read("terraform.tfstate.backup"), first);
    let second = world.state();
    assert_eq!(second["lineage"], crate::world::json(&first)["lineage"]);
    assert!(second["serial"].as_u64() > crate::world::json(&first)["serial"].as_u64());
    assert_eq!((&second["version"], &second["terraform_version"]), (&4.into(), &"1.11.4".into()));
    // A plan, and an apply with nothing to do, leave it alone, byte for byte.
    let before = world.read("terraform.tfstate");
    let _ = world.succeed(&["plan"]);
    let _ = world.apply();
    assert_eq!(world.read("terraform.tfstate"), before);
}

#[test]
fn states_can_be_elsewhere() {
    let world = world();
    let _ = world.succeed(&["apply", "-auto-approve", "-state=here.tfstate"]);
    assert_eq!(world.directory().list(), ["here.tfstate", "main.tf"]);
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(2);
    let _ = world.run(&["plan", "-detailed-exitcode", "-state=here.tfstate"]).assert_exit_code(0);
    assert_eq!(world.succeed(&["output", "-raw", "-state=here.tfstate", "a"]).stdout, "default");

    let here = world.read("here.tfstate");
    world.edit("main.tf", "input = terraform.workspace", "input = \"second\"");
    let _ = world.succeed(&["apply", "-auto-approve", "-state=here.tfstate", "-state-out=there.tfstate"]);
    assert_eq!(world.read("here.tfstate"), here, "read, not written");
    assert_eq!(world.succeed(&["output", "-raw", "-state=there.tfstate", "a"]).stdout, "second");

    world.edit("main.tf", "input = \"second\"", "input = \"third\"");
    let there = world.read("there.tfstate");
    let _ = world.succeed(&["apply", "-auto-approve", "-state=there.tfstate", "-backup=former.tfstate"]);
    assert_eq!(world.read("former.tfstate"), there);

    let others = world.directory().list();
    world.edit("main.tf", "input = \"third\"", "input = \"fourth\"");
    let _ = world.succeed(&["apply", "-auto-approve", "-state=there.tfstate", "-backup=-"]);
    assert_eq!(world.directory().list(), others, "no further backup");
}

#[test]
fn workspaces_have_states_of_their_own() {
    let world = world();
    let in_workspace = |name: &str, arguments: &[&str]| world.infra(arguments).env("TF_WORKSPACE", name).run();
    let _ = world.apply();
    let _ = in_workspace("blue", &["apply", "-auto-approve"]).assert_exit_code(0);
    assert!(world.exists("terraform.tfstate.d/blue/terraform.tfstate"));
    assert_eq!(in_workspace("blue", &["output", "-raw", "a"]).stdout, "blue");
    assert_eq!(world.succeed(&["output", "-raw", "a"]).stdout, "default");
    // What `workspace select` wrote counts as well, and the variable comes before it.
    world.write(".terraform/environment", "blue");
    assert_eq!(world.succeed(&["output", "-raw", "a"]).stdout, "blue");
    assert_eq!(in_workspace("default", &["output", "-raw", "a"]).stdout, "default");
    let _ = in_workspace("blue", &["destroy", "-auto-approve"]).assert_exit_code(0);
    assert_eq!(in_workspace("default", &["output", "-raw", "a"]).stdout, "default");
}

#[test]
fn the_local_backend_says_where() {
    let world = world();
    world.write("backend.tf", "terraform {\n  backend \"local\" {\n    path = \"states/one.tfstate\"\n  }\n}\n");
    let _ = world.apply();
    assert!(world.exists("states/one.tfstate"), "{:?}", world.directory().list());
    assert_eq!(world.succeed(&["output", "-raw", "a"]).stdout, "default");
    world.assert_settled();
}

#[test]
fn terraform_goes_on_with_our_state_and_we_with_its() {
    let oracle = skip_without_oracle!("terraform_goes_on_with_our_state_and_we_with_its");
    let world = world();
    let terraform =
        |arguments: &[&str], code| oracle.run(&world.path(), arguments, None).unwrap().assert_exit_code(code);
    let _ = world.apply();
    let _ = terraform(&["plan", "-detailed-exitcode"], 0);
    world.edit("main.tf", "input = terraform.workspace", "input = \"second\"");
    let _ = terraform(&["apply", "-auto-approve"], 0);
    world.assert_settled();
    world.edit("main.tf", "input = \"second\"", "input = [sensitive(\"third\"), 1]");
    world.edit("main.tf", "value = terraform_data.a.output", "value = nonsensitive(terraform_data.a.output)");
    let _ = world.apply();
    let _ = terraform(&["plan", "-detailed-exitcode"], 0);
    let _ = terraform(&["destroy", "-auto-approve"], 0);
    let _ = world.run(&["plan", "-detailed-exitcode"]).assert_exit_code(2);
}
