//! The cases about what may stand in `lifecycle`: see [`super::parse`].

pub const CASES: &str = r##"
=== lifecycle_said_wrongly
>>>
resource "terraform_data" "a" {
  lifecycle {
    create_before_destroy = null
  }
}
resource "terraform_data" "b" {
  lifecycle {
    prevent_destroy = null
    ignore_changes  = ["*"]
    unknown         = 1
    unknown {
    }
  }
  lifecycle {
  }
}
resource "terraform_data" "c" {
  lifecycle {
    ignore_changes = [
      input,
      "*",
    ]
    replace_triggered_by = terraform_data.a
  }
}
resource "terraform_data" "d" {
  lifecycle {
    ignore_changes = [
      upper(input),
    ]
  }
}
data "terraform_remote_state" "e" {
  lifecycle {
    create_before_destroy = true
    prevent_destroy       = true
  }
}
variable "f" {
  sensitive = null
}

=== triggers_said_wrongly
>>>
variable "x" {
  default = "k"
}
resource "terraform_data" "b" {
  for_each = toset(["k"])
}
resource "terraform_data" "a" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      terraform_data.b[var.x],
    ]
  }
}
resource "terraform_data" "c" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      each.key,
    ]
  }
}
resource "terraform_data" "d" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      "terraform_data.b",
    ]
  }
}
resource "terraform_data" "e" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      1 + 2,
    ]
  }
}
resource "terraform_data" "f" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      terraform_data.b[each.value],
    ]
  }
}
resource "terraform_data" "g" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      terraform_data.b[*].id,
    ]
  }
}
resource "terraform_data" "h" {
  count = 1
  lifecycle {
    replace_triggered_by = [
      terraform_data.b[terraform_data.a.id],
    ]
  }
}

=== conditions_about_oneself
>>>
resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = terraform_data.a.id == 1
      error_message = "x"
    }
    postcondition {
      condition     = terraform_data.a.id == 1
      error_message = terraform_data.a.id
    }
    postcondition {
      condition = "text"
    }
    postcondition {
      error_message = "x"
      other         = 1
    }
  }
}
"##;
