### nothing
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### block_public_acls_off
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = false
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### block_public_policy_off
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = false
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### ignore_public_acls_off
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = false
  restrict_public_buckets = true
}

### restrict_public_buckets_off
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = false
}

### one_removed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### all_on
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### false_written
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

### other_bucket
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.second.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

### bucket_renamed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
