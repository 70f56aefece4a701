# Where the state lives. A backend takes no variables: for another bucket, change the name here or give
# `-backend-config=bucket=NAME` to `init`. Sandbox runs set this aside and keep their state on this machine.

terraform {
  backend "s3" {
    bucket  = "oratio-state-dev"
    key     = "oratio/dev/terraform.tfstate"
    region  = "us-east-1"
    encrypt = true

    # A lock object beside the state; no table is needed for it.
    use_lockfile = true
  }
}
