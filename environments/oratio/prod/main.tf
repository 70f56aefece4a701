# oratio, prod: what users see; its data outlives a mistaken destroy.

terraform {
  # The first with `use_lockfile`.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source = "hashicorp/aws"

      # Written for 5.x and 6.x alike.
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  # Costs are told apart by these; a resource does not repeat them.
  default_tags {
    tags = merge(
      {
        Project     = "oratio"
        Environment = var.environment
      },
      var.tags,
    )
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

module "database" {
  source = "../modules/database"

  environment = var.environment
  retain_data = var.retain_data
}

module "storage" {
  source = "../modules/storage"

  environment   = var.environment
  retain_data   = var.retain_data
  bucket_suffix = var.bucket_suffix
}
