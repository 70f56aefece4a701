### minimal
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.scenery.id
}

### some
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket            = aws_s3_bucket.scenery.id
  block_public_acls = true
}

### full
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.scenery.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
