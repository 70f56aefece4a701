//! Provisioners: when they run, what they know, and what their failure does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::provisioner::{Provisioner, Provisioners, Report};
use infra_values::Value;

use crate::lab::Lab;

/// Remembers commands instead of running them; one that contains `fail` fails.
#[derive(Default)]
struct Recorder(Mutex<Vec<String>>);

#[async_trait]
impl Provisioner for Recorder {
    async fn run(&self, config: &Value, report: &dyn Report) -> Result<(), Diagnostics> {
        let command = config.as_entries().unwrap()["command"].as_str().unwrap().to_owned();
        report.line(&command);
        let fails = command.contains("fail");
        self.0.lock().unwrap().push(command);
        if fails { Err(Diagnostic::error("local-exec provisioner error", "It failed.").into()) } else { Ok(()) }
    }
}

fn lab() -> (Lab, Arc<Recorder>) {
    let mut lab = Lab::new();
    let recorder = Arc::new(Recorder::default());
    lab.provisioners = Provisioners::from([("local-exec".to_owned(), Arc::clone(&recorder) as Arc<dyn Provisioner>)]);
    (lab, recorder)
}

fn taken(recorder: &Recorder) -> Vec<String> {
    std::mem::take(&mut *recorder.0.lock().unwrap())
}

const COUNTED: &str = r#"
    variable "size" {}
    resource "memory_thing" "a" {
      count = var.size
      name  = "a${count.index}"
      provisioner "local-exec" {
        command = "made ${self.name} ${count.index}"
      }
      provisioner "local-exec" {
        command = "reached ${self.id == "" ? "nothing" : "it"}"
      }
      provisioner "local-exec" {
        when    = destroy
        command = "gone ${self.name} ${count.index}"
      }
    }
"#;

#[test]
fn they_run_once_made_and_before_the_end() {
    let (mut lab, recorder) = lab();
    lab = lab.with_variable("size", "1");
    assert!(lab.apply(COUNTED).ends_with("1 added, 0 changed, 0 destroyed\n"));
    assert_eq!(taken(&recorder), ["made a0 0", "reached it"]);
    lab.apply(COUNTED);
    assert_eq!(taken(&recorder), Vec::<String>::new(), "nothing was made");
    lab = lab.with_variable("size", "0");
    assert!(lab.apply(COUNTED).ends_with("0 added, 0 changed, 1 destroyed\n"));
    assert_eq!(taken(&recorder), ["gone a0 0"]);
}

#[test]
fn an_object_whose_provisioner_failed_is_made_anew_without_its_farewell() {
    let (lab, recorder) = lab();
    let with = |command: &str, rest: &str| {
        format!(
            r#"
            resource "memory_thing" "a" {{
              name = "a"
              provisioner "local-exec" {{
                command = "{command}"
                {rest}
              }}
              provisioner "local-exec" {{
                command = "second"
              }}
              provisioner "local-exec" {{
                when    = destroy
                command = "gone"
              }}
            }}
            "#
        )
    };
    let failed = lab.apply(&with("fail", ""));
    assert!(failed.contains("Error memory_thing.a: local-exec provisioner error"), "{failed}");
    assert_eq!(taken(&recorder), ["fail"]);
    let mended = lab.apply(&with("works", ""));
    assert!(mended.ends_with("1 added, 0 changed, 1 destroyed\n"), "{mended}");
    assert_eq!(taken(&recorder), ["works", "second"]);
    let replaced = lab.apply(&with("fail", "on_failure = continue").replace("\"a\"\n", "\"b\"\n"));
    assert!(!replaced.contains("Error"), "{replaced}");
}

#[test]
fn a_failed_farewell_keeps_the_object() {
    let (lab, recorder) = lab();
    let text = |count: u8| {
        format!(
            r#"
            resource "memory_thing" "a" {{
              count = {count}
              name  = "a"
              provisioner "local-exec" {{
                when    = destroy
                command = "fail"
              }}
            }}
            "#
        )
    };
    lab.apply(&text(1));
    let failed = lab.apply(&text(0));
    assert!(failed.ends_with("0 added, 0 changed, 0 destroyed\n"), "{failed}");
    assert_eq!(taken(&recorder), ["fail"]);
}

#[test]
fn a_module_instance_that_is_gone_still_says_farewell() {
    let (mut lab, recorder) = lab();
    let text = r#"
        variable "size" {}
        module "m" {
          source = "./m"
          count  = var.size
          name   = "in${count.index}"
        }
        ## m/main.tf
        variable "name" {}
        resource "memory_thing" "a" {
          for_each = { k = var.name }
          name     = each.value
          provisioner "local-exec" {
            when    = destroy
            command = "gone ${self.name} ${each.key} ${path.module}"
          }
        }
    "#;
    lab = lab.with_variable("size", "2");
    lab.apply(text);
    lab = lab.with_variable("size", "1");
    assert!(lab.apply(text).ends_with("0 added, 0 changed, 1 destroyed\n"));
    assert_eq!(taken(&recorder), ["gone in1 k m"]);
    lab.apply("");
    assert_eq!(taken(&recorder), Vec::<String>::new(), "nothing declares it any more");
}

#[test]
fn a_removed_block_says_farewell() {
    let (lab, recorder) = lab();
    lab.apply(
        r#"
        resource "memory_thing" "counted" {
          count = 1
          name  = "counted"
        }
        resource "memory_thing" "forgotten" {
          name = "forgotten"
        }
        module "m" {
          source = "./m"
        }
        module "n" {
          source = "./m"
        }
        ## m/main.tf
        resource "memory_thing" "a" {
          name = "inner"
        }
        "#,
    );
    let applied = lab.apply(
        r#"
        removed {
          from = memory_thing.counted
          provisioner "local-exec" {
            when    = destroy
            command = "a ${self.name} ${count.index}"
          }
        }
        removed {
          from = memory_thing.forgotten
          lifecycle {
            destroy = false
          }
          provisioner "local-exec" {
            when    = destroy
            command = "never"
          }
        }
        removed {
          from = module.m.memory_thing.a
          provisioner "local-exec" {
            when    = destroy
            command = "b ${self.name} ${path.module}"
          }
        }
        module "n" {
          source = "./n"
        }
        ## n/main.tf
        removed {
          from = memory_thing.a
          provisioner "local-exec" {
            when    = destroy
            command = "c ${self.name} ${path.module}"
          }
        }
        "#,
    );
    assert!(applied.ends_with("0 added, 0 changed, 3 destroyed\n"), "{applied}");
    let mut commands = taken(&recorder);
    commands.sort();
    assert_eq!(commands, ["a counted 0", "b inner .", "c inner n"]);
}
