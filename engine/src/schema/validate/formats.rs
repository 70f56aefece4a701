//! Formats of text that facts name. An empty text passes: it stands for "left out" in many places.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use ipnet::IpNet;
use regex::Regex;

/// What a text must be, if it is not; names that are not known pass.
pub(super) fn problem(format: &str, text: &str) -> Option<&'static str> {
    if format == "not_blank" {
        return text.trim().is_empty().then_some("must not be blank");
    }
    if text.is_empty() {
        return None;
    }
    let (holds, expected) = match format {
        "arn" => (is_arn(text), "must be an ARN, such as arn:aws:iam::123456789012:role/name"),
        "account_id" => (is_digits(text, 12), "must be an account id of 12 digits"),
        "json" => (serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "must be JSON"),
        "cidr" => (range(text).is_some(), "must be an address range, such as 10.0.0.0/16"),
        "cidr_network" => (is_network(text, |_| true), "must be an address range that begins at its network address"),
        "ipv4_cidr_network" => {
            (is_network(text, |range| matches!(range, IpNet::V4(_))), "must be an IPv4 network, such as 10.0.0.0/16")
        }
        "ipv6_cidr_network" => {
            (is_network(text, |range| matches!(range, IpNet::V6(_))), "must be an IPv6 network, such as 2001:db8::/32")
        }
        "ipv4" => (text.parse::<Ipv4Addr>().is_ok(), "must be an IPv4 address"),
        "ipv6" => (text.parse::<Ipv6Addr>().is_ok(), "must be an IPv6 address"),
        "ip" => (text.parse::<IpAddr>().is_ok(), "must be an IP address"),
        "https_url" => (has_host(text, &["https"]), "must be a URL that begins with https://"),
        "url" => (has_host(text, &["https", "http"]), "must be a URL that begins with https:// or http://"),
        "rfc3339" => (is_timestamp(text), "must be a time such as 2030-01-31T00:00:00Z"),
        "rfc3339_utc" => {
            (is_timestamp(text) && text.ends_with('Z'), "must be a time in UTC such as 2030-01-31T00:00:00Z")
        }
        "port" => (text.parse::<u16>().is_ok(), "must be a port number"),
        "uuid" => (uuid::Uuid::try_parse(text).is_ok(), "must be a UUID"),
        "base64" => (base64::engine::general_purpose::STANDARD.decode(text).is_ok(), "must be base64"),
        "region" => (is_region(text), "must be a region, such as eu-central-1"),
        "nullable_bool" => (matches!(text, "true" | "false" | "1" | "0"), "must be true or false"),
        "nullable_int" => (text.parse::<i64>().is_ok(), "must be a whole number"),
        "regexp" => (Regex::new(text).is_ok(), "must be a regular expression"),
        "daily_window" => (is_daily_window(text), "must be a window such as 04:00-05:00"),
        _ => return None,
    };
    (!holds).then_some(expected)
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, _region, account, resource] = parts.as_slice() else { return false };
    let account_fits = account.is_empty() || *account == "aws" || is_digits(account, 12);
    *arn == "arn" && partition.starts_with("aws") && !service.is_empty() && account_fits && !resource.is_empty()
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn range(text: &str) -> Option<IpNet> {
    let (address, prefix) = text.split_once('/')?;
    IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok()
}

fn is_network(text: &str, wanted: impl Fn(&IpNet) -> bool) -> bool {
    range(text).is_some_and(|range| range.trunc() == range && wanted(&range))
}

fn has_host(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    schemes.contains(&scheme) && !rest.split('/').next().unwrap_or_default().is_empty()
}

/// `2030-01-31T00:00:00Z`, with a fraction or an offset. Months have as many days as they can have.
fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let numbers = |text: &str, separator: char, lengths: &[usize]| -> Option<Vec<u32>> {
        let parts: Vec<&str> = text.split(separator).collect();
        let fits =
            parts.len() == lengths.len() && parts.iter().zip(lengths).all(|(part, length)| is_digits(part, *length));
        fits.then(|| parts.iter().filter_map(|part| part.parse().ok()).collect())
    };
    let date_fits = numbers(date, '-', &[4, 2, 2]).is_some_and(|date| match date[..] {
        [year, month, day] => day >= 1 && day <= days(year, month),
        _ => false,
    });
    let Some(clock) = time.get(..8) else { return false };
    let clock_fits = numbers(clock, ':', &[2, 2, 2])
        .is_some_and(|clock| matches!(clock[..], [hour, minute, second] if hour < 24 && minute < 60 && second < 60));
    let mut zone = &time[8..];
    if let Some(fraction) = zone.strip_prefix('.') {
        let end = fraction.find(|character: char| !character.is_ascii_digit()).unwrap_or(fraction.len());
        if end == 0 {
            return false;
        }
        zone = &fraction[end..];
    }
    let zone_fits = zone == "Z"
        || zone.strip_prefix(['+', '-']).is_some_and(|offset| {
            numbers(offset, ':', &[2, 2])
                .is_some_and(|offset| matches!(offset[..], [hours, minutes] if hours < 24 && minutes < 60))
        });
    date_fits && clock_fits && zone_fits
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    words.len() >= 2
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn is_daily_window(text: &str) -> bool {
    let clock = |text: &str| {
        text.split_once(':').is_some_and(|(hours, minutes)| {
            is_digits(hours, 2) && is_digits(minutes, 2) && hours < "24" && minutes < "60"
        })
    };
    text.split_once('-').is_some_and(|(begin, end)| clock(begin) && clock(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_accept_and_refuse() {
        for (format, good, bad) in [
            ("arn", "arn:aws-us-gov:s3:::b", "arn:aws:s3:::"),
            ("arn", "arn:aws:iam::aws:policy/A", "arn:aws:iam::12:role/r"),
            ("account_id", "012345678901", "12345678901"),
            ("json", "{\"a\": 1}", "{a: 1}"),
            ("cidr", "10.1.0.0/8", "10.0.0.0"),
            ("cidr_network", "10.0.0.0/8", "10.1.0.0/8"),
            ("ipv4_cidr_network", "10.0.0.0/8", "2001:db8::/32"),
            ("ipv6_cidr_network", "2001:db8::/32", "2001:db8::1/32"),
            ("ipv4", "1.2.3.4", "1.2.3.4.5"),
            ("ipv6", "::1", "1.2.3.4"),
            ("ip", "::1", "::g"),
            ("https_url", "https://x/y", "http://x"),
            ("url", "http://x", "x"),
            ("rfc3339", "2024-02-29T23:59:59.5+01:00", "2023-02-29T00:00:00Z"),
            ("rfc3339", "2024-01-01T00:00:00Z", "2024-01-01"),
            ("rfc3339_utc", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00"),
            ("port", "65535", "65536"),
            ("uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810"),
            ("base64", "aGk=", "aGk"),
            ("region", "us-gov-west-1", "Frankfurt"),
            ("nullable_bool", "1", "yes"),
            ("nullable_int", "-1", "1.5"),
            ("regexp", "^a+$", "("),
            ("daily_window", "04:00-05:30", "4:00-5:30"),
        ] {
            assert_eq!(problem(format, good), None, "{format} {good}");
            assert!(problem(format, bad).is_some(), "{format} {bad}");
            assert_eq!(problem(format, ""), None, "{format}");
        }
        assert!(problem("not_blank", " ").is_some());
        assert_eq!(problem("a format of later facts", "x"), None);
    }
}
