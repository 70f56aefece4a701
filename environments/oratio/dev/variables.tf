variable "region" {
  description = "AWS region that everything is in."
  type        = string
  default     = "us-east-1"
}

variable "environment" {
  description = "Name of the environment; part of every name, so that several fit one account."
  type        = string
  default     = "dev"

  # The longest bucket name has 63 characters, and the account's number is in it.
  validation {
    condition     = length(var.environment) <= 12 && length(trimspace(var.environment)) > 0 && lower(var.environment) == var.environment
    error_message = "An environment's name has 1 to 12 characters and no capitals."
  }
}

variable "retain_data" {
  description = "Keep tables and non-empty buckets when destroying. Off: this environment comes and goes."
  type        = bool
  default     = false
}

variable "bucket_suffix" {
  description = "End of every bucket name, which must be unique in all of AWS; null for the number of the account."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for everything, besides Project and Environment."
  type        = map(string)
  default     = {}
}
