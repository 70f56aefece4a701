//! Functions of the AWS provider: `provider::aws::arn_parse` and its relatives.

use infra_engine::functions::{Context, Function, FunctionError, Parameter, Returns};
use infra_values::{Str, Type, Value};

type Outcome = Result<Value, FunctionError>;

/// How the names of objects begin.
const ARN_PREFIX: &str = "arn";
/// The parts of a name behind that, in order.
const ARN_PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];
/// How the names of roles go on behind the account.
const ROLE_PREFIX: &str = "role/";

const fn text(name: &'static str) -> Parameter {
    Parameter::new(name, || Type::String)
}

/// All of them, in alphabetical order.
pub(crate) static FUNCTIONS: [Function; 3] = [
    Function::new(
        "arn_build",
        "Puts the name of an object together from its parts.",
        &[text("partition"), text("service"), text("region"), text("account_id"), text("resource")],
        Returns::Fixed(|| Type::String),
        |_, arguments| Ok(Value::string(build(&arguments.iter().map(written).collect::<Vec<_>>()))),
    ),
    Function::new(
        "arn_parse",
        "Takes the name of an object apart.",
        &[text("arn")],
        Returns::Fixed(|| Type::object(ARN_PARTS.map(|name| (Str::from(name), Type::String)))),
        |_, arguments| {
            let parts = parse(written(&arguments[0]))?;
            Ok(Value::object_from(ARN_PARTS.into_iter().zip(parts.map(Value::string))))
        },
    ),
    Function::new(
        "trim_iam_role_path",
        "Takes the path out of the name of a role.",
        &[text("arn")],
        Returns::Fixed(|| Type::String),
        without_role_path,
    ),
];

fn written(argument: &Value) -> &str {
    argument.as_str().unwrap_or_default()
}

fn build(parts: &[&str]) -> String {
    format!("{ARN_PREFIX}:{}", parts.join(":"))
}

/// The parts of a name; any of them may be empty, and the last one may have colons in it.
fn parse(arn: &str) -> Result<[&str; 5], FunctionError> {
    let wrong = |problem: &str| {
        FunctionError::new(format!("{arn:?} is no ARN such as arn:aws:iam::123456789012:role/name: {problem}"))
    };
    let rest = arn.strip_prefix("arn:").ok_or_else(|| wrong("it must begin with \"arn:\""))?;
    let parts: Vec<&str> = rest.splitn(ARN_PARTS.len(), ':').collect();
    parts.try_into().map_err(|_| wrong("it has too few parts"))
}

fn without_role_path(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let arn = written(&arguments[0]);
    let [partition, service, region, account_id, resource] = parse(arn)?;
    let wrong = |problem: &str| FunctionError::new(format!("{arn:?} is not the ARN of a role: {problem}"));
    if service != "iam" {
        return Err(wrong("its service must be iam"));
    }
    if !region.is_empty() {
        return Err(wrong("its region must be empty"));
    }
    let path = resource.strip_prefix(ROLE_PREFIX).ok_or_else(|| wrong("its resource must begin with role/"))?;
    let name = path.rsplit('/').next().unwrap_or_default();
    Ok(Value::string(build(&[partition, service, region, account_id, &format!("{ROLE_PREFIX}{name}")])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the AWS provider 5.100.0.
    #[test]
    fn names_come_apart_and_together() {
        assert_eq!(
            parse("arn:aws:s3:::bucket/key:with:colons").unwrap(),
            ["aws", "s3", "", "", "bucket/key:with:colons"]
        );
        assert_eq!(parse("arn:::::").unwrap(), [""; 5]);
        for wrong in ["nope", "", "arn:a:b:c:d", "ARN:a:b:c:d:e"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(build(&["aws", "iam", "", "444455556666", "role/x"]), "arn:aws:iam::444455556666:role/x");
    }

    #[test]
    fn roles_lose_their_path() {
        struct Nothing;
        impl Context for Nothing {
            fn base_directory(&self) -> &std::path::Path {
                std::path::Path::new(".")
            }
            fn render_template(&self, _: &str, _: &str, _: &Value) -> Outcome {
                Err(FunctionError::new("not here"))
            }
            fn plan_timestamp(&self) -> Option<&str> {
                None
            }
        }
        let trimmed = |resource: &str| {
            without_role_path(&Nothing, &[Value::string(format!("arn:aws:iam::444455556666:{resource}"))])
                .map(|value| written(&value).rsplit(':').next().unwrap().to_owned())
        };
        for (resource, expected) in [
            ("role/with/path/example", "role/example"),
            ("role/a", "role/a"),
            ("role/", "role/"),
            ("role/a//b/", "role/"),
        ] {
            assert_eq!(trimmed(resource).as_deref(), Ok(expected));
        }
        for wrong in ["user/a", "role", "rolex/a"] {
            assert!(trimmed(wrong).is_err(), "{wrong}");
        }
    }
}
