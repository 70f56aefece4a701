//! `infra graph` and `infra completion`.

use crate::world::World;

const LEAF: &str = "variable \"v\" {}\n\nresource \"terraform_data\" \"q\" {\n  input = var.v\n}\n\noutput \"o\" {\n  value = terraform_data.q.id\n}\n";

const BRANCH: &str = r#"variable "v" {}

module "k" {
  source = "./k"
  v      = var.v
}

resource "terraform_data" "a" {
  input = module.k.o
}

output "o" {
  value = terraform_data.a.id
}
"#;

const ROOT: &str = r#"resource "terraform_data" "a" {}

locals {
  far = [module.b[0].o, terraform_data.a.id, module.m.o]
}

module "m" {
  source = "./m"
  v      = terraform_data.a.id
}

module "b" {
  source     = "./m/k"
  count      = 2
  v          = module.m.o
  depends_on = [terraform_data.beside]
}

resource "terraform_data" "zz" {
  count = 0
  input = local.far
}

resource "terraform_data" "beside" {}
"#;

/// As terraform 1.11 draws it.
const RESOURCES: &str = r#"digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "terraform_data.a" [label="terraform_data.a"];
  "terraform_data.beside" [label="terraform_data.beside"];
  "terraform_data.zz" [label="terraform_data.zz"];
  subgraph "cluster_module.b" {
    label = "module.b"
    fontname = "sans-serif"
    "module.b.terraform_data.q" [label="terraform_data.q"];
  }
  subgraph "cluster_module.m" {
    label = "module.m"
    fontname = "sans-serif"
    "module.m.terraform_data.a" [label="terraform_data.a"];
  }
  subgraph "cluster_module.m.module.k" {
    label = "module.m.module.k"
    fontname = "sans-serif"
    "module.m.module.k.terraform_data.q" [label="terraform_data.q"];
  }
  "terraform_data.zz" -> "module.b.terraform_data.q";
  "module.b.terraform_data.q" -> "terraform_data.beside";
  "module.b.terraform_data.q" -> "module.m.terraform_data.a";
  "module.m.terraform_data.a" -> "module.m.module.k.terraform_data.q";
  "module.m.module.k.terraform_data.q" -> "terraform_data.a";
}
"#;

fn world() -> World {
    let world = World::new(ROOT);
    world.write("m/main.tf", BRANCH);
    world.write("m/k/main.tf", LEAF);
    world
}

#[test]
fn by_default_the_graph_shows_resources_without_detours() {
    assert_eq!(world().succeed(&["graph"]).stdout, RESOURCES);
    let empty = World::new("").succeed(&["graph"]).stdout;
    assert!(empty.contains("does not contain any resources"), "{empty}");
}

#[test]
fn a_type_shows_everything_and_a_plan_its_steps() {
    let world = world();
    let plan = world.succeed(&["graph", "-type=plan"]).stdout;
    let edge = "\"[root] module.m.terraform_data.a\" -> \"[root] module.m.module.k.output.o\"\n";
    assert!(plan.contains(edge), "{plan}");
    assert!(plan.contains("\"[root] module.m.var.v\" [label = \"module.m.var.v\", shape = \"note\"]"), "{plan}");
    let destroy = world.succeed(&["graph", "-type=plan-destroy"]).stdout;
    let edge = "\"[root] module.m.module.k.output.o\" -> \"[root] module.m.terraform_data.a\"\n";
    assert!(destroy.contains(edge), "{destroy}");
    let _ = world.succeed(&["plan", "-out=saved.plan"]);
    let steps = world.succeed(&["graph", "-plan=saved.plan"]).stdout;
    assert!(steps.contains("\"[root] module.m.module.k.terraform_data.q (create)\" -> "), "{steps}");
    let _ = world.run(&["graph", "-type=nope"]).assert_exit_code(1);
    let _ = world.run(&["graph", "-type=plan", "-plan=saved.plan"]).assert_exit_code(1);
}

#[test]
fn shells_learn_the_commands() {
    let world = World::new("");
    for shell in ["bash", "zsh", "fish"] {
        let script = world.succeed(&["completion", shell]).stdout;
        assert!(script.contains("auto-approve") && script.contains("validate"), "{shell}");
    }
    let _ = world.run(&["completion", "nope"]).assert_exit_code(1);
}
