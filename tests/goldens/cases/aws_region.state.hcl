### minimal
data "aws_region" "this" {
}

### name
data "aws_region" "this" {
  name = "eu-west-1"
}

### endpoint
data "aws_region" "this" {
  endpoint = "ec2.us-west-2.amazonaws.com"
}
