### nothing
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### whitespace
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "One",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "s3:DeleteObject",
          "Resource": "${aws_s3_bucket.scenery.arn}/*"
        }
      ]
    }
  JSON
}

### member_order
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Statement":[{"Resource":"${aws_s3_bucket.scenery.arn}/*","Action":"s3:DeleteObject","Principal":"*","Effect":"Deny","Sid":"One"}],"Version":"2012-10-17"}
  JSON
}

### one_element_list
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":["s3:DeleteObject"],"Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### statement_without_list
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}}
  JSON
}

### principal_aws_star
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### action_order
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":["s3:DeleteObject","s3:PutObject"],"Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":["s3:PutObject","s3:DeleteObject"],"Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### action_case
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"S3:deleteobject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### root_arn_or_account
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":{"AWS":"123456789012"},"Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### statement_order
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"},{"Sid":"Two","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"Two","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"${aws_s3_bucket.scenery.arn}/*"},{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### statement_added
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"},{"Sid":"Two","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### sid_changed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"Uno","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### sid_removed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### effect_changed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### version_changed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2008-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### condition_added
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
  JSON
}

### condition_value_bool_or_text
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*","Condition":{"Bool":{"aws:SecureTransport":[false]}}}]}
  JSON
}

### id_added
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Id":"x","Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}

### other_bucket
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket" "second" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.second.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.second.arn}/*"}]}
  JSON
}

### bucket_renamed
--- before
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
--- after
resource "aws_s3_bucket" "scenery" {
  bucket = "NAME-2"
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.scenery.id

  policy = <<-JSON
    {"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"${aws_s3_bucket.scenery.arn}/*"}]}
  JSON
}
