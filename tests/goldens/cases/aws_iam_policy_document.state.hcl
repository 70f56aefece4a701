### minimal
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

### empty
data "aws_iam_policy_document" "this" {
}

### two_statements
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"]
  }

  statement {
    sid       = "List"
    effect    = "Allow"
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::b"]
  }
}

### deny_not
data "aws_iam_policy_document" "this" {
  statement {
    effect        = "Deny"
    not_actions   = ["s3:Get*", "iam:Get*"]
    not_resources = ["arn:aws:s3:::b", "arn:aws:s3:::a"]
  }
}

### principals
data "aws_iam_policy_document" "this" {
  statement {
    sid     = "Services"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com", "ecs.amazonaws.com"]
    }

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }

  statement {
    sid     = "Everyone"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }

  statement {
    sid     = "EveryAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }

  statement {
    sid     = "Federated"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["cognito-identity.amazonaws.com"]
    }
  }
}

### principals_same_type_twice
data "aws_iam_policy_document" "this" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111111111111:root"]
    }

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::333333333333:root", "arn:aws:iam::222222222222:root"]
    }
  }
}

### not_principals
data "aws_iam_policy_document" "this" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]

    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:user/a", "arn:aws:iam::123456789012:user/b"]
    }
  }
}

### conditions
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::b"]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/", "", "home/&{aws:username}/"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["us-east-1"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = [3600]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
  }
}

### condition_same_test_and_variable
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["b", "a"]
    }

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["d", "c"]
    }
  }
}

### condition_value_order
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/z"
      values   = ["m", "z", "a"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values   = ["x", "x", "b"]
    }
  }
}

### version_and_id
data "aws_iam_policy_document" "this" {
  version   = "2008-10-17"
  policy_id = "the-policy"

  statement {
    sid       = "one"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:us-east-1:123456789012:queue"]
  }
}

### variables
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::b/home/&{aws:username}", "arn:aws:s3:::b/home/&{aws:username}/*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:user/&{aws:username}"]
    }
  }
}

### characters
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "Html"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::b/<a>&\"b\"\\ü\u2028"]
  }
}

### empty_lists
data "aws_iam_policy_document" "this" {
  statement {
    actions   = []
    resources = []
  }
}

### duplicates
data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:b", "s3:a", "s3:b", "S3:A"]
    resources = ["*", "*"]
  }
}

### source_documents
data "aws_iam_policy_document" "one" {
  statement {
    sid       = "Kept"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }

  statement {
    sid       = "Replaced"
    actions   = ["s3:PutObject"]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:NoSid"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "two" {
  statement {
    sid       = "Added"
    actions   = ["s3:DeleteObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = [
    data.aws_iam_policy_document.one.json,
    data.aws_iam_policy_document.two.json,
  ]

  statement {
    sid       = "Replaced"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

### override_documents
data "aws_iam_policy_document" "one" {
  policy_id = "from-one"

  statement {
    sid       = "Base"
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::one"]
  }

  statement {
    actions   = ["s3:NoSidOne"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "two" {
  statement {
    sid       = "Base"
    effect    = "Deny"
    actions   = ["s3:DeleteObject"]
    resources = ["arn:aws:s3:::two"]
  }

  statement {
    sid       = "New"
    actions   = ["s3:New"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "this" {
  policy_id = "from-this"

  override_policy_documents = [
    data.aws_iam_policy_document.one.json,
    data.aws_iam_policy_document.two.json,
  ]

  statement {
    sid       = "Base"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:NoSidThis"]
    resources = ["*"]
  }
}

### source_and_override
data "aws_iam_policy_document" "this" {
  source_policy_documents = [jsonencode({
    Version = "2008-10-17"
    Id      = "from-source"
    Statement = [{
      Sid       = "Same"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = ["o-1"] }, Bool = { "aws:SecureTransport" = "true" } }
    }]
  })]

  override_policy_documents = [jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Same", Effect = "Deny", Action = ["s3:PutObject"], Resource = ["b", "a"], NotPrincipal = { AWS = "arn:aws:iam::123456789012:root" } },
      { Effect = "Allow", NotAction = "s3:*", NotResource = "*", Principal = { Service = ["b.amazonaws.com", "a.amazonaws.com"], AWS = "*" } },
    ]
  })]
}

### only_sources
data "aws_iam_policy_document" "this" {
  source_policy_documents = [
    jsonencode({ Statement = [{ Effect = "Allow", Action = "a:B", Resource = "*" }] }),
    "",
    jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "", Effect = "Allow", Action = ["a:C"], Resource = ["*"] }] }),
  ]
}

### full
data "aws_iam_policy_document" "this" {
  version   = "2012-10-17"
  policy_id = "full"

  source_policy_documents   = [jsonencode({ Statement = [{ Sid = "Source", Effect = "Allow", Action = "a:A", Resource = "*" }] })]
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "Deny", Effect = "Deny", Action = "a:D", Resource = "*" }] })]

  statement {
    sid       = "Deny"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::b"]

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

  statement {
    sid           = "Not"
    not_actions   = ["s3:Get"]
    not_resources = ["arn:aws:s3:::c"]

    not_principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }
}
