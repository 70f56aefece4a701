### minimal
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Enabled"
  }
}

### suspended
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Suspended"
  }
}

### disabled
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.scenery.id

  versioning_configuration {
    status = "Disabled"
  }
}

### full
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket                = aws_s3_bucket.scenery.id
  expected_bucket_owner = "123456789012"

  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Disabled"
  }
}
