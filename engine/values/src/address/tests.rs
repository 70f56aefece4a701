//! Addresses there and back, and targets.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;

fn round_trip<T>(texts: &[&str])
where
    T: FromStr<Err = AddressError> + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    for text in texts {
        let address: T = text.parse().unwrap();
        assert_eq!(address.to_string(), *text);
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, serde_json::to_string(text).unwrap());
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), address);
    }
}

#[test]
fn addresses_are_written_as_they_are_read() {
    round_trip::<ResourceInstance>(&[
        "aws_vpc.main",
        "aws_vpc.main[0]",
        r#"aws_vpc.main["a.b[0]"]"#,
        r#"aws_vpc.main["\"q\" \\ \n\r\t $${x} %%{y} $ % {"]"#,
        "data.aws_region.here",
        "ephemeral.aws_secret.x[3]",
        r#"module.network["eu"].aws_vpc.main[0]"#,
        r#"module.a.module.b[1].data.aws_ami.x["é"]"#,
        "aws_vpc.with-dash",
    ]);
    round_trip::<AbsoluteResource>(&["aws_vpc.main", "module.a[0].data.aws_ami.x"]);
    round_trip::<ConfigResource>(&["aws_vpc.main", "module.a.module.b.aws_vpc.main"]);
    round_trip::<Resource>(&["aws_vpc.main", "data.x.y", "ephemeral.x.y"]);
    round_trip::<ModuleInstance>(&["", "module.a", r#"module.a["x"].module.b[7]"#]);
    round_trip::<ModulePath>(&["", "module.a", "module.a.module.b"]);
    round_trip::<InstanceKey>(&["", "[0]", r#"["k"]"#]);
    round_trip::<DeposedKey>(&["00c0ffee"]);
    round_trip::<ResourceMode>(&["managed", "data", "ephemeral"]);
    round_trip::<ProviderAddress>(&[
        "registry.terraform.io/hashicorp/aws",
        "terraform.io/builtin/terraform",
        "localhost:8080/a/b",
    ]);
    round_trip::<ProviderConfig>(&[
        r#"provider["registry.terraform.io/hashicorp/aws"]"#,
        r#"provider["registry.terraform.io/hashicorp/aws"].west"#,
        r#"module.a.module.b.provider["terraform.io/builtin/terraform"]"#,
    ]);
    round_trip::<Target>(&["module.a", "module.a[0].module.b", "aws_vpc.main", "module.a.data.x.y", "aws_vpc.main[0]"]);
}

#[test]
fn other_spellings_are_understood() {
    assert_eq!("resource.aws_vpc.main".parse::<Resource>().unwrap(), Resource::managed("aws_vpc", "main"));
    assert_eq!(r#"x.y["\u00e9\U0001F600"]"#.parse::<ResourceInstance>().unwrap().to_string(), "x.y[\"é😀\"]");
    assert_eq!("aws".parse::<ProviderAddress>().unwrap(), ProviderAddress::default_for("aws"));
    assert_eq!(
        "datadog/datadog".parse::<ProviderAddress>().unwrap().to_string(),
        "registry.terraform.io/datadog/datadog"
    );
}

#[test]
fn errors_say_what_is_wrong_where() {
    let cases = [
        ("", "expected a resource type such as aws_vpc (at character 1)"),
        ("aws_vpc", "expected \".\" and the name of a aws_vpc (at character 8)"),
        ("aws_vpc.", "expected the name of a resource (at character 9)"),
        ("aws_vpc.main.x", "there is text behind the end of the address (at character 13)"),
        ("aws_vpc.main[x]", "expected an index such as 0 or a key in double quotes (at character 14)"),
        ("aws_vpc.main[-1]", "expected an index such as 0 or a key in double quotes (at character 14)"),
        ("aws_vpc.main[0", "expected \"]\" (at character 15)"),
        ("aws_vpc.main[\"x]", "the quoted key does not end (at character 17)"),
        (
            "aws_vpc.main[\"é${x}\"]",
            "a key cannot hold an interpolation; double the sign to mean it literally (at character 16)",
        ),
        (
            "aws_vpc.main[\"\\q\"]",
            "unknown escape; use \\n, \\r, \\t, \\\", \\\\, \\uXXXX or \\UXXXXXXXX (at character 15)",
        ),
        ("module.", "expected the name of a module call (at character 8)"),
        ("module.a", "expected a resource type such as aws_vpc (at character 9)"),
        ("module.a.", "expected a resource type such as aws_vpc (at character 10)"),
        ("1x.y", "expected a resource type such as aws_vpc (at character 1)"),
    ];
    for (text, problem) in cases {
        let error = text.parse::<ResourceInstance>().unwrap_err();
        assert_eq!(error.to_string(), format!("{text:?} is not a valid address: {problem}"));
    }
    let error = "module.a[0].x.y".parse::<ConfigResource>().unwrap_err();
    assert_eq!(error.position, 8);
    for text in ["", "module.a.", "module", "aws_vpc.main[0].x"] {
        assert!(text.parse::<Target>().is_err(), "{text}");
    }
    for text in ["", "a//b", "a/b/c/d", "a b/c"] {
        assert!(text.parse::<ProviderAddress>().is_err(), "{text}");
    }
    for text in ["provider.aws", "provider[\"aws\"", "provider[\"aws\"].", "module.a[0].provider[\"aws\"]"] {
        assert!(text.parse::<ProviderConfig>().is_err(), "{text}");
    }
    assert!("c0ffee".parse::<DeposedKey>().is_err());
}

#[test]
fn targets_contain_what_lies_below_them() {
    let cases = [
        ("module.a", "module.a.x.y", true),
        ("module.a", "module.a[0].x.y", true),
        ("module.a", "module.a[\"k\"].module.b.x.y[0]", true),
        ("module.a[0]", "module.a[0].module.b.x.y", true),
        ("module.a[0]", "module.a[1].x.y", false),
        ("module.a[0]", "module.a.x.y", false),
        ("module.a", "x.y", false),
        ("module.a.module.b", "module.a.x.y", false),
        ("module.a.module.b", "module.a[1].module.b[2].x.y", true),
        ("x.y", "x.y", true),
        ("x.y", "x.y[0]", true),
        ("x.y[0]", "x.y[0]", true),
        ("x.y[0]", "x.y", false),
        ("x.y[0]", "x.y[1]", false),
        ("x.y", "data.x.y", false),
        ("x.y", "module.a.x.y", false),
        ("module.a.x.y", "module.a[0].x.y", true),
        ("module.a[0].x.y[1]", "module.a[0].x.y[1]", true),
        ("module.a.x.y[1]", "module.a[0].x.y[1]", true),
    ];
    for (target, instance, expected) in cases {
        let contains = target.parse::<Target>().unwrap().contains(&instance.parse().unwrap());
        assert_eq!(contains, expected, "{target} contains {instance}");
    }
}
