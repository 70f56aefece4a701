# Keyed as in `local.buckets`.

output "bucket_names" {
  description = "Name of each bucket."
  value       = { for key, bucket in aws_s3_bucket.this : key => bucket.bucket }
}

output "bucket_arns" {
  description = "ARN of each bucket; its objects are at \"ARN/*\"."
  value       = { for key, bucket in aws_s3_bucket.this : key => bucket.arn }
}
