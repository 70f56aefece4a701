//! Functions with secrets and chance: password hashes, decryption, identifiers.
//!
//! What differs from call to call is known only while applying: until then the result of such a function is unknown.

use base64::Engine;
use infra_values::{Type, Value};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{BigUint, Pkcs1v15Encrypt, RsaPrivateKey};
use uuid::Uuid;

use super::arguments::{Outcome, number, string, text, whole_number};
use super::encoding::LENIENT;
use super::{Context, Function, FunctionError, Parameter, Returns};

/// How much work a password hash takes unless the call says so: 2 to the power of this.
const COST_DEFAULT: u32 = 10;
const COST_MIN: i64 = 4;
const COST_MAX: i64 = 31;
const PASSWORD_BYTES_MAX: usize = 72;

pub(super) const BCRYPT: Function = Function::new(
    "bcrypt",
    "Computes the Blowfish hash of a password, with a cost of 10 unless another is given. It differs from call to call, \
     and is known only while applying.",
    &[Parameter::new("str", string)],
    Returns::Fixed(string),
    password_hash,
)
.variadic(Parameter::new("cost", number));

pub(super) const RSADECRYPT: Function = Function::new(
    "rsadecrypt",
    "Decrypts a text that was encrypted with RSA (PKCS #1 v1.5) and encoded in Base64.",
    &[Parameter::new("ciphertext", string), Parameter::new("privatekey", string)],
    Returns::Fixed(string),
    decrypt,
);

pub(super) const UUID: Function = Function::new(
    "uuid",
    "Makes up a new identifier with each call. It is known only while applying.",
    &[],
    Returns::Fixed(string),
    |context, _| {
        Ok(match context.now() {
            Some(_) => Value::string(Uuid::new_v4().to_string()),
            None => Value::unknown(Type::String),
        })
    },
);

pub(super) const UUIDV5: Function = Function::new(
    "uuidv5",
    "Returns the identifier that a name has in a namespace: `dns`, `url`, `oid`, `x500`, or an identifier itself.",
    &[Parameter::new("namespace", string), Parameter::new("name", string)],
    Returns::Fixed(string),
    named_identifier,
);

fn password_hash(context: &dyn Context, arguments: &[Value]) -> Outcome {
    if context.now().is_none() {
        return Ok(Value::unknown(Type::String));
    }
    if arguments.len() > 2 {
        return Err(FunctionError::new("it takes no more than two arguments: a password and a cost"));
    }
    let cost = match arguments.get(1) {
        None => COST_DEFAULT,
        Some(_) => match whole_number(arguments, 1)? {
            cost if cost > COST_MAX => {
                return Err(FunctionError::new(format!(
                    "the cost must be between {COST_MIN} and {COST_MAX}, not {cost}"
                )));
            }
            cost => u32::try_from(cost).ok().filter(|_| cost >= COST_MIN).unwrap_or(COST_DEFAULT),
        },
    };
    let password = text(&arguments[0]);
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(FunctionError::new(format!("a password of more than {PASSWORD_BYTES_MAX} bytes cannot be hashed")));
    }
    let parts = bcrypt::hash_with_result(password, cost)
        .map_err(|error| FunctionError::new(format!("the password could not be hashed: {error}")))?;
    Ok(Value::string(parts.format_for_version(bcrypt::Version::TwoA)))
}

fn decrypt(_: &dyn Context, arguments: &[Value]) -> Outcome {
    // The texts are not repeated in messages: they are secrets whether marked or not.
    let ciphertext = LENIENT
        .decode(text(&arguments[0]).replace(['\n', '\r'], ""))
        .map_err(|_| FunctionError::argument(0, "the text to decrypt must be encoded in Base64"))?;
    let key = private_key(text(&arguments[1])).map_err(|problem| FunctionError::argument(1, problem))?;
    let decrypted = key
        .decrypt(Pkcs1v15Encrypt, &ciphertext)
        .map_err(|_| FunctionError::new("the text cannot be decrypted with this key"))?;
    String::from_utf8(decrypted)
        .map(Value::string)
        .map_err(|_| FunctionError::new("what was encrypted is not UTF-8 text"))
}

/// Reads a key in one of the forms in which it may stand between `-----BEGIN …-----` and `-----END …-----`.
fn private_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let unreadable = |_| "the private key cannot be read; check that it is whole".to_owned();
    let label = pem
        .split_once("-----BEGIN ")
        .and_then(|(_, behind)| behind.split_once("-----"))
        .map(|(label, _)| label)
        .ok_or("there is no private key; it begins with -----BEGIN RSA PRIVATE KEY-----")?;
    let is_encrypted = label == "ENCRYPTED PRIVATE KEY" || pem.contains("Proc-Type: 4,ENCRYPTED");
    if is_encrypted {
        return Err("the private key is protected by a passphrase; give one that is not".to_owned());
    }
    match label {
        "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_pem(pem.trim()).map_err(|_| unreadable(())),
        "PRIVATE KEY" => RsaPrivateKey::from_pkcs8_pem(pem.trim()).map_err(|_| unreadable(())),
        "OPENSSH PRIVATE KEY" => openssh_key(pem),
        other => Err(format!("a key of the kind {other:?} cannot decrypt; an RSA private key is needed")),
    }
}

fn openssh_key(pem: &str) -> Result<RsaPrivateKey, String> {
    let key = ssh_key::PrivateKey::from_openssh(pem)
        .map_err(|_| "the private key cannot be read; check that it is whole".to_owned())?;
    if key.is_encrypted() {
        return Err("the private key is protected by a passphrase; give one that is not".to_owned());
    }
    let pair = key.key_data().rsa().ok_or("the private key is not one of RSA")?;
    let integer = |number: &ssh_key::Mpint| number.as_positive_bytes().map(BigUint::from_bytes_be).unwrap_or_default();
    RsaPrivateKey::from_components(
        integer(&pair.public.n),
        integer(&pair.public.e),
        integer(&pair.private.d),
        vec![integer(&pair.private.p), integer(&pair.private.q)],
    )
    .map_err(|_| "the numbers of the private key do not fit together".to_owned())
}

/// What is between the first and the last character of a text of 38, which Terraform takes for braces whatever they
/// are.
fn unwrapped(text: &str) -> &str {
    const IN_BRACES_BYTES: usize = 38;
    if text.len() == IN_BRACES_BYTES { text.get(1..IN_BRACES_BYTES - 1).unwrap_or(text) } else { text }
}

fn named_identifier(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let written = text(&arguments[0]);
    let namespace = match written {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(unwrapped(other)).map_err(|_| {
            FunctionError::new(format!("{written:?} is no namespace; those are dns, url, oid, x500 and identifiers"))
        })?,
    };
    Ok(Value::string(Uuid::new_v5(&namespace, text(&arguments[1]).as_bytes()).to_string()))
}
