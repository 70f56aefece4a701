### nothing
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

### to_kms
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

### to_aes
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

### key_added
--- before
resource "aws_kms_key" "scenery" {
  description = "NAME"
}

resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
--- after
resource "aws_kms_key" "scenery" {
  description = "NAME"
}

resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.scenery.arn
    }
  }
}

### key_removed
--- before
resource "aws_kms_key" "scenery" {
  description = "NAME"
}

resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.scenery.arn
    }
  }
}
--- after
resource "aws_kms_key" "scenery" {
  description = "NAME"
}

resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

### bucket_key_on
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

### bucket_key_off
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = false

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

### bucket_key_false_written
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = false

    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

### bucket_key_removed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
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

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
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

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.second.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

### bucket_renamed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

### expected_bucket_owner
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.scenery.id

  expected_bucket_owner = "123456789012"

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
