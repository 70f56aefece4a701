//! Encoding functions: JSON, Base64 and URLs.

use std::io::Read as _;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use flate2::read::MultiGzDecoder;
use infra_values::json::{from_json_implied, implied_type};
use infra_values::{Kind, Refinement, Type, Value};

use super::arguments::{Outcome, any, could_be_null, string, text};
use super::{Context, Function, FunctionError, Parameter, Returns, gzip, json_reading};

/// The most that is decompressed: a few bytes can stand for very many.
const DECOMPRESSED_BYTES_MAX: u64 = 1 << 28;

const STR: Parameter = Parameter::new("str", string);

/// Padding is required, but unused bits at the end may be anything.
pub(super) const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

pub(super) const BASE64DECODE: Function = Function::new(
    "base64decode",
    "Decodes Base64 into a string, which must be UTF-8.",
    &[STR],
    Returns::Fixed(string),
    base64_decode,
);

pub(super) const BASE64ENCODE: Function = Function::new(
    "base64encode",
    "Encodes the UTF-8 form of a string in Base64.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(STANDARD.encode(text(&arguments[0])))),
);

pub(super) const BASE64GUNZIP: Function = Function::new(
    "base64gunzip",
    "Decodes Base64, and decompresses the bytes with gzip. What comes out must be UTF-8.",
    &[STR],
    Returns::Fixed(string),
    base64_gunzip,
)
.extension();

pub(super) const BASE64GZIP: Function = Function::new(
    "base64gzip",
    "Compresses the UTF-8 form of a string with gzip, and encodes the bytes in Base64.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(STANDARD.encode(gzip::compress(text(&arguments[0]).as_bytes())))),
);

pub(super) const JSONDECODE: Function = Function::new(
    "jsondecode",
    "Reads JSON: arrays become tuples, objects become objects.",
    &[STR],
    Returns::Computed(decoded_type),
    json_decode,
)
.may_be_null();

pub(super) const JSONENCODE: Function = Function::new(
    "jsonencode",
    "Writes a value as JSON on one line, with sorted keys.",
    &[Parameter::new("val", any).nullable().sees_unknown()],
    Returns::Fixed(string),
    json_encode,
);

pub(super) const URLDECODE: Function = Function::new(
    "urldecode",
    "Decodes what `urlencode` has encoded; a plus sign becomes a space.",
    &[STR],
    Returns::Fixed(string),
    url_decode,
)
.extension();

pub(super) const URLENCODE: Function = Function::new(
    "urlencode",
    "Encodes a string for the query of a URL; a space becomes a plus sign.",
    &[STR],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(url_encoded(text(&arguments[0])))),
);

fn base64_gunzip(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let encoded = text(&arguments[0]);
    let bytes = LENIENT
        .decode(encoded.replace(['\n', '\r'], ""))
        .map_err(|error| FunctionError::argument(0, format!("{encoded:?} is not valid Base64: {error}")))?;
    let mut decompressed = Vec::new();
    MultiGzDecoder::new(bytes.as_slice())
        .take(DECOMPRESSED_BYTES_MAX + 1)
        .read_to_end(&mut decompressed)
        .map_err(|error| FunctionError::argument(0, format!("the bytes are not what gzip makes: {error}")))?;
    if decompressed.len() as u64 > DECOMPRESSED_BYTES_MAX {
        let message = format!("what it decompresses to is longer than {DECOMPRESSED_BYTES_MAX} bytes");
        return Err(FunctionError::argument(0, message));
    }
    String::from_utf8(decompressed)
        .map(Value::string)
        .map_err(|_| FunctionError::argument(0, "what it decompresses to is not UTF-8 text"))
}

fn base64_decode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let encoded = text(&arguments[0]);
    let bytes = LENIENT
        .decode(encoded.replace(['\n', '\r'], ""))
        .map_err(|error| FunctionError::new(format!("{encoded:?} is not valid Base64: {error}")))?;
    String::from_utf8(bytes)
        .map(Value::string)
        .map_err(|_| FunctionError::new("what it decodes to is not UTF-8 text; strings can hold nothing else"))
}

fn decoded_type(arguments: &[Value]) -> Result<Type, FunctionError> {
    let source = &arguments[0];
    if source.is_known() {
        return Ok(implied_type(&json_reading::parse(text(source))?));
    }
    // The first character of a JSON text tells its type, unless it has parts.
    let beginning = super::arguments::refinement(source).and_then(|known| known.string_prefix.as_ref());
    let first = beginning.and_then(|prefix| prefix.trim_start().chars().next());
    Ok(match first {
        Some('"') => Type::String,
        Some('t' | 'f') => Type::Bool,
        Some('-' | '0'..='9') => Type::Number,
        _ => Type::Any,
    })
}

fn json_decode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    Ok(from_json_implied(&json_reading::parse(text(&arguments[0]))?))
}

fn json_encode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let value = &arguments[0];
    if value.is_wholly_known() {
        return json_text(value).map(Value::string);
    }
    let beginning = match value.ty() {
        Type::String => Some("\""),
        Type::Object(_) | Type::Map(_) => Some("{"),
        Type::Tuple(_) | Type::List(_) | Type::Set(_) => Some("["),
        _ => None,
    };
    let string_prefix = beginning.filter(|_| !could_be_null(value)).map(Into::into);
    Ok(Value::unknown_refined(Type::String, Refinement { string_prefix, ..Refinement::default() }))
}

/// A wholly known value as JSON on one line.
///
/// `<`, `>`, `&` and the line separators U+2028 and U+2029 are escaped, so that the text can stand in HTML: that is
/// how Terraform has always written policies, and other bytes would be a change of each of them.
pub(super) fn json_text(value: &Value) -> Result<String, FunctionError> {
    let mut output = String::new();
    write_json(value, &mut output)?;
    Ok(output)
}

fn write_json(value: &Value, output: &mut String) -> Result<(), FunctionError> {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
        match value.kind() {
            Kind::Null(_) | Kind::Unknown(_) => output.push_str("null"),
            Kind::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
            Kind::Number(number) if !number.is_finite() => {
                return Err(FunctionError::new(format!("JSON has no number for {number}")));
            }
            Kind::Number(number) => output.push_str(&number.to_string()),
            Kind::String(text) => write_json_string(text, output),
            Kind::List(_, items) | Kind::Set(_, items) | Kind::Tuple(items) => {
                output.push('[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        output.push(',');
                    }
                    write_json(item, output)?;
                }
                output.push(']');
            }
            Kind::Map(_, entries) | Kind::Object(entries) => {
                output.push('{');
                for (position, (key, item)) in entries.iter().enumerate() {
                    if position > 0 {
                        output.push(',');
                    }
                    write_json_string(key, output);
                    output.push(':');
                    write_json(item, output)?;
                }
                output.push('}');
            }
        }
        Ok(())
    })
}

fn write_json_string(text: &str, output: &mut String) {
    output.push('"');
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            '\u{8}' => output.push_str("\\b"),
            '\u{c}' => output.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                output.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => output.push(other),
        }
    }
    output.push('"');
}

fn url_decode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let encoded = text(&arguments[0]);
    let wrong = || FunctionError::argument(0, format!("{encoded:?} has a % that two hexadecimal digits do not follow"));
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).ok_or_else(wrong)?;
                rest = &behind[2..];
                u8::from_str_radix(digits, 16).map_err(|_| wrong())?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes)
        .map(Value::string)
        .map_err(|_| FunctionError::argument(0, "what it decodes to is not UTF-8 text; strings can hold nothing else"))
}

fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
