### nothing
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}

### suspend
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Suspended"
  }
}

### enable_suspended
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Suspended"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}

### enable_disabled
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Disabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}

### mfa_delete_written
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Disabled"
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

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.second.id

  versioning_configuration {
    status = "Enabled"
  }
}

### bucket_renamed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}

### expected_bucket_owner
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  expected_bucket_owner = "123456789012"

  versioning_configuration {
    status = "Enabled"
  }
}

### bucket_tags_only
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"

  tags = {
    Team = "one"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}
