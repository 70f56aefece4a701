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
    "#), @r#"
    all = [8,["x"],"2",{"a":3,"b":{"d":"D"},"c":"1"},[null,"d"]]
    0 added, 0 changed, 0 destroyed
    "#);
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
    assert_snapshot!(lab.plan(files), @"
    Error main.tf:2:9: Invalid value for variable
      Port 99999 is too large.

    This was checked by the validation rule at main.tf:4,11.
    Error main.tf:15:20: Invalid value for variable
      Not small.

    This was checked by the validation rule at m/main.tf:2,11.
    ");
    let lab = Lab::new().with_variable("port", "many").with_variable("nmae", "x");
    assert_snapshot!(lab.plan(files), @r#"
    Error main.tf:2:9: Invalid value for input variable
      The value given for var.port on the command line is not suitable: a number is required.
    Error main.tf:9:9: No value for required variable
      The root module input variable "name" is not set, and has no default value.
      help: give it with -var 'name=…', in a .tfvars file with -var-file, or as TF_VAR_name
    Error -: Value for undeclared variable
      A variable named "nmae" was assigned on the command line, but the root module does not declare it.
      help: did you mean `name`?
    "#);
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
    "#), @r#"
    Error main.tf:4:29: Invalid validation expression
      The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.
    Error main.tf:4:29: Invalid variable validation condition
      The condition for variable "v" must refer to var.v in order to test incoming values.
    Error main.tf:10:21: Invalid default value for variable
      This default value is not compatible with the variable's type constraint: a number is required.
    Error main.tf:14:22: Invalid default value for variable
      A null default value is not valid when nullable = false.
    "#);
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
    assert_snapshot!(lab.plan(SECRETS), @r#"
    Create memory_thing.a
      id: - -> (unknown)
      labels: - -> (sensitive)
      name: - -> "a"
      owner: - -> (sensitive)
      part: - -> []
      rule: - -> []
      size: - -> 1
    Create memory_thing.b
      id: - -> (unknown)
      name: - -> "b"
      owner: - -> (sensitive)
      part: - -> []
      rule: - -> []
      secret: - -> (sensitive)
      size: - -> 1
    output login: - -> (sensitive)
    "#);
    lab.apply(SECRETS);
    assert_snapshot!(lab.state(), @r#"
    memory_thing.a hides .labels["password"], .owner
    memory_thing.b needs memory_thing.a hides .owner, .secret
    login = {"password":"hidden","user":"u"} (sensitive)
    "#);
    assert_snapshot!(lab.plan(SECRETS), @"no changes");
    // What only changes its sensitivity is stored without asking the provider.
    let open = SECRETS.replace("sensitive = true\n      default", "default");
    assert_snapshot!(lab.plan(&open), @r#"
    Update memory_thing.a
      labels: (sensitive) -> {"password":"hidden","user":"u"}
      owner: (sensitive) -> "hidden"
    Update memory_thing.b
      owner: (sensitive) -> "hidden"
    "#);
    assert_snapshot!(lab.apply(&open), @r#"
    login = {"password":"hidden","user":"u"}
    0 added, 2 changed, 0 destroyed
    "#);
    assert_snapshot!(lab.plan(&open), @"no changes");
    assert_snapshot!(lab.plan(&SECRETS.replace("value     = local.login\n      sensitive = true", "value = local.login")), @"
    Error main.tf:19:5: Output refers to sensitive values
      To reduce the risk of accidentally exporting sensitive data that was intended to be only internal, any root module output containing sensitive data must be explicitly marked as sensitive. If you do intend to export this data, add: sensitive = true
    ");
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
    "#), @r#"
    Error main.tf:6:18: Invalid use of ephemeral value
      Ephemeral values are not valid for "name", because it is not a write-only attribute and must be persisted to state. Use a value that is not ephemeral.
    Error main.tf:9:19: Ephemeral value not allowed
      This output value is not declared as returning an ephemeral value, so it cannot be set to a result derived from an ephemeral value.
    Error main.tf:13:20: Ephemeral value not allowed
      This input variable is not declared as accepting ephemeral values, so it cannot be set to a result derived from an ephemeral value.
    "#);
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
    assert_snapshot!(lab.plan(&files("[memory_thing.base.id, \"fixed\"]")), @r#"
    Create memory_thing.a
      id: - -> (unknown)
      name: - -> "a"
      owner: - -> (unknown)
      part: - -> [{"name":"x","weight":1},{"name":"y","weight":2}]
      rule: - -> (partly unknown)
      size: - -> 1
    Create memory_thing.base
      id: - -> (unknown)
      name: - -> "base"
      owner: - -> (unknown)
      part: - -> []
      rule: - -> []
      size: - -> 1
    "#);
    assert_snapshot!(lab.plan(&files("memory_thing.base.needs")), @"
    Error main.tf:15:28: Invalid dynamic for_each value
      The for_each of this dynamic block is null; write an empty list for no blocks.
    ");
    assert_snapshot!(lab.apply(&files("[memory_thing.base.id, \"fixed\"]")), @"
    Create base
    Create a
    2 added, 0 changed, 0 destroyed
    ");
    assert_snapshot!(lab.plan(&files("[memory_thing.base.id]")), @r#"
    Update memory_thing.a
      rule: [{"name":"fixed","weight":null},{"name":"thing-1","weight":null}] -> [{"name":"thing-1","weight":null}]
    "#);
}

#[test]
fn infinite_numbers_are_not_stored() {
    let lab = Lab::new();
    assert_snapshot!(lab.plan(r#"
        resource "terraform_data" "a" {
          input = { limit = tonumber("inf") }
        }
        output "quotient" {
          value = [1 / 0]
        }
        output "limit" {
          value = yamldecode("-.inf")
        }
    "#), @r#"
    Error main.tf:3:19: Infinite number
      "input" is, or has in it, an infinite number, which can neither be sent nor stored.
    Error main.tf:6:24: Division by zero
      Cannot divide by zero: change the divisor, or test for zero first.
    Error main.tf:9:19: Infinite number
      The outputs of the root module are stored, and an infinite number cannot be.
    "#);
}
