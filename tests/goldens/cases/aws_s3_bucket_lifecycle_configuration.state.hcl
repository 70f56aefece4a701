### minimal
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    expiration {
      days = 7
    }
  }
}

### no_filter
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    expiration {
      days = 7
    }
  }
}

### rule_prefix
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    prefix = "temp/"

    expiration {
      days = 7
    }
  }
}

### rule_prefix_empty
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    prefix = ""

    expiration {
      days = 7
    }
  }
}

### filter_prefix
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "temp/"
    }

    expiration {
      days = 7
    }
  }
}

### filter_prefix_empty
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = ""
    }

    expiration {
      days = 7
    }
  }
}

### filter_tag
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      tag {
        key   = "class"
        value = "temp"
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_and
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      and {
        prefix                   = "temp/"
        object_size_greater_than = 500
        object_size_less_than    = 64000

        tags = {
          class = "temp"
          team  = "one"
        }
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_and_prefix_tags
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      and {
        prefix = "temp/"

        tags = {
          class = "temp"
        }
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_size_greater
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      object_size_greater_than = 500
    }

    expiration {
      days = 7
    }
  }
}

### filter_size_less
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      object_size_less_than = 500
    }

    expiration {
      days = 7
    }
  }
}

### expiration_date
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    expiration {
      date = "2031-01-02T00:00:00Z"
    }
  }
}

### expiration_delete_marker
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    expiration {
      expired_object_delete_marker = true
    }
  }
}

### transitions
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = 90
      storage_class = "GLACIER"
    }
  }
}

### transition_zero_days
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    transition {
      days          = 0
      storage_class = "INTELLIGENT_TIERING"
    }
  }
}

### transition_date
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    transition {
      date          = "2031-01-02T00:00:00Z"
      storage_class = "DEEP_ARCHIVE"
    }
  }
}

### transition_no_days
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    transition {
      storage_class = "GLACIER_IR"
    }
  }
}

### noncurrent_expiration
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}

### noncurrent_expiration_keep
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    noncurrent_version_expiration {
      noncurrent_days           = 90
      newer_noncurrent_versions = 3
    }
  }
}

### noncurrent_transitions
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "STANDARD_IA"
    }

    noncurrent_version_transition {
      noncurrent_days           = 60
      newer_noncurrent_versions = 2
      storage_class             = "GLACIER"
    }
  }
}

### abort_multipart
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}

### disabled
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Disabled"

    filter {
    }

    expiration {
      days = 7
    }
  }
}

### two_rules
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "z-first"
    status = "Enabled"

    filter {
      prefix = "z/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "a-second"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 9
    }
  }
}

### timeouts
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
    }

    expiration {
      days = 7
    }
  }

  timeouts {
    create = "5m"
    update = "90s"
  }
}

### full
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id
  expected_bucket_owner                  = "123456789012"
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "first"
    status = "Enabled"

    filter {
      and {
        prefix                = "logs/"
        object_size_less_than = 1000000

        tags = {
          class = "log"
        }
      }
    }

    expiration {
      days = 365
    }

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = 90
      storage_class = "GLACIER"
    }

    noncurrent_version_expiration {
      noncurrent_days           = 120
      newer_noncurrent_versions = 5
    }

    noncurrent_version_transition {
      noncurrent_days = 30
      storage_class   = "GLACIER"
    }
  }

  rule {
    id     = "second"
    status = "Disabled"

    filter {
      prefix = "uploads/"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}
