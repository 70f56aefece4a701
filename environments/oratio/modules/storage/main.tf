# Three private buckets, one entry each, and the same protection around all of them.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  buckets = {
    # What users upload for their agents. An overwritten document can be brought back for three months.
    knowledge_bases = {
      versioned                  = true
      rule_id                    = "DeleteOldVersions"
      noncurrent_expiration_days = 90
      transitions                = {}
    }

    # Every generated version of an agent's code is kept.
    generated_code = {
      versioned                  = true
      rule_id                    = null
      noncurrent_expiration_days = null
      transitions                = {}
    }

    # Written once, listened to in the first weeks if at all: storage gets cheaper as they age.
    recordings = {
      versioned                  = false
      rule_id                    = "TransitionToIA"
      noncurrent_expiration_days = null
      transitions                = { STANDARD_IA = 30, GLACIER = 90 }
    }
  }

  # Bucket names are unique in all of AWS, hence the account's number at the end.
  suffix = coalesce(var.bucket_suffix, data.aws_caller_identity.current.account_id)

  names = {
    for key, bucket in local.buckets :
    key => format("oratio-%s-%s-%s", replace(key, "_", "-"), var.environment, local.suffix)
  }

  # Made from the names instead of read from the buckets: the policies below can then be seen in the first plan.
  arns = {
    for key, name in local.names :
    key => format("arn:%s:s3:::%s", data.aws_partition.current.partition, name)
  }
}

resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket = local.names[each.key]

  # Destroying a bucket that still holds objects fails, unless its contents may go with it.
  force_destroy = !var.retain_data
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = { for key, bucket in local.buckets : key => bucket if bucket.versioned }

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = { for key, bucket in local.buckets : key => bucket if bucket.rule_id != null }

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = each.value.rule_id
    status = "Enabled"

    # The whole bucket.
    filter {}

    dynamic "noncurrent_version_expiration" {
      for_each = compact([each.value.noncurrent_expiration_days])

      content {
        noncurrent_days = noncurrent_version_expiration.value
      }
    }

    dynamic "transition" {
      for_each = each.value.transitions

      content {
        storage_class = transition.key
        days          = transition.value
      }
    }
  }

  # A rule about old versions means nothing before there can be any.
  depends_on = [aws_s3_bucket_versioning.this]
}

# Keys that S3 manages (SSE-S3). It is the default for new buckets, written down so that a change would show.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Nobody may talk to the buckets over plain HTTP, whatever else a role is allowed.
data "aws_iam_policy_document" "tls_only" {
  for_each = local.buckets

  statement {
    sid     = "TlsOnly"
    effect  = "Deny"
    actions = ["s3:*"]

    resources = [
      local.arns[each.key],
      "${local.arns[each.key]}/*",
    ]

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
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id
  policy = data.aws_iam_policy_document.tls_only[each.key].json

  # S3 refuses two changes to one bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}
