//! Amazon Resource Names, and the partitions they live in.
//!
//! [`Arn`] builds and takes apart names such as `arn:aws:s3:::bucket`; [`Partition::of_region`] tells which partition
//! a region belongs to, with the DNS suffix of its endpoints.

use std::fmt;
use std::str::FromStr;

/// A group of regions with accounts and names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, as it stands in names.
    pub id: &'static str,
    /// `amazonaws.com`, the end of endpoint names.
    pub dns_suffix: &'static str,
    /// `com.amazonaws`, the beginning of service names of VPC endpoints.
    pub reverse_dns_prefix: &'static str,
    /// What the names of its regions begin with; empty for the partition that takes all others.
    region_prefixes: &'static [&'static str],
}

/// From the most particular prefix to the commercial partition, which takes what nobody else does.
static PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        reverse_dns_prefix: "cn.com.amazonaws",
        region_prefixes: &["cn-"],
    },
    Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        reverse_dns_prefix: "com.amazonaws",
        region_prefixes: &["us-gov-"],
    },
    Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        reverse_dns_prefix: "gov.ic.c2s",
        region_prefixes: &["us-iso-"],
    },
    Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        reverse_dns_prefix: "gov.sgov.sc2s",
        region_prefixes: &["us-isob-"],
    },
    Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        reverse_dns_prefix: "uk.adc-e.cloud",
        region_prefixes: &["eu-isoe-"],
    },
    Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        reverse_dns_prefix: "gov.ic.hci.csp",
        region_prefixes: &["us-isof-"],
    },
    Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        reverse_dns_prefix: "eu.amazonaws",
        region_prefixes: &["eusc-"],
    },
    Partition { id: "aws", dns_suffix: "amazonaws.com", reverse_dns_prefix: "com.amazonaws", region_prefixes: &[""] },
];

impl Partition {
    /// The partition of a region, by the region's name; regions nobody knows yet count as commercial ones.
    pub fn of_region(region: &str) -> &'static Self {
        PARTITIONS
            .iter()
            .find(|partition| partition.region_prefixes.iter().any(|prefix| region.starts_with(prefix)))
            .unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        PARTITIONS.iter()
    }

    /// The partition of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.id == id)
    }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    /// `aws`
    pub partition: String,
    /// `s3`
    pub service: String,
    /// Empty for what is global.
    pub region: String,
    /// Twelve digits; empty where the service leaves it out.
    pub account_id: String,
    /// All the rest, colons included: `table/orders`, `function:resize:3`.
    pub resource: String,
}

impl Arn {
    /// A name from its parts.
    pub fn new(
        partition: impl Into<String>,
        service: impl Into<String>,
        region: impl Into<String>,
        account_id: impl Into<String>,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            partition: partition.into(),
            service: service.into(),
            region: region.into(),
            account_id: account_id.into(),
            resource: resource.into(),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account_id, resource } = self;
        write!(formatter, "arn:{partition}:{service}:{region}:{account_id}:{resource}")
    }
}

/// Text that is no ARN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an ARN: expected arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE")]
pub struct ParseArnError(pub String);

impl FromStr for Arn {
    type Err = ParseArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        match (next(), next(), next(), next(), next(), next()) {
            (Some("arn"), Some(partition), Some(service), Some(region), Some(account_id), Some(resource))
                if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
            {
                Ok(Self::new(partition, service, region, account_id, resource))
            }
            _ => Err(ParseArnError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_and_together() {
        let cases = [
            "arn:aws:s3:::bucket",
            "arn:aws:lambda:eu-west-1:123456789012:function:resize:3",
            "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/orders/index/by-user",
        ];
        for text in cases {
            let arn: Arn = text.parse().unwrap();
            assert_eq!(arn.to_string(), text);
        }
        let function: Arn = cases[1].parse().unwrap();
        assert_eq!((function.service.as_str(), function.resource.as_str()), ("lambda", "function:resize:3"));
        for text in ["", "bucket", "arn:aws:s3", "arn:::::x", "arn:aws:s3:::"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }

    #[test]
    fn regions_and_their_partitions() {
        let cases = [
            ("eu-central-1", "aws", "amazonaws.com"),
            ("us-east-1", "aws", "amazonaws.com"),
            ("xx-new-9", "aws", "amazonaws.com"),
            ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-east-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ];
        for (region, id, suffix) in cases {
            let partition = Partition::of_region(region);
            assert_eq!((partition.id, partition.dns_suffix), (id, suffix), "{region}");
            assert_eq!(Partition::by_id(id), Some(partition));
        }
    }
}
