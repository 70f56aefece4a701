//! What a plan looks like for real resources: nested blocks, maps, documents, and what AWS fills in.

use infra_test_support::emulators::Kind;
use insta::assert_snapshot;

use crate::world::World;

#[test]
fn blocks_maps_and_replacement_of_a_real_resource() {
    let world = World::new(
        r#"resource "aws_dynamodb_table" "users" {
  name         = "plan-text-users"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team  = "one"
    Stage = "dev"
  }
}

resource "aws_s3_bucket" "logs" {
  bucket = "plan-text-logs"
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "arn:aws:s3:::plan-text-logs/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
"#,
    )
    .on_shared(Kind::Ministack);
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 0
    --- stdout ---
    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      + create

    infra will perform the following actions:

      # aws_dynamodb_table.users will be created
      + resource "aws_dynamodb_table" "users" {
          + arn              = (known after apply)
          + billing_mode     = "PAY_PER_REQUEST"
          + hash_key         = "id"
          + id               = (known after apply)
          + name             = "plan-text-users"
          + read_capacity    = (known after apply)
          + region           = "us-east-1"
          + stream_arn       = (known after apply)
          + stream_label     = (known after apply)
          + stream_view_type = (known after apply)
          + tags             = {
              + "Stage" = "dev"
              + "Team"  = "one"
            }
          + tags_all         = {
              + "Stage" = "dev"
              + "Team"  = "one"
            }
          + write_capacity   = (known after apply)

          + attribute {
              + name = "id"
              + type = "S"
            }

          + global_secondary_index (known after apply)

          + global_table_witness (known after apply)

          + point_in_time_recovery (known after apply)

          + server_side_encryption (known after apply)

          + ttl (known after apply)

          + warm_throughput (known after apply)
        }

      # aws_s3_bucket.logs will be created
      + resource "aws_s3_bucket" "logs" {
          + acceleration_status         = (known after apply)
          + acl                         = (known after apply)
          + arn                         = (known after apply)
          + bucket                      = "plan-text-logs"
          + bucket_domain_name          = (known after apply)
          + bucket_namespace            = (known after apply)
          + bucket_prefix               = (known after apply)
          + bucket_region               = (known after apply)
          + bucket_regional_domain_name = (known after apply)
          + force_destroy               = false
          + hosted_zone_id              = (known after apply)
          + id                          = (known after apply)
          + object_lock_enabled         = (known after apply)
          + policy                      = (known after apply)
          + region                      = "us-east-1"
          + request_payer               = (known after apply)
          + tags_all                    = (known after apply)
          + website_domain              = (known after apply)
          + website_endpoint            = (known after apply)

          + cors_rule (known after apply)

          + grant (known after apply)

          + lifecycle_rule (known after apply)

          + logging (known after apply)

          + object_lock_configuration (known after apply)

          + replication_configuration (known after apply)

          + server_side_encryption_configuration (known after apply)

          + versioning (known after apply)

          + website (known after apply)
        }

      # aws_s3_bucket_policy.logs will be created
      + resource "aws_s3_bucket_policy" "logs" {
          + bucket = (known after apply)
          + id     = (known after apply)
          + policy = jsonencode(
                {
                  + Statement = [
                      + {
                          + Action    = "s3:*"
                          + Condition = {
                              + Bool = {
                                  + "aws:SecureTransport" = "false"
                                }
                            }
                          + Effect    = "Deny"
                          + Principal = "*"
                          + Resource  = "arn:aws:s3:::plan-text-logs/*"
                          + Sid       = "TlsOnly"
                        },
                    ]
                  + Version   = "2012-10-17"
                }
            )
          + region = "us-east-1"
        }

    Plan: 3 to add, 0 to change, 0 to destroy.
    --- stderr ---
    "#);
    let _ = world.apply();
    world.edit("main.tf", "Team  = \"one\"", "Team  = \"two\"");
    world.edit("main.tf", "    Stage = \"dev\"\n", "");
    world.edit("main.tf", "  hash_key     = \"id\"\n", "  hash_key     = \"id\"\n  range_key    = \"at\"\n");
    world.edit("main.tf", "  tags = {", "  attribute {\n    name = \"at\"\n    type = \"N\"\n  }\n\n  tags = {");
    world.edit("main.tf", "\"TlsOnly\"", "\"OnlyTls\"");
    assert_snapshot!(world.shows(&["plan"]), @r#"
    exit code: 0
    --- stdout ---
    Note: Objects have changed outside of infra

    infra detected the following changes made outside of infra since the last
    "infra apply" which may have affected this plan:

      # aws_s3_bucket.logs has changed
      ~ resource "aws_s3_bucket" "logs" {
            id                          = "plan-text-logs"
          + policy                      = jsonencode(
                {
                  + Statement = [
                      + {
                          + Action    = "s3:*"
                          + Condition = {
                              + Bool = {
                                  + "aws:SecureTransport" = "false"
                                }
                            }
                          + Effect    = "Deny"
                          + Principal = "*"
                          + Resource  = "arn:aws:s3:::plan-text-logs/*"
                          + Sid       = "TlsOnly"
                        },
                    ]
                  + Version   = "2012-10-17"
                }
            )
          + tags                        = {}
            # (14 unchanged attributes hidden)

            # (3 unchanged blocks hidden)
        }

    Unless you have made equivalent changes to your configuration, or ignored the
    relevant attributes using ignore_changes, the following plan may include
    actions to undo or respond to these changes.

    ───────────────────────────────────────────────────────────────────────────

    infra made the following execution plan. Resource actions are indicated with
    the following symbols:
      ~ update in-place
    -/+ destroy and then create replacement

    infra will perform the following actions:

      # aws_dynamodb_table.users must be replaced
      # (main.tf:5 forces it)
    -/+ resource "aws_dynamodb_table" "users" {
          ~ arn                         = "arn:aws:dynamodb:us-east-1:123456789012:table/plan-text-users" -> (known after apply)
          - deletion_protection_enabled = false -> null
          ~ id                          = "plan-text-users" -> (known after apply)
            name                        = "plan-text-users"
          + range_key                   = "at" # forces replacement
          ~ read_capacity               = 0 -> (known after apply)
          + stream_arn                  = (known after apply)
          - stream_enabled              = false -> null
          + stream_label                = (known after apply)
          + stream_view_type            = (known after apply)
          - table_class                 = "STANDARD" -> null
          ~ tags                        = {
              - "Stage" = "dev" -> null
              ~ "Team"  = "one" -> "two"
            }
          ~ tags_all                    = {
              - "Stage" = "dev" -> null
              ~ "Team"  = "one" -> "two"
            }
          ~ write_capacity              = 0 -> (known after apply)
            # (3 unchanged attributes hidden)

          + attribute {
              + name = "at"
              + type = "N"
            }

          + global_secondary_index (known after apply)

          + global_table_witness (known after apply)

          ~ point_in_time_recovery (known after apply)
          - point_in_time_recovery {
              - enabled                 = false -> null
              - recovery_period_in_days = 0 -> null
            }

          + server_side_encryption (known after apply)

          ~ ttl (known after apply)
          - ttl {
              - enabled        = false -> null
                # (1 unchanged attribute hidden)
            }

          ~ warm_throughput (known after apply)
          - warm_throughput {
              - read_units_per_second  = 0 -> null
              - write_units_per_second = 0 -> null
            }

            # (1 unchanged block hidden)
        }

      # aws_s3_bucket_policy.logs will be updated in-place
      ~ resource "aws_s3_bucket_policy" "logs" {
            id     = "plan-text-logs"
          ~ policy = jsonencode(
              ~ {
                  ~ Statement = [
                      ~ {
                          ~ Sid       = "TlsOnly" -> "OnlyTls"
                            # (5 unchanged attributes hidden)
                        },
                    ]
                    # (1 unchanged attribute hidden)
                }
            )
            # (2 unchanged attributes hidden)
        }

    Plan: 1 to add, 1 to change, 1 to destroy.
    --- stderr ---
    aws_dynamodb_table.users: Refreshing state... [id=plan-text-users]
    aws_s3_bucket.logs: Refreshing state... [id=plan-text-logs]
    aws_s3_bucket_policy.logs: Refreshing state... [id=plan-text-logs]
    "#);
    let _ = world.destroy();
}
