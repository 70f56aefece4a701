//! Versions and constraints on them, as in `required_version`, `required_providers` and `module` blocks:
//! `>= 5.0, < 7.0`, `~> 5.31`.

use std::cmp::Ordering;
use std::fmt;

/// A version number.
#[derive(Clone, Debug)]
pub struct Version {
    numbers: [u64; 3],
    /// How many numbers were written: it matters for `~>`.
    given: usize,
    /// What follows a hyphen: `beta1`.
    prerelease: Option<String>,
    /// What follows a plus sign; it decides nothing.
    metadata: Option<String>,
}

impl Version {
    /// A full version number.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { numbers: [major, minor, patch], given: 3, prerelease: None, metadata: None }
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.numbers[0]
    }

    /// Whether it is a pre-release: `1.0.0-beta1`.
    pub fn is_prerelease(&self) -> bool {
        self.prerelease.is_some()
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let (text, metadata) = split_once_or_all(text, '+');
        let (numbers_text, prerelease) = split_once_or_all(text, '-');
        let mut numbers = [0; 3];
        let mut given = 0;
        for part in numbers_text.split('.') {
            *numbers.get_mut(given)? = part.parse().ok()?;
            given += 1;
        }
        Some(Self { numbers, given, prerelease, metadata })
    }
}

fn split_once_or_all(text: &str, separator: char) -> (&str, Option<String>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after.to_owned())),
        None => (text, None),
    }
}

/// By numbers; a pre-release comes before its release, and pre-releases are ordered part by part: numbers by value and
/// before words.
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (&self.prerelease, &other.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(ours), Some(theirs)) => {
                let part = |text: &str| match text.parse::<u64>() {
                    Ok(number) => (0, number, String::new()),
                    Err(_) => (1, 0, text.to_owned()),
                };
                ours.split('.').map(part).cmp(theirs.split('.').map(part))
            }
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

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
        if let Some(prerelease) = &self.prerelease {
            write!(formatter, "-{prerelease}")?;
        }
        match &self.metadata {
            Some(metadata) => write!(formatter, "+{metadata}"),
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

    /// Whether the version of a provider meets all conditions. A pre-release meets only an exact one, and `~> 5` is
    /// `~> 5.0`.
    pub fn allows(&self, version: &Version) -> bool {
        self.allows_in(Reading::OfProviders, version)
    }

    /// Whether the version of a module, or of Terraform itself, meets all conditions. Other than for providers, `~> 5`
    /// has no upper bound here.
    pub fn allows_module(&self, version: &Version) -> bool {
        self.allows_in(Reading::OfModules, version)
    }

    fn allows_in(&self, reading: Reading, version: &Version) -> bool {
        self.0.iter().all(|(operator, wanted)| {
            if version.prerelease.is_some() || wanted.prerelease.is_some() {
                return match operator {
                    Operator::Equal => version.numbers == wanted.numbers && version.prerelease == wanted.prerelease,
                    Operator::NotEqual => version.numbers != wanted.numbers || version.prerelease != wanted.prerelease,
                    _ => version.prerelease.is_none() && reading.compares(*operator, version, wanted),
                };
            }
            reading.compares(*operator, version, wanted)
        })
    }

    /// Whether there is one condition, and it asks for exactly this version.
    pub fn is_exactly(&self, version: &Version) -> bool {
        matches!(self.0.as_slice(), [(Operator::Equal, wanted)] if wanted == version)
    }

    /// The conditions in their one form, sorted by version: `>= 2` is `>= 2.0.0`, `~>5` is `~> 5.0`.
    pub fn normalised(&self) -> Vec<String> {
        let mut conditions = self.0.clone();
        conditions.sort_by(|one, other| one.1.cmp(&other.1));
        let shown = conditions.iter().map(|(operator, version)| {
            let sign = OPERATORS.iter().find(|(_, known)| known == operator).map_or("", |(sign, _)| *sign);
            match operator {
                Operator::Equal => version.to_string(),
                Operator::Pessimistic if version.given < 3 && !version.is_prerelease() => {
                    format!("~> {}.{}", version.numbers[0], version.numbers[1])
                }
                _ => format!("{sign} {version}"),
            }
        });
        shown.collect()
    }

    /// The versions that the conditions name.
    pub fn named_versions(&self) -> impl Iterator<Item = &Version> {
        self.0.iter().map(|(_, version)| version)
    }
}

/// Terraform reads constraints with two libraries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    OfProviders,
    OfModules,
}

impl Reading {
    fn compares(self, operator: Operator, version: &Version, wanted: &Version) -> bool {
        match operator {
            Operator::Equal => version == wanted,
            Operator::NotEqual => version != wanted,
            Operator::Greater => version > wanted,
            Operator::GreaterOrEqual => version >= wanted,
            Operator::Less => version < wanted,
            Operator::LessOrEqual => version <= wanted,
            Operator::Pessimistic => {
                let fixed = match self {
                    Self::OfProviders => wanted.given.saturating_sub(1).max(1),
                    Self::OfModules => wanted.given.saturating_sub(1),
                };
                version >= wanted && version.numbers[..fixed] == wanted.numbers[..fixed]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_releases_are() {
        let ordered =
            ["0.9.0", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0", "1.0.1", "1.10"];
        for pair in ordered.windows(2) {
            assert!(pair[0].parse::<Version>().unwrap() < pair[1].parse::<Version>().unwrap(), "{pair:?}");
        }
        assert_eq!("v1.0+a".parse::<Version>().unwrap(), "1.0.0".parse::<Version>().unwrap());
    }

    #[test]
    fn conditions_have_one_form() {
        let table = [
            (">=2,<4.0", ">= 2.0.0, < 4.0.0"),
            ("~>5, 5.1.0,  >= 5.0.0 ", "~> 5.0, >= 5.0.0, 5.1.0"),
            ("~> 1.2.3", "~> 1.2.3"),
        ];
        for (text, expected) in table {
            assert_eq!(VersionConstraint::parse(text).unwrap().normalised().join(", "), expected, "{text}");
        }
    }

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
            ("> 2.0.0-rc1", "2.0.0", true),
            ("> 2.0.0-rc1", "2.0.0-rc2", false),
        ];
        for (constraint, version, expected) in table {
            let allows = VersionConstraint::parse(constraint).unwrap().allows(&version.parse().unwrap());
            assert_eq!(allows, expected, "{constraint} and {version}");
        }
        let of_modules = |constraint: &str, version: &str| {
            VersionConstraint::parse(constraint).unwrap().allows_module(&version.parse().unwrap())
        };
        assert!(of_modules("~> 5", "6.0.0") && !of_modules("~> 5", "4.9.0"));
        assert!(of_modules("~> 5.0", "5.9.0") && !of_modules("~> 5.0", "6.0.0"));
        for wrong in ["", "five", ">= 1.2.3.4", "~>"] {
            assert!(VersionConstraint::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
