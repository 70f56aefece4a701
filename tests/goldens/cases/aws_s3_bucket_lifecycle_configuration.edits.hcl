### nothing
--- before
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
--- after
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

### expiration_days
--- before
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
--- after
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
      days = 14
    }
  }
}

### expiration_days_to_date
--- before
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
--- after
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

### expiration_to_delete_marker
--- before
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
--- after
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

### expiration_removed_transition_added
--- before
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
--- after
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
  }
}

### status_disabled
--- before
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
--- after
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

### id_changed
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "renamed"
    status = "Enabled"

    filter {
    }

    expiration {
      days = 7
    }
  }
}

### filter_removed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
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

### filter_empty_removed
--- before
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
--- after
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

### filter_empty_added
--- before
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
--- after
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

### filter_empty_to_empty_prefix
--- before
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
--- after
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

### filter_prefix_changed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }
}

### filter_prefix_to_tag
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
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
        key   = "k"
        value = "v"
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_tag_value
--- before
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
        key   = "k"
        value = "v"
      }
    }

    expiration {
      days = 7
    }
  }
}
--- after
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
        key   = "k"
        value = "w"
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_tag_to_and
--- before
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
        value = "v"
      }
    }

    expiration {
      days = 7
    }
  }
}
--- after
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
        prefix = "a/"

        tags = {
          class = "v"
        }
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_and_tags
--- before
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
        prefix = "a/"

        tags = {
          class = "v"
        }
      }
    }

    expiration {
      days = 7
    }
  }
}
--- after
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
        prefix = "a/"

        tags = {
          class = "w"
        }
      }
    }

    expiration {
      days = 7
    }
  }
}

### filter_size
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      object_size_greater_than = 600
    }

    expiration {
      days = 7
    }
  }
}

### rule_prefix_to_filter_prefix
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    prefix = "a/"

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}

### rule_prefix_changed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    prefix = "a/"

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    prefix = "b/"

    expiration {
      days = 7
    }
  }
}

### rule_added
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "second"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }
}

### rule_added_first
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "second"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}

### rule_removed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "second"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}

### rules_swapped
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "second"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    id     = "second"
    status = "Enabled"

    filter {
      prefix = "b/"
    }

    expiration {
      days = 7
    }
  }

  rule {
    id     = "only"
    status = "Enabled"

    filter {
      prefix = "a/"
    }

    expiration {
      days = 7
    }
  }
}

### transition_days
--- before
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
  }
}
--- after
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
      days          = 60
      storage_class = "STANDARD_IA"
    }
  }
}

### transition_added
--- before
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
  }
}
--- after
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

### transition_class
--- before
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
      days          = 90
      storage_class = "GLACIER"
    }
  }
}
--- after
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
      days          = 90
      storage_class = "DEEP_ARCHIVE"
    }
  }
}

### transitions_swapped
--- before
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
--- after
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
      days          = 90
      storage_class = "GLACIER"
    }

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
  }
}

### noncurrent_days
--- before
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
--- after
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
      noncurrent_days = 30
    }
  }
}

### noncurrent_keep_added
--- before
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
--- after
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

### noncurrent_keep_removed
--- before
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
--- after
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

### noncurrent_removed
--- before
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

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}
--- after
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

### abort_days
--- before
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
--- after
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
      days_after_initiation = 5
    }
  }
}

### abort_added
--- before
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
--- after
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

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}

### minimum_size_default_written
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  transition_default_minimum_object_size = "all_storage_classes_128K"

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

### minimum_size_varies
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  transition_default_minimum_object_size = "varies_by_storage_class"

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

### expected_bucket_owner
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  expected_bucket_owner = "123456789012"

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

### timeouts_added
--- before
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
--- after
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
  }
}

### other_bucket
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.second.id

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

### bucket_renamed
--- before
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
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME-2"
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
