### minimal
resource "terraform_data" "this" {
}

### string
resource "terraform_data" "this" {
  input = "text"
}

### full
resource "terraform_data" "scenery" {
  input = "upstream"
}

resource "terraform_data" "this" {
  input = {
    text   = "a"
    number = 1.5
    flag   = true
    list   = ["a", 2, null]
    object = { deep = [{ x = "y" }] }
    after  = terraform_data.scenery.output
  }

  triggers_replace = [terraform_data.scenery.id, "two"]
}

### collections
resource "terraform_data" "this" {
  input            = toset(["b", "a"])
  triggers_replace = tomap({ k = "v" })
}

### nulls
resource "terraform_data" "this" {
  input            = null
  triggers_replace = null
}

### sensitive
variable "secret" {
  type      = string
  sensitive = true
  default   = "hidden"
}

resource "terraform_data" "this" {
  input            = { secret = var.secret, open = "x" }
  triggers_replace = var.secret
}
