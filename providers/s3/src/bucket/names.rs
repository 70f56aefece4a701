//! Names of buckets and what follows from them: generated names, domain names, hosted zones.

use infra_provider_kit::aws::arn::Partition;

/// What a generated name begins with when nothing is written.
const DEFAULT_PREFIX: &str = "terraform-";
/// How many hexadecimal digits follow the prefix of a generated name.
const SUFFIX_LEN: usize = 26;
/// How long a prefix may be: S3 allows names of 63 characters.
pub(super) const PREFIX_LEN_MAX: usize = 63 - SUFFIX_LEN;

/// A name for a new bucket: the prefix and 26 hexadecimal digits of the operation's token. The same operation makes the
/// same name, so that a bucket can be found again whose creation was not answered. `None` if the token is too short.
pub(super) fn generated(prefix: &str, token: &str) -> Option<String> {
    let prefix = if prefix.is_empty() { DEFAULT_PREFIX } else { prefix };
    let digits: String = token.chars().filter(char::is_ascii_hexdigit).take(SUFFIX_LEN).collect();
    (digits.len() == SUFFIX_LEN).then(|| format!("{prefix}{digits}"))
}

/// The prefix that a name was generated from; empty for a name that does not look generated.
pub(super) fn prefix_of(name: &str) -> &str {
    match name.split_at_checked(name.len().saturating_sub(SUFFIX_LEN)) {
        Some((prefix, suffix))
            if suffix.len() == SUFFIX_LEN && suffix.chars().all(|digit| digit.is_ascii_hexdigit()) =>
        {
            prefix
        }
        _ => "",
    }
}

/// `logs.s3.amazonaws.com`
pub(super) fn domain_name(bucket: &str, region: &str) -> String {
    format!("{bucket}.s3.{}", Partition::of_region(region).dns_suffix)
}

/// `logs.s3.eu-west-1.amazonaws.com`
pub(super) fn regional_domain_name(bucket: &str, region: &str) -> String {
    format!("{bucket}.s3.{region}.{}", Partition::of_region(region).dns_suffix)
}

/// `s3-website.eu-central-1.amazonaws.com`; in the oldest regions `s3-website-us-east-1.amazonaws.com`.
pub(super) fn website_domain(region: &str) -> String {
    let with_dash = ZONES.iter().any(|zone| zone.region == region && zone.website_with_dash);
    let separator = if with_dash { '-' } else { '.' };
    format!("s3-website{separator}{region}.{}", Partition::of_region(region).dns_suffix)
}

/// The Route 53 zone of the region's websites, for alias records; `None` for a region that is not in the table.
pub(super) fn hosted_zone_id(region: &str) -> Option<&'static str> {
    ZONES.iter().find(|zone| zone.region == region).map(|zone| zone.hosted_zone_id)
}

struct Zone {
    region: &'static str,
    hosted_zone_id: &'static str,
    website_with_dash: bool,
}

const fn zone(region: &'static str, hosted_zone_id: &'static str) -> Zone {
    Zone { region, hosted_zone_id, website_with_dash: false }
}

const fn dashed(region: &'static str, hosted_zone_id: &'static str) -> Zone {
    Zone { region, hosted_zone_id, website_with_dash: true }
}

/// See "Amazon S3 website endpoints" in the AWS General Reference.
static ZONES: &[Zone] = &[
    zone("af-south-1", "Z83WF9RJE8B12"),
    zone("ap-east-1", "ZNB98KWMFR0R6"),
    zone("ap-east-2", "Z064739330DAH7WJVOO93"),
    dashed("ap-northeast-1", "Z2M4EHUR26P7ZW"),
    zone("ap-northeast-2", "Z3W03O7B5YMIYP"),
    zone("ap-northeast-3", "Z2YQB5RD63NC85"),
    zone("ap-south-1", "Z11RGJOFQNVJUP"),
    zone("ap-south-2", "Z02976202B4EZMXIPMXF7"),
    dashed("ap-southeast-1", "Z3O0J2DXBE1FTB"),
    dashed("ap-southeast-2", "Z1WCIGYICN2BYD"),
    zone("ap-southeast-3", "Z01846753K324LI26A3VV"),
    zone("ap-southeast-4", "Z0312387243XT5FE14WFO"),
    zone("ap-southeast-5", "Z08660063OXLMA7F1FJHU"),
    zone("ap-southeast-7", "Z0031014GXUMRZG6I14G"),
    zone("ca-central-1", "Z1QDHH18159H29"),
    zone("ca-west-1", "Z03565811Z33SLEZTHOUL"),
    zone("cn-north-1", "Z5CN8UMXT92WN"),
    zone("cn-northwest-1", "Z282HJ1KT0DH03"),
    zone("eu-central-1", "Z21DNDUVLTQW6Q"),
    zone("eu-central-2", "Z030506016YDQGETNASS"),
    zone("eu-north-1", "Z3BAZG2TWCNX0D"),
    zone("eu-south-1", "Z30OZKI7KPW7MI"),
    zone("eu-south-2", "Z0081959F7139GRJC19J"),
    dashed("eu-west-1", "Z1BKCTXD74EZPE"),
    zone("eu-west-2", "Z3GKZC51ZF0DB4"),
    zone("eu-west-3", "Z3R1K369G5AVDG"),
    zone("il-central-1", "Z09640613K4A3MN55U7GU"),
    zone("me-central-1", "Z06143092I8HRXZRUZROF"),
    zone("me-south-1", "Z1MPMWCPA7YB62"),
    zone("mx-central-1", "Z057606446ZNVQJJ8WOP"),
    dashed("sa-east-1", "Z7KQH4QJS55SO"),
    dashed("us-east-1", "Z3AQBSTGFYJSTF"),
    zone("us-east-2", "Z2O1EMRO9K5GLX"),
    zone("us-gov-east-1", "Z2NIFVYYW2VKV1"),
    dashed("us-gov-west-1", "Z31GFT0UA1I2HV"),
    dashed("us-west-1", "Z2F56UZL2M1ACD"),
    dashed("us-west-2", "Z3BJ6K6RIION7M"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_tell_their_prefix() {
        let token = "0123456789abcdef0123456789abcdef";
        let cases = [
            ("", "terraform-0123456789abcdef0123456789", "terraform-"),
            ("logs-", "logs-0123456789abcdef0123456789", "logs-"),
        ];
        for (written, name, prefix) in cases {
            assert_eq!(generated(written, token).as_deref(), Some(name));
            assert_eq!(prefix_of(name), prefix);
        }
        assert_eq!(generated("logs-", "01234567-89ab-cdef"), None);
        for plain in ["logs", "logs-0123456789abcdef012345678", "ü-0123456789abcdef012345678"] {
            assert_eq!(prefix_of(plain), "", "{plain}");
        }
        // As the AWS provider makes them: a time and a counter.
        assert_eq!(prefix_of("x-20251121135112000100000001"), "x-");
    }

    #[test]
    fn names_by_region() {
        let cases = [
            ("us-east-1", "b.s3.amazonaws.com", "b.s3.us-east-1.amazonaws.com", "s3-website-us-east-1.amazonaws.com"),
            (
                "eu-central-1",
                "b.s3.amazonaws.com",
                "b.s3.eu-central-1.amazonaws.com",
                "s3-website.eu-central-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                "b.s3.amazonaws.com.cn",
                "b.s3.cn-north-1.amazonaws.com.cn",
                "s3-website.cn-north-1.amazonaws.com.cn",
            ),
        ];
        for (region, domain, regional, website) in cases {
            assert_eq!(domain_name("b", region), domain);
            assert_eq!(regional_domain_name("b", region), regional);
            assert_eq!(website_domain(region), website);
        }
        assert_eq!(hosted_zone_id("eu-west-1"), Some("Z1BKCTXD74EZPE"));
        assert_eq!(hosted_zone_id("ap-southeast-6"), None);
        assert!(ZONES.is_sorted_by_key(|zone| zone.region));
    }
}
