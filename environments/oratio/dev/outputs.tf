output "account_id" {
  description = "Account that this was applied to."
  value       = data.aws_caller_identity.current.account_id
}

output "region" {
  description = "Region that this was applied to."

  # `id` is what both generations of the provider call it.
  value = data.aws_region.current.id
}

output "table_names" {
  description = "DynamoDB tables: users, agents, sessions, api_keys, notifications."
  value       = module.database.table_names
}

output "table_arns" {
  description = "ARNs of the tables, under the same keys."
  value       = module.database.table_arns
}

output "bucket_names" {
  description = "S3 buckets: knowledge_bases, generated_code, recordings."
  value       = module.storage.bucket_names
}

output "bucket_arns" {
  description = "ARNs of the buckets, under the same keys."
  value       = module.storage.bucket_arns
}
