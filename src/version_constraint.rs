//! Version constraints as in `required_version` and `required_providers`: `>= 5.0, < 7.0`, `~> 5.31`.

use std::fmt;

/// A version number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    numbers: [u64; 3],
    /// How many numbers were written: it matters for `~>`.
    given: usize,
    /// What follows a hyphen: `beta1`.
    prerelease: Option<String>,
}

impl Version {
    /// A full version number.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { numbers: [major, minor, patch], given: 3, prerelease: None }
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.numbers[0]
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let text = text.split('+').next().unwrap_or_default();
        let (numbers_text, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease.to_owned())),
            None => (text, None),
        };
        let mut numbers = [0; 3];
        let mut given = 0;
        for part in numbers_text.split('.') {
            *numbers.get_mut(given)? = part.parse().ok()?;
            given += 1;
        }
        Some(Self { numbers, given, prerelease })
    }
}

impl std::str::FromStr for Version {
    type Err = ConstraintError;
    fn from_str(text: &str) -> Result<Self, ConstraintError> {
        Self::parse(text).ok_or_else(|| ConstraintError(text.to_owned()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(formatter, "{major}.{minor}.{patch}")?;
        match &self.prerelease {
            Some(prerelease) => write!(formatter, "-{prerelease}"),
            None => Ok(()),
        }
    }
}

/// Several conditions that must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionConstraint(Vec<(Operator, Version)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// The last number given may grow.
    Pessimistic,
}

/// Longer signs first: `>=` begins with `>`.
const OPERATORS: &[(&str, Operator)] = &[
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("~>", Operator::Pessimistic),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// A text that is no version constraint.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a version constraint; one looks like \">= 5.0, < 7.0\" or \"~> 5.31\"")]
pub struct ConstraintError(String);

impl VersionConstraint {
    /// Reads conditions separated by commas.
    pub fn parse(text: &str) -> Result<Self, ConstraintError> {
        let fail = || ConstraintError(text.to_owned());
        let conditions = text
            .split(',')
            .map(|condition| {
                let condition = condition.trim();
                let (operator, rest) = OPERATORS
                    .iter()
                    .find_map(|(sign, operator)| Some((*operator, condition.strip_prefix(sign)?)))
                    .unwrap_or((Operator::Equal, condition));
                Some((operator, Version::parse(rest)?))
            })
            .collect::<Option<Vec<_>>>();
        conditions.map(Self).ok_or_else(fail)
    }

    /// Whether a version meets all conditions. A pre-release meets only an exact one.
    pub fn allows(&self, version: &Version) -> bool {
        self.0.iter().all(|(operator, wanted)| {
            if version.prerelease.is_some() || wanted.prerelease.is_some() {
                return match operator {
                    Operator::Equal => version.numbers == wanted.numbers && version.prerelease == wanted.prerelease,
                    Operator::NotEqual => version.numbers != wanted.numbers || version.prerelease != wanted.prerelease,
                    _ => version.prerelease.is_none() && Self::compares(*operator, version, wanted),
                };
            }
            Self::compares(*operator, version, wanted)
        })
    }

    fn compares(operator: Operator, version: &Version, wanted: &Version) -> bool {
        let (have, want) = (version.numbers, wanted.numbers);
        match operator {
            Operator::Equal => have == want,
            Operator::NotEqual => have != want,
            Operator::Greater => have > want,
            Operator::GreaterOrEqual => have >= want,
            Operator::Less => have < want,
            Operator::LessOrEqual => have <= want,
            Operator::Pessimistic => {
                let fixed = wanted.given.saturating_sub(1).max(1);
                have >= want && have[..fixed] == want[..fixed]
            }
        }
    }

    /// The versions that the conditions name.
    pub fn named_versions(&self) -> impl Iterator<Item = &Version> {
        self.0.iter().map(|(_, version)| version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_met_as_terraform_meets_them() {
        let table = [
            (">= 5.0", "5.0.0", true),
            (">= 5.0", "6.1.0", true),
            ("~> 5.0", "5.99.1", true),
            ("~> 5.0", "6.0.0", false),
            ("~> 5.31.0", "5.31.9", true),
            ("~> 5.31.0", "5.32.0", false),
            ("~> 5", "6.0.0", false),
            ("5.1.0", "5.1.0", true),
            ("= 5.1", "5.1.0", true),
            ("!= 5.1.0", "5.1.0", false),
            (">= 4.0, < 6.0", "5.100.0", true),
            (">= 4.0, < 6.0", "6.0.0", false),
            (">= 1.0", "1.12.0-beta1", false),
            ("1.12.0-beta1", "1.12.0-beta1", true),
        ];
        for (constraint, version, expected) in table {
            let allows = VersionConstraint::parse(constraint).unwrap().allows(&version.parse().unwrap());
            assert_eq!(allows, expected, "{constraint} and {version}");
        }
        for wrong in ["", "five", ">= 1.2.3.4", "~>"] {
            assert!(VersionConstraint::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
