### minimal
data "aws_partition" "this" {
}
