### minimal
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

### pay_per_request_range_key
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "at"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }
}

### pay_per_request_gsi
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "user"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  global_secondary_index {
    name            = "by-user"
    hash_key        = "user"
    projection_type = "ALL"
  }

  global_secondary_index {
    name               = "by-user-at"
    hash_key           = "user"
    range_key          = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["title", "body"]
  }
}

### provisioned
resource "aws_dynamodb_table" "this" {
  name           = "NAME"
  read_capacity  = 2
  write_capacity = 3
  hash_key       = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

### provisioned_gsi_lsi
resource "aws_dynamodb_table" "this" {
  name           = "NAME"
  billing_mode   = "PROVISIONED"
  read_capacity  = 2
  write_capacity = 3
  hash_key       = "id"
  range_key      = "at"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  attribute {
    name = "user"
    type = "B"
  }

  local_secondary_index {
    name            = "local-user"
    range_key       = "user"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name               = "local-user-more"
    range_key          = "user"
    projection_type    = "INCLUDE"
    non_key_attributes = ["b", "a"]
  }

  global_secondary_index {
    name            = "by-user"
    hash_key        = "user"
    range_key       = "at"
    projection_type = "KEYS_ONLY"
    read_capacity   = 4
    write_capacity  = 5
  }
}

### ttl
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

### ttl_disabled
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    enabled = false
  }
}

### pitr
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

### pitr_disabled
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = false
  }
}

### stream
resource "aws_dynamodb_table" "this" {
  name             = "NAME"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
}

### stream_disabled
resource "aws_dynamodb_table" "this" {
  name           = "NAME"
  billing_mode   = "PAY_PER_REQUEST"
  hash_key       = "id"
  stream_enabled = false

  attribute {
    name = "id"
    type = "S"
  }
}

### sse
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }
}

### sse_disabled
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = false
  }
}

### sse_own_key
resource "aws_kms_key" "table" {
  description = "NAME"
}

resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.table.arn
  }
}

### table_class
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  table_class  = "STANDARD_INFREQUENT_ACCESS"

  attribute {
    name = "id"
    type = "S"
  }
}

### tags
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team  = "one"
    Empty = ""
  }
}

### tags_empty
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {}
}

### default_tags
provider "aws" {
  s3_use_path_style       = true
  skip_metadata_api_check = true

  default_tags {
    tags = {
      Team  = "default"
      Stage = "dev"
    }
  }
}

resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team = "own"
  }
}

### deletion_protection
resource "aws_dynamodb_table" "this" {
  name                        = "NAME"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = true

  attribute {
    name = "id"
    type = "S"
  }
}

### on_demand_throughput
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  on_demand_throughput {
    max_read_request_units  = 10
    max_write_request_units = 20
  }
}

### timeouts
resource "aws_dynamodb_table" "this" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  timeouts {
    create = "5m"
    delete = "90s"
  }
}

### full
resource "aws_dynamodb_table" "this" {
  name                        = "NAME"
  billing_mode                = "PROVISIONED"
  read_capacity               = 5
  write_capacity              = 6
  hash_key                    = "id"
  range_key                   = "at"
  table_class                 = "STANDARD"
  stream_enabled              = true
  stream_view_type            = "KEYS_ONLY"
  deletion_protection_enabled = true

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  attribute {
    name = "user"
    type = "S"
  }

  local_secondary_index {
    name            = "local-user"
    range_key       = "user"
    projection_type = "ALL"
  }

  global_secondary_index {
    name               = "by-user"
    hash_key           = "user"
    range_key          = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["title"]
    read_capacity      = 1
    write_capacity     = 2
  }

  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }

  tags = {
    Name = "NAME"
  }

  timeouts {
    create = "10m"
    update = "20m"
    delete = "5m"
  }
}
