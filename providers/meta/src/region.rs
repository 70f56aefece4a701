//! `aws_region`: the provider's region, or one found by name or by the endpoint of its EC2.

use async_trait::async_trait;
use infra_provider_kit::aws::arn::Partition;
use infra_provider_kit::{AwsDataSource, Context, Error};
use infra_values::Value;
use serde::{Deserialize, Serialize};

/// `aws_region`
pub struct RegionSource;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the schema")]
pub struct Attributes {
    pub description: String,
    pub endpoint: Option<String>,
    pub id: String,
    /// Of generation 5; deprecated in 6.
    pub name: Option<String>,
    /// Of generation 6.
    pub region: Option<String>,
}

#[async_trait]
impl AwsDataSource for RegionSource {
    const TYPE: &'static str = "aws_region";
    const NOUN: &'static str = "region";
    type Attributes = Attributes;

    async fn read(&self, cx: &Context<'_>, _config: Attributes) -> Result<Attributes, Error> {
        let given = |name: &str| cx.configured(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let name = given("region").or_else(|| given("name"));
        find(name, given("endpoint"), cx.aws().region()).map_err(Error::told)
    }
}

/// The region of that name and that endpoint, `own` if neither is given.
fn find(name: Option<&str>, endpoint: Option<&str>, own: &str) -> Result<Attributes, String> {
    let by_endpoint = |endpoint: &str| {
        let known = REGIONS.iter().find(|(region, _)| endpoint_of(region) == endpoint);
        known.map(|(region, _)| *region).ok_or_else(|| {
            format!("No region has the endpoint {endpoint:?}. Write one such as {:?}.", endpoint_of(own))
        })
    };
    let region = match (name, endpoint) {
        (None, None) => own,
        (None, Some(endpoint)) => by_endpoint(endpoint)?,
        (Some(name), Some(endpoint)) if by_endpoint(endpoint)? != name => {
            return Err(format!("{endpoint:?} is not the endpoint of the region {name:?}. Leave one of them out."));
        }
        (Some(name), _) => name,
    };
    let known = REGIONS.iter().find(|(known, _)| *known == region);
    let description = match known {
        Some((_, description)) => *description,
        // The provider's own region was checked before, or is meant to be one nobody knows.
        None if region == own => "",
        None => return Err(format!("There is no region {region:?}. Write one such as {own:?}.")),
    };
    Ok(Attributes {
        description: description.to_owned(),
        endpoint: Some(endpoint_of(region)),
        id: region.to_owned(),
        name: Some(region.to_owned()),
        region: Some(region.to_owned()),
    })
}

/// `ec2.eu-central-1.amazonaws.com`
fn endpoint_of(region: &str) -> String {
    format!("ec2.{region}.{}", Partition::of_region(region).dns_suffix)
}

/// Regions and what AWS calls them.
static REGIONS: &[(&str, &str)] = &[
    ("af-south-1", "Africa (Cape Town)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-east-2", "Asia Pacific (Taipei)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-6", "Asia Pacific (New Zealand)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("cn-north-1", "China (Beijing)"),
    ("cn-northwest-1", "China (Ningxia)"),
    ("eu-central-1", "Europe (Frankfurt)"),
    ("eu-central-2", "Europe (Zurich)"),
    ("eu-isoe-west-1", "EU ISOE West"),
    ("eu-north-1", "Europe (Stockholm)"),
    ("eu-south-1", "Europe (Milan)"),
    ("eu-south-2", "Europe (Spain)"),
    ("eu-west-1", "Europe (Ireland)"),
    ("eu-west-2", "Europe (London)"),
    ("eu-west-3", "Europe (Paris)"),
    ("eusc-de-east-1", "EU (Germany)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-iso-east-1", "US ISO East"),
    ("us-iso-west-1", "US ISO WEST"),
    ("us-isob-east-1", "US ISOB East (Ohio)"),
    ("us-isob-west-1", "US ISOB West"),
    ("us-isof-east-1", "US ISOF EAST"),
    ("us-isof-south-1", "US ISOF SOUTH"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name_by_endpoint_and_neither() {
        let found = |name, endpoint| find(name, endpoint, "us-east-1").map(|found| found.id);
        let endpoint = "ec2.us-west-2.amazonaws.com";
        assert_eq!(found(None, None).as_deref(), Ok("us-east-1"));
        assert_eq!(found(Some("eu-west-1"), None).as_deref(), Ok("eu-west-1"));
        assert_eq!(found(None, Some(endpoint)).as_deref(), Ok("us-west-2"));
        assert_eq!(found(Some("us-west-2"), Some(endpoint)).as_deref(), Ok("us-west-2"));
        for (name, endpoint) in
            [(Some("eu-west-1"), Some(endpoint)), (Some("xx-nowhere-1"), None), (None, Some("ec2.nowhere.example"))]
        {
            assert!(found(name, endpoint).is_err(), "{name:?} {endpoint:?}");
        }
        let china = find(Some("cn-north-1"), None, "us-east-1").unwrap();
        assert_eq!(china.endpoint.as_deref(), Some("ec2.cn-north-1.amazonaws.com.cn"));
        assert_eq!(find(None, None, "xx-private-1").unwrap().description, "");
        assert!(REGIONS.is_sorted());
    }
}
