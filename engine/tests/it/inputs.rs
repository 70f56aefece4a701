//! Variables, locals and sensitive values.

use insta::assert_snapshot;

use crate::lab::Lab;

#[test]
fn values_are_converted_to_their_types_and_completed() {
    let lab = Lab::new().with_variable("number", "7").with_variable("list", r#"["x"]"#).with_variable("untyped", "2");
    assert_snapshot!(lab.apply(r#"
        variable "number" {
          type = number
        }
        variable "list" {
          type = list(string)
        }
        variable "untyped" {}
        variable "object" {
          type = object({
            a = optional(number, 3)
            b = optional(object({ d = optional(string, "D") }), {})
            c = string
          })
          default = { a = null, c = 1, extra = true }
        }
        module "m" {
          source   = "./m"
          nullable = null
          filled   = null
        }
        output "all" {
          value = [var.number + 1, var.list, var.untyped, var.object, module.m.both]
        }
        ## m/main.tf
        variable "nullable" {
          default = "d"
        }
        variable "filled" {
          default  = "d"
          nullable = false
        }
        output "both" {
          value = [var.nullable, var.filled]
        }
    "#), @"");
}

#[test]
fn bad_values_are_refused_with_the_rules_own_words() {
    let files = r#"
        variable "port" {
          type = number
          validation {
            condition     = var.port < 65536
            error_message = "Port ${var.port} is too large."
          }
        }
        variable "name" {
          type     = string
          nullable = false
        }
        module "m" {
          source = "./m"
          small  = var.port
        }
        ## m/main.tf
        variable "small" {
          validation {
            condition     = var.small < 10
            error_message = "Not small."
          }
        }
    "#;
    let lab = Lab::new().with_variable("port", "99999").with_variable("name", "x");
    assert_snapshot!(lab.plan(files), @"");
    let lab = Lab::new().with_variable("port", "many").with_variable("nmae", "x");
    assert_snapshot!(lab.plan(files), @"");
    assert_snapshot!(lab.plan(r#"
        variable "v" {
          validation {
            condition     = 1 == 1
            error_message = "?"
          }
        }
        variable "w" {
          type    = number
          default = "x"
        }
        variable "n" {
          nullable = false
          default  = null
        }
    "#), @"");
}

const SECRETS: &str = r#"
    variable "password" {
      sensitive = true
      default   = "hidden"
    }
    locals {
      login = { user = "u", password = var.password }
    }
    resource "memory_thing" "a" {
      name   = "a"
      owner  = local.login.password
      labels = { user = local.login.user, password = local.login.password }
    }
    resource "memory_thing" "b" {
      name   = "b"
      owner  = memory_thing.a.owner
      secret = "by schema"
    }
    output "login" {
      value     = local.login
      sensitive = true
    }
"#;

#[test]
fn secrets_stay_secret_on_their_way() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(SECRETS), @"");
    lab.apply(SECRETS);
    assert_snapshot!(lab.state(), @"");
    assert_snapshot!(lab.plan(SECRETS), @"");
    // What only changes its sensitivity is stored without asking the provider.
    let open = SECRETS.replace("sensitive = true\n      default", "default");
    assert_snapshot!(lab.plan(&open), @"");
    assert_snapshot!(lab.apply(&open), @"");
    assert_snapshot!(lab.plan(&open), @"");
    assert_snapshot!(lab.plan(&SECRETS.replace("value     = local.login\n      sensitive = true", "value = local.login")), @"");
}

#[test]
fn ephemeral_values_are_not_stored() {
    let lab = Lab::new().with_variable("token", "t");
    assert_snapshot!(lab.plan(r#"
        variable "token" {
          ephemeral = true
        }
        resource "memory_thing" "a" {
          name = "a${var.token}"
        }
        output "o" {
          value = var.token
        }
        module "m" {
          source = "./m"
          plain  = var.token
        }
        ## m/main.tf
        variable "plain" {}
    "#), @"");
}

#[test]
fn blocks_are_generated() {
    let lab = Lab::new();
    let files = |rules: &str| {
        format!(
            r#"
            resource "memory_thing" "base" {{
              name = "base"
            }}
            resource "memory_thing" "a" {{
              name = "a"
              dynamic "part" {{
                for_each = {{ x = 1, y = 2 }}
                content {{
                  name   = part.key
                  weight = part.value
                }}
              }}
              dynamic "rule" {{
                for_each = {rules}
                iterator = each_rule
                content {{
                  name = each_rule.value
                }}
              }}
            }}
            "#
        )
    };
    assert_snapshot!(lab.plan(&files("[memory_thing.base.id, \"fixed\"]")), @"");
    assert_snapshot!(lab.plan(&files("memory_thing.base.needs")), @"");
    assert_snapshot!(lab.apply(&files("[memory_thing.base.id, \"fixed\"]")), @"");
    assert_snapshot!(lab.plan(&files("[memory_thing.base.id]")), @"");
}
