### minimal
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### no_name
resource "aws_s3_bucket" "this" {
}

### prefix
resource "aws_s3_bucket" "this" {
  bucket_prefix = "NAME-"
}

### force_destroy
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = true
}

### tags
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team  = "one"
    Empty = ""
  }
}

### tags_empty
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
  tags   = {}
}

### default_tags
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Team  = "default"
      Stage = "dev"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "own"
  }
}

### object_lock
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  object_lock_enabled = true
}

### timeouts
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  timeouts {
    create = "5m"
    delete = "90s"
  }
}

### full
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  force_destroy       = true
  object_lock_enabled = true

  tags = {
    Name = "NAME"
  }

  timeouts {
    create = "1m"
    read   = "2m"
    update = "3m"
    delete = "4m"
  }
}

### other_region
provider "aws" {
  region                  = "eu-west-1"
  s3_use_path_style       = true
  skip_metadata_api_check = true
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
