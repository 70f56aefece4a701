variable "environment" {
  description = "Name of the environment; part of every bucket name."
  type        = string
}

variable "retain_data" {
  description = "Whether a bucket that is not empty refuses to be deleted."
  type        = bool
}

variable "bucket_suffix" {
  description = "End of every bucket name; null for the number of the account."
  type        = string
  default     = null
}
