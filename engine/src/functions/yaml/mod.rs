//! YAML: reading is a library's business up to the events, what they mean is ours; writing is all ours, because the
//! texts are compared byte for byte.

use infra_values::{Type, Value};

use super::arguments::{any, string, text};
use super::{Function, FunctionError, Parameter, Returns};

mod decode;
mod encode;
mod scalar;

pub(super) const YAMLDECODE: Function = Function::new(
    "yamldecode",
    "Reads one YAML document: sequences become tuples, mappings become objects.",
    &[Parameter::new("src", string)],
    Returns::Computed(|arguments| match arguments[0].is_known() {
        true => decode::decode(text(&arguments[0])).map(|value| value.ty()).map_err(FunctionError::new),
        false => Ok(Type::Any),
    }),
    |_, arguments| decode::decode(text(&arguments[0])).map_err(FunctionError::new),
)
.may_be_null();

pub(super) const YAMLENCODE: Function = Function::new(
    "yamlencode",
    "Writes a value as YAML in block style, with sorted keys and quoted strings.",
    &[Parameter::new("value", any).nullable().sees_unknown()],
    Returns::Fixed(string),
    |_, arguments| {
        Ok(match arguments[0].is_wholly_known() {
            true => Value::string(encode::encode(&arguments[0])),
            false => Value::unknown(Type::String),
        })
    },
);
