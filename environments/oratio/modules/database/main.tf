# The five tables, one entry each. Everything below the locals is the same for all of them.
#
# All keys that a table or one of its indexes uses have to be declared as attributes; everything else an item
# holds needs no declaration.

locals {
  tables = {
    users = {
      hash_key   = "userId"
      range_key  = null
      attributes = { userId = "S" }
      indexes    = {}

      point_in_time_recovery = true
    }

    # An agent belongs to a user, but is also looked up by its own id alone.
    agents = {
      hash_key   = "userId"
      range_key  = "agentId"
      attributes = { userId = "S", agentId = "S" }

      indexes = {
        "agentId-index" = { hash_key = "agentId", range_key = null }
      }

      point_in_time_recovery = true
    }

    sessions = {
      hash_key   = "sessionId"
      range_key  = "timestamp"
      attributes = { sessionId = "S", timestamp = "N", agentId = "S" }

      indexes = {
        "agentId-timestamp-index" = { hash_key = "agentId", range_key = "timestamp" }
      }

      point_in_time_recovery = true
    }

    # Keys can be issued again and notifications are short-lived: neither is worth paying recovery for.
    api_keys = {
      hash_key   = "apiKeyHash"
      range_key  = null
      attributes = { apiKeyHash = "S", userId = "S", agentId = "S" }

      indexes = {
        "userId-agentId-index" = { hash_key = "userId", range_key = "agentId" }
      }

      point_in_time_recovery = false
    }

    notifications = {
      hash_key   = "notificationId"
      range_key  = "timestamp"
      attributes = { notificationId = "S", timestamp = "N", userId = "S", status = "S" }

      indexes = {
        "userId-status-index" = { hash_key = "userId", range_key = "status" }
      }

      point_in_time_recovery = false
    }
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  # oratio-api-keys-dev: the environment is in the name, so that two of them fit one account.
  name         = format("oratio-%s-%s", replace(each.key, "_", "-"), var.environment)
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.hash_key
  range_key    = each.value.range_key

  deletion_protection_enabled = var.retain_data

  dynamic "attribute" {
    for_each = each.value.attributes

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.hash_key
      range_key       = global_secondary_index.value.range_key
      projection_type = "ALL"
    }
  }

  point_in_time_recovery {
    enabled = each.value.point_in_time_recovery
  }
}
