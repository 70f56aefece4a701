variable "environment" {
  description = "Name of the environment; the last part of every table name."
  type        = string
}

variable "retain_data" {
  description = "Whether the tables refuse to be deleted."
  type        = bool
}
