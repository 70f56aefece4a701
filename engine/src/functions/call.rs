//! Calling a function: everything that is the same for all of them.

use infra_values::convert::convert;
use infra_values::{Kind, Marks, Refinement, Type, Value};

use super::{Context, Function, FunctionError, Parameter, Returns};

/// What stands in messages where a value is withheld.
const WITHHELD: &str = "(sensitive value)";

/// Calls a function with evaluated arguments.
///
/// Arguments are converted to the types of their parameters. One that is unknown makes the result an unknown value of
/// the type the function would return, and marks of the arguments are put on the result, unless the parameter says
/// that the implementation looks after that.
///
/// # Errors
///
/// When the number of arguments is wrong, an argument is null or cannot be converted, or the function refuses it.
/// Messages do not show the text of sensitive arguments.
pub fn call(function: &Function, context: &dyn Context, arguments: &[Value]) -> Result<Value, FunctionError> {
    if let Some((_, problem)) = function.count_mistake(arguments.len()) {
        return Err(FunctionError::new(problem));
    }
    call_counted(function, context, arguments).map_err(|error| withhold(error, arguments))
}

fn call_counted(function: &Function, context: &dyn Context, arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut undecided = false;
    let mut untyped = false;
    let mut converted = Vec::with_capacity(arguments.len());
    for (position, argument) in arguments.iter().enumerate() {
        let Some(parameter) = function.parameter(position) else {
            break;
        };
        let value =
            prepare(parameter, argument, &mut marks).map_err(|message| FunctionError::argument(position, message))?;
        if let Kind::Unknown(unknown) = value.kind()
            && !parameter.allows_unknown
        {
            undecided = true;
            untyped |= unknown.ty == Type::Any;
        }
        converted.push(value);
    }
    let result = if undecided {
        Value::unknown(match &function.returns {
            Returns::Fixed(ty) => ty(),
            Returns::Computed(_) if untyped => Type::Any,
            Returns::Computed(ty) => ty(&converted)?,
        })
    } else {
        (function.implementation)(context, &converted)?
    };
    let result = if function.may_be_null { result } else { refine_not_null(result) };
    Ok(result.with_marks(&marks))
}

/// An argument as the implementation sees it; marks it must not see go to `marks`.
fn prepare(parameter: &Parameter, argument: &Value, marks: &mut Marks) -> Result<Value, String> {
    let value = convert(argument, &(parameter.ty)())
        .map_err(|error| format!("the value for {:?} does not fit: {error}", parameter.name))?;
    if value.is_null() && !parameter.allows_null {
        return Err(format!("the value for {:?} must not be null", parameter.name));
    }
    if parameter.allows_marks {
        return Ok(value);
    }
    let (value, taken) = value.unmark_deep();
    *marks = marks.union(&taken);
    Ok(value)
}

/// An unknown result that will not be null; anything else as it is.
fn refine_not_null(value: Value) -> Value {
    let Kind::Unknown(unknown) = value.kind() else {
        return value;
    };
    let refinement = unknown.refinement.as_deref().cloned().unwrap_or_default();
    if refinement.not_null {
        return value;
    }
    let marks = value.marks().clone();
    Value::unknown_refined(unknown.ty.clone(), Refinement { not_null: true, ..refinement }).with_marks(&marks)
}

/// Takes the texts of sensitive arguments out of a message. Implementations show texts of users quoted.
fn withhold(mut error: FunctionError, arguments: &[Value]) -> FunctionError {
    let mut secrets = Vec::new();
    for argument in arguments {
        collect_secrets(argument, false, &mut secrets);
    }
    for secret in secrets {
        error.message = error.message.replace(&secret, WITHHELD);
    }
    error
}

fn collect_secrets(value: &Value, inherited: bool, secrets: &mut Vec<String>) {
    let secret = inherited || value.marks().is_sensitive() || value.marks().is_ephemeral();
    match value.kind() {
        Kind::String(text) if secret => secrets.push(format!("{:?}", text.as_str())),
        Kind::Number(number) if secret => secrets.push(number.to_string()),
        _ => {
            for (_, part) in value.children() {
                collect_secrets(part, secret, secrets);
            }
        }
    }
}
