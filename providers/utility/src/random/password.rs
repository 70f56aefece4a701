//! Passwords and other texts made of random characters, kept in the state or nowhere.

use async_trait::async_trait;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::{Call, EphemeralType, Opened, Renewed};
use infra_engine::schema::Schema;
use infra_values::{Path, PathStep, Value};

use super::{entropy, number, text, with_attributes};

type Made = Result<Vec<(&'static str, Value)>, Diagnostics>;

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

/// How much work a hash costs: the usual exponent.
const BCRYPT_COST: u32 = 10;
/// bcrypt looks at no more bytes than these.
const BCRYPT_BYTES_MAX: usize = 72;

/// `random_password`
pub(super) fn password(planned: &Value) -> Made {
    let result = characters(planned)?;
    let hash = bcrypt_hash(&result)?;
    Ok(vec![("id", Value::string("none")), ("result", Value::string(result)), ("bcrypt_hash", Value::string(hash))])
}

/// `random_string`
pub(super) fn string(planned: &Value) -> Made {
    let result = Value::string(characters(planned)?);
    Ok(vec![("id", result.clone()), ("result", result)])
}

/// One set of characters, whether it may be used and how many of it there must be.
fn sets(object: &Value) -> Vec<(Vec<char>, bool, i64)> {
    let is_on = |name: &str| object.get(name).and_then(Value::as_bool).unwrap_or(true);
    let special = match text(object, "override_special") {
        "" => SPECIAL,
        own => own,
    };
    let set = |characters: &str, name: &str| {
        (characters.chars().collect(), is_on(name), number(object, &format!("min_{name}")))
    };
    vec![set(DIGITS, "numeric"), set(LOWER, "lower"), set(UPPER, "upper"), set(special, "special")]
}

/// Text of the wanted length with at least so many of each set, in random order.
fn characters(object: &Value) -> Result<String, Diagnostics> {
    let wanted = usize::try_from(number(object, "length")).unwrap_or(0);
    let sets = sets(object);
    let mut result: Vec<char> = Vec::with_capacity(wanted);
    let mut pick = |from: &[char], count: usize| -> Result<(), Diagnostics> {
        for _ in 0..if from.is_empty() { 0 } else { count } {
            let position = usize::try_from(entropy::below(from.len() as u64)?).unwrap_or(0);
            result.extend(from.get(position));
        }
        Ok(())
    };
    let mut required = 0;
    for (characters, _, least) in &sets {
        let least = usize::try_from(*least).unwrap_or(0);
        required += least;
        pick(characters, least)?;
    }
    let all: Vec<char> = sets.iter().filter(|(_, is_on, _)| *is_on).flat_map(|(set, ..)| set.iter().copied()).collect();
    pick(&all, wanted.saturating_sub(required))?;
    entropy::shuffle(&mut result)?;
    Ok(result.into_iter().collect())
}

fn bcrypt_hash(password: &str) -> Result<String, Diagnostics> {
    let mut salt = [0; 16];
    salt.copy_from_slice(&entropy::bytes(16)?);
    let bytes = &password.as_bytes()[..password.len().min(BCRYPT_BYTES_MAX)];
    match bcrypt::hash_with_salt(bytes, BCRYPT_COST, salt) {
        Ok(parts) => Ok(parts.format_for_version(bcrypt::Version::TwoA)),
        Err(error) => {
            let detail = format!("The password could not be hashed: {error}. Make it shorter than 72 bytes.");
            Err(Diagnostic::error("Hash error", detail).into())
        }
    }
}

/// What the facts do not say: at least one set is on, and the least numbers fit into the length.
pub(super) fn validate(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let is_password_like = config.get("min_special").is_some();
    if !is_password_like || !config.is_wholly_known() {
        return diagnostics;
    }
    let sets = sets(config);
    if sets.iter().all(|(_, is_on, _)| !is_on) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid Attribute Combination",
                "At least one of special, upper, lower and numeric must be true: otherwise there is no character to choose.",
            )
            .on(Path::root().attribute("special")),
        );
    }
    let required: i64 = sets.iter().map(|(.., least)| *least).sum();
    let length = number(config, "length");
    if length < required {
        diagnostics.push(
            Diagnostic::error(
                "Invalid Attribute Value",
                format!(
                    "The length is {length}, and the minimums of the sets of characters add up to {required}. Make length at \
                     least that."
                ),
            )
            .on(Path::root().attribute("length")),
        );
    }
    diagnostics
}

/// `number` is the former name of `numeric`: whichever is configured counts for both.
pub(super) fn with_both_names_of_numeric(planned: Value, config: &Value) -> Value {
    let (Some(numeric), Some(number)) = (config.get("numeric"), config.get("number")) else { return planned };
    let chosen = match (numeric.is_null(), number.is_null()) {
        (false, _) => numeric.clone(),
        (true, false) => number.clone(),
        (true, true) => return planned,
    };
    ["numeric", "number"]
        .into_iter()
        .fold(planned, |planned, name| planned.with_child(&PathStep::Attribute(name.into()), chosen.clone()))
}

/// The ephemeral `random_password`: another one in each run, kept nowhere.
pub(super) struct EphemeralPassword {
    pub(super) schema: Schema,
}

#[async_trait]
impl EphemeralType for EphemeralPassword {
    fn name(&self) -> &str {
        "random_password"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        validate(config)
    }

    async fn open(&self, _call: &Call<'_>, config: &Value) -> Result<Opened, Diagnostics> {
        let defaults = self.schema.block.attributes.iter().filter_map(|(name, attribute)| {
            let is_left_out = config.get(name).is_none_or(Value::is_null);
            attribute.default.clone().filter(|_| is_left_out).map(|default| (name.clone(), default))
        });
        let full = defaults
            .fold(config.clone(), |object, (name, default)| object.with_child(&PathStep::Attribute(name), default));
        let result = characters(&full)?;
        let hash = bcrypt_hash(&result)?;
        let made = vec![("result", Value::string(result)), ("bcrypt_hash", Value::string(hash))];
        Ok(Opened { result: with_attributes(&full, made), private: Vec::new(), renew_in: None })
    }

    async fn renew(&self, _call: &Call<'_>, private: &[u8]) -> Result<Renewed, Diagnostics> {
        Ok(Renewed { private: private.to_vec(), renew_in: None })
    }

    async fn close(&self, _call: &Call<'_>, _private: &[u8]) -> Result<(), Diagnostics> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use infra_values::Type;

    use super::*;

    fn object(entries: &[(&'static str, Value)]) -> Value {
        let names = ["numeric", "number", "lower", "upper", "special", "override_special", "length"];
        let least = ["min_numeric", "min_lower", "min_upper", "min_special"];
        let empty = names.into_iter().chain(least).map(|name| (name, Value::null(Type::Any)));
        with_attributes(&Value::object_from(empty), entries.to_vec())
    }

    #[test]
    fn texts_have_their_length_and_at_least_so_many_of_each_set() {
        let wanted = object(&[
            ("length", Value::number(20)),
            ("min_numeric", Value::number(4)),
            ("min_special", Value::number(3)),
            ("lower", Value::bool(false)),
            ("override_special", Value::string("_")),
        ]);
        for _ in 0..20 {
            let text = characters(&wanted).unwrap();
            assert_eq!(text.len(), 20);
            assert!(text.chars().filter(char::is_ascii_digit).count() >= 4, "{text}");
            assert!(text.matches('_').count() >= 3, "{text}");
            assert!(!text.chars().any(|character| character.is_ascii_lowercase()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        let summaries =
            |object: &Value| -> Vec<String> { validate(object).iter().map(|found| found.summary.clone()).collect() };
        let off = ["numeric", "lower", "upper", "special"].map(|name| (name, Value::bool(false)));
        let none = with_attributes(&object(&[("length", Value::number(3))]), off.to_vec());
        assert_eq!(summaries(&none), ["Invalid Attribute Combination"]);
        let short = object(&[("length", Value::number(3)), ("min_upper", Value::number(4))]);
        assert_eq!(summaries(&short), ["Invalid Attribute Value"]);
        assert!(summaries(&object(&[("length", Value::number(3))])).is_empty());
    }

    #[test]
    fn hashes_belong_to_their_passwords() {
        let hash = bcrypt_hash("secret").unwrap();
        assert!(bcrypt::verify("secret", &hash).unwrap());
        assert!(bcrypt_hash(&"x".repeat(100)).is_ok());
    }
}
