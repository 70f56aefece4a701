//! Provisioners: what commands get to know, what is shown of them while they run, and what their failure leaves.

use infra_test_support::process::Output;
use insta::assert_snapshot;

use crate::world::{World, errors};

const STORY: &str = r#"variable "secret" {
  default   = "hush"
  sensitive = true
}

resource "terraform_data" "a" {
  input = "x"

  provisioner "local-exec" {
    command     = "echo $GREETING $OUTER from ${self.input}"
    environment = { GREETING = "hello" }
  }

  provisioner "local-exec" {
    command = "echo ${var.secret} | tee secret.txt"
  }

  provisioner "local-exec" {
    when    = destroy
    command = "echo bye ${self.input} >> log.txt"
  }
}
"#;

#[test]
fn commands_run_behind_the_making_and_before_the_end() {
    let world = World::new(STORY);
    let output = world.infra(&["apply", "-auto-approve"]).env("OUTER", "outer").run().assert_exit_code(0);
    let told: Vec<&str> = output.stderr.lines().filter(|line| line.starts_with("terraform_data.a")).collect();
    let told = Output { stderr: told.join("\n"), stdout: String::new(), ..output };
    assert_snapshot!(world.filtered(&told), @r#"
    exit code: 0
    --- stdout ---
    --- stderr ---
    terraform_data.a: Creating...
    terraform_data.a: Provisioning with 'local-exec'...
    terraform_data.a (local-exec): Executing: ["/bin/sh" "-c" "echo $GREETING $OUTER from x"]
    terraform_data.a (local-exec): hello outer from x
    terraform_data.a: Provisioning with 'local-exec'...
    terraform_data.a (local-exec): (output suppressed due to sensitive value in config)
    terraform_data.a (local-exec): (output suppressed due to sensitive value in config)
    terraform_data.a: Creation complete after [ELAPSED] [id=[UUID]]
    "#);
    assert_eq!(world.read("secret.txt"), "hush\n");
    assert!(!world.exists("log.txt"));
    world.assert_settled();
    let _ = world.destroy();
    assert_eq!(world.read("log.txt"), "bye x\n");
}

#[test]
fn a_failure_is_told_with_its_output_and_mended_by_the_next_run() {
    let world = World::new(STORY);
    world.edit("main.tf", "from ${self.input}\"", "from ${self.input}; exit 3\"");
    let output = world.run(&["apply", "-auto-approve"]).assert_exit_code(1);
    for part in ["local-exec provisioner error", "main.tf:9", "hello from x", "exit status: 3"] {
        assert!(errors(&output).contains(part), "{part}:\n{output}");
    }
    assert_eq!(world.state()["resources"][0]["instances"][0]["status"], "tainted");
    assert!(!world.exists("secret.txt"), "the next provisioner ran");

    world.edit("main.tf", "; exit 3", "");
    assert_eq!(world.planned(&[]).into_values().collect::<Vec<_>>(), ["delete+create"]);
    let _ = world.apply_planned();
    assert!(!world.exists("log.txt"), "what is half made says no farewell");
    world.assert_settled();

    world.edit("main.tf", " >> log.txt", " >> log.txt; echo $((7 * 13579)); false");
    let output = world.run(&["destroy", "-auto-approve"]).assert_exit_code(1);
    assert!(errors(&output).contains("95053"), "{output}");
    assert_eq!(world.managed().len(), 1, "the object stays where its farewell failed");
}

#[test]
fn a_secret_in_a_failed_command_is_not_told() {
    let world = World::new(STORY);
    world.edit("main.tf", "| tee secret.txt", "; exit 1");
    let output = world.run(&["apply", "-auto-approve"]).assert_exit_code(1);
    assert!(output.stderr.contains("local-exec provisioner error"), "{output}");
    assert!(!output.stderr.contains("hush") && !output.stdout.contains("hush"), "{output}");
}
