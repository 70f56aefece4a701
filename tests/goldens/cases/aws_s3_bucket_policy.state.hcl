### minimal
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.scenery.arn, "${aws_s3_bucket.scenery.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

### from_document
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

data "aws_iam_policy_document" "scenery" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.scenery.arn, "${aws_s3_bucket.scenery.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id
  policy = data.aws_iam_policy_document.scenery.json
}

### full
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

# Written with spaces, with one-element lists and out of order: what is kept of that is the point.
resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id
  policy = <<-JSON
    {
      "Statement": [
        {
          "Resource": ["${aws_s3_bucket.scenery.arn}/*"],
          "Action": ["s3:GetObject"],
          "Principal": { "AWS": ["arn:aws:iam::123456789012:root"] },
          "Effect": "Allow"
        },
        {
          "Sid": "second",
          "Effect": "Deny",
          "Principal": { "AWS": "*" },
          "Action": ["s3:PutObject", "s3:DeleteObject"],
          "Resource": "${aws_s3_bucket.scenery.arn}/*",
          "Condition": { "StringNotEquals": { "s3:x-amz-server-side-encryption": ["AES256"] } }
        }
      ],
      "Version": "2012-10-17",
      "Id": "two"
    }
  JSON
}
