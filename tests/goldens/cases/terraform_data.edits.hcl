### nothing
--- before
resource "terraform_data" "this" {
  input = "a"
}
--- after
resource "terraform_data" "this" {
  input = "a"
}

### input_changed
--- before
resource "terraform_data" "this" {
  input = "a"
}
--- after
resource "terraform_data" "this" {
  input = "b"
}

### input_added
--- before
resource "terraform_data" "this" {

}
--- after
resource "terraform_data" "this" {
  input = "a"
}

### input_removed
--- before
resource "terraform_data" "this" {
  input = "a"
}
--- after
resource "terraform_data" "this" {

}

### input_type_changed
--- before
resource "terraform_data" "this" {
  input = "1"
}
--- after
resource "terraform_data" "this" {
  input = 1
}

### input_collection_kind_changed
--- before
resource "terraform_data" "this" {
  input = ["a"]
}
--- after
resource "terraform_data" "this" {
  input = toset(["a"])
}

### input_object_member_added
--- before
resource "terraform_data" "this" {
  input = { a = 1 }
}
--- after
resource "terraform_data" "this" {
  input = { a = 1, b = 2 }
}

### triggers_changed
--- before
resource "terraform_data" "this" {
  triggers_replace = "a"
}
--- after
resource "terraform_data" "this" {
  triggers_replace = "b"
}

### triggers_added
--- before
resource "terraform_data" "this" {

}
--- after
resource "terraform_data" "this" {
  triggers_replace = ["a"]
}

### triggers_removed
--- before
resource "terraform_data" "this" {
  triggers_replace = ["a"]
}
--- after
resource "terraform_data" "this" {

}

### triggers_element_changed
--- before
resource "terraform_data" "this" {
  triggers_replace = ["a", "b"]
}
--- after
resource "terraform_data" "this" {
  triggers_replace = ["a", "c"]
}

### triggers_and_input
--- before
resource "terraform_data" "this" {
  input            = "a"
  triggers_replace = "a"
}
--- after
resource "terraform_data" "this" {
  input            = "b"
  triggers_replace = "b"
}

### input_from_changed_output
--- before
resource "terraform_data" "scenery" {
  input = "a"
}

resource "terraform_data" "this" {
  input = terraform_data.scenery.output
}
--- after
resource "terraform_data" "scenery" {
  input = "b"
}

resource "terraform_data" "this" {
  input = terraform_data.scenery.output
}

### triggers_from_changed_output
--- before
resource "terraform_data" "scenery" {
  input = "a"
}

resource "terraform_data" "this" {
  triggers_replace = terraform_data.scenery.output
}
--- after
resource "terraform_data" "scenery" {
  input = "b"
}

resource "terraform_data" "this" {
  triggers_replace = terraform_data.scenery.output
}

### replace_triggered_by
--- before
resource "terraform_data" "scenery" {
  input = "a"
}

resource "terraform_data" "this" {
  input = "x"

  lifecycle {
    replace_triggered_by = [terraform_data.scenery]
  }
}
--- after
resource "terraform_data" "scenery" {
  input = "b"
}

resource "terraform_data" "this" {
  input = "x"

  lifecycle {
    replace_triggered_by = [terraform_data.scenery]
  }
}

### create_before_destroy
--- before
resource "terraform_data" "this" {
  triggers_replace = "a"

  lifecycle {
    create_before_destroy = true
  }
}
--- after
resource "terraform_data" "this" {
  triggers_replace = "b"

  lifecycle {
    create_before_destroy = true
  }
}

### ignore_changes
--- before
resource "terraform_data" "this" {
  input = "a"

  lifecycle {
    ignore_changes = [input]
  }
}
--- after
resource "terraform_data" "this" {
  input = "b"

  lifecycle {
    ignore_changes = [input]
  }
}
