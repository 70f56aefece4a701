### nothing
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### rename
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME-renamed"
}

### name_to_prefix
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket_prefix = "NAME-"
}

### name_left_out
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  force_destroy = false
}

### prefix_changed
--- before
resource "aws_s3_bucket" "this" {
  bucket_prefix = "NAME-a-"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket_prefix = "NAME-b-"
}

### prefix_to_name
--- before
resource "aws_s3_bucket" "this" {
  bucket_prefix = "NAME-a-"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### force_destroy_on
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = true
}

### force_destroy_off
--- before
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = true
}
--- after
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = false
}

### force_destroy_removed
--- before
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = true
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### object_lock_on
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  object_lock_enabled = true
}

### object_lock_off
--- before
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  object_lock_enabled = true
}
--- after
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  object_lock_enabled = false
}

### object_lock_removed
--- before
resource "aws_s3_bucket" "this" {
  bucket              = "NAME"
  object_lock_enabled = true
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### tags_added
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}

### tags_removed
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### tags_changed
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
    Old  = "x"
  }
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "two"
    New  = "y"
  }
}

### tag_value_emptied
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = ""
  }
}

### tags_and_force_destroy
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}
--- after
resource "aws_s3_bucket" "this" {
  bucket        = "NAME"
  force_destroy = true

  tags = {
    Team = "two"
  }
}

### default_tags_changed
--- before
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Stage = "dev"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Stage = "prod"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}

### default_tags_overridden
--- before
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Stage = "dev"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Stage = "dev"
    }
  }
}

resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Stage = "own"
  }
}

### timeouts_added
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  timeouts {
    create = "5m"
  }
}

### rename_with_tags
--- before
resource "aws_s3_bucket" "this" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}
--- after
resource "aws_s3_bucket" "this" {
  bucket = "NAME-2"

  tags = {
    Team = "two"
  }
}
