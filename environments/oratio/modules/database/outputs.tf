# Keyed as in `local.tables`, so that a function asks for `table_names["agents"]` and never builds a name itself.

output "table_names" {
  description = "Name of each table."
  value       = { for key, table in aws_dynamodb_table.this : key => table.name }
}

output "table_arns" {
  description = "ARN of each table; its indexes are at \"ARN/index/*\"."
  value       = { for key, table in aws_dynamodb_table.this : key => table.arn }
}
