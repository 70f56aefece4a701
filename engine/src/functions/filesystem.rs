//! Functions on files and paths. Paths are those of Unix; relative ones start at the base directory of the context.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use infra_values::convert::convert;
use infra_values::{Kind, Type, Value};

use super::arguments::{Outcome, any, bool, string, text, wrong_type};
use super::{Context, Function, FunctionError, Parameter, Returns};
use crate::syntax::is_identifier;

const PATH: Parameter = Parameter::new("path", string);

pub(super) const ABSPATH: Function = Function::new(
    "abspath",
    "Makes a path absolute and removes `.` and `..` from it, without looking at the file system.",
    &[PATH],
    Returns::Fixed(string),
    absolute,
);

pub(super) const BASENAME: Function =
    Function::new("basename", "Returns the last part of a path.", &[PATH], Returns::Fixed(string), |_, arguments| {
        Ok(Value::string(last_part(text(&arguments[0]))))
    });

pub(super) const DIRNAME: Function = Function::new(
    "dirname",
    "Returns a path without its last part.",
    &[PATH],
    Returns::Fixed(string),
    |_, arguments| Ok(Value::string(without_last_part(text(&arguments[0])))),
);

pub(super) const FILE: Function = Function::new(
    "file",
    "Reads a file as text, which must be UTF-8.",
    &[PATH],
    Returns::Fixed(string),
    |context, arguments| Ok(Value::string(read_text(context, text(&arguments[0]))?)),
);

pub(super) const FILEBASE64: Function = Function::new(
    "filebase64",
    "Reads a file and encodes its bytes in Base64.",
    &[PATH],
    Returns::Fixed(string),
    |context, arguments| Ok(Value::string(STANDARD.encode(read_bytes(context, text(&arguments[0]))?))),
);

pub(super) const FILEEXISTS: Function = Function::new(
    "fileexists",
    "Tells whether there is a file at a path; something there that is no regular file is an error.",
    &[PATH],
    Returns::Fixed(bool),
    exists,
);

pub(super) const PATHEXPAND: Function = Function::new(
    "pathexpand",
    "Replaces a `~` at the start of a path by the home directory.",
    &[PATH],
    Returns::Fixed(string),
    |context, arguments| Ok(Value::string(expanded(context, text(&arguments[0]))?)),
);

pub(super) const TEMPLATEFILE: Function = Function::new(
    "templatefile",
    "Reads a file as a template and evaluates it with the given variables.",
    &[PATH, Parameter::new("vars", any)],
    Returns::Computed(|_| Ok(Type::Any)),
    template,
)
.may_be_null();

pub(super) const TEMPLATESTRING: Function = Function::new(
    "templatestring",
    "Evaluates a string that comes from elsewhere as a template with the given variables.",
    &[Parameter::new("template", string), Parameter::new("vars", any)],
    Returns::Fixed(string),
    template_of_string,
);

/// The bytes of a file, whose path is the first argument.
pub(super) fn read_bytes(context: &dyn Context, path: &str) -> Result<Vec<u8>, FunctionError> {
    fs::read(resolved(context, path)?).map_err(|error| {
        FunctionError::argument(
            0,
            match error.kind() {
                ErrorKind::NotFound => format!(
                    "there is no file at {path:?}; files must exist before the run, so for one that a resource writes \
                     use an attribute of that resource instead"
                ),
                _ => format!("the file {path:?} cannot be read: {error}"),
            },
        )
    })
}

fn read_text(context: &dyn Context, path: &str) -> Result<String, FunctionError> {
    String::from_utf8(read_bytes(context, path)?).map_err(|_| {
        FunctionError::argument(
            0,
            format!(
                "the file {path:?} is not UTF-8 text; use filebase64, or a function such as filesha256 for its digest"
            ),
        )
    })
}

/// Where a path of the configuration points to.
pub(super) fn resolved(context: &dyn Context, path: &str) -> Result<PathBuf, FunctionError> {
    Ok(context.base_directory().join(cleaned(&expanded(context, path)?)))
}

fn expanded(context: &dyn Context, path: &str) -> Result<String, FunctionError> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(path.to_owned());
    };
    if !rest.is_empty() && !rest.starts_with('/') {
        let message = format!("{path:?} is in the home directory of another user, which is not known here");
        return Err(FunctionError::new(message));
    }
    match context.home_directory().and_then(Path::to_str) {
        Some(home) if rest.is_empty() => Ok(home.to_owned()),
        Some(home) => Ok(cleaned(&format!("{home}/{rest}"))),
        None => Err(FunctionError::new(format!("{path:?} needs a home directory, and none is known"))),
    }
}

/// The shortest path that means the same, as far as the text tells: without `.`, `..` and doubled slashes.
pub(super) fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".into(),
        (false, false) => parts.join("/"),
    }
}

fn absolute(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let path = text(&arguments[0]);
    if path.starts_with('/') {
        return Ok(Value::string(cleaned(path)));
    }
    let base = std::path::absolute(context.base_directory())
        .map_err(|error| FunctionError::new(format!("the current directory cannot be determined: {error}")))?;
    Ok(Value::string(cleaned(&format!("{}/{path}", base.to_string_lossy()))))
}

fn last_part(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") | None if path.is_empty() => ".",
        Some("") | None => "/",
        Some(last) => last,
    }
}

fn without_last_part(path: &str) -> String {
    cleaned(&path[..path.rfind('/').map_or(0, |slash| slash + 1)])
}

fn exists(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let path = text(&arguments[0]);
    match fs::metadata(resolved(context, path)?) {
        Ok(found) if found.is_file() => Ok(Value::bool(true)),
        Ok(found) => {
            let kind = if found.is_dir() { "a directory" } else { "something else" };
            Err(FunctionError::new(format!("{path:?} is {kind}, not a file")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Value::bool(false)),
        Err(error) => Err(FunctionError::new(format!("it is not known whether {path:?} exists: {error}"))),
    }
}

fn template(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let (path, variables) = (text(&arguments[0]), &arguments[1]);
    check_variables(variables)?;
    let content = read_text(context, path)?;
    context.render_template(path, &content, variables)
}

fn template_of_string(context: &dyn Context, arguments: &[Value]) -> Outcome {
    check_variables(&arguments[1])?;
    let rendered = context.render_template("<templatestring argument>", text(&arguments[0]), &arguments[1])?;
    convert(&rendered, &Type::String)
        .map_err(|_| FunctionError::argument(0, format!("the result is {}, not text", rendered.ty().friendly_name())))
}

fn check_variables(variables: &Value) -> Result<(), FunctionError> {
    let (Kind::Map(_, entries) | Kind::Object(entries)) = variables.kind() else {
        return Err(wrong_type(1, "a map of variables", &variables.ty()));
    };
    if let Some(name) = entries.keys().find(|name| !is_identifier(name)) {
        let message = format!(
            "{:?} cannot be the name of a variable: those are a letter, then letters, digits, underscores and dashes",
            name.as_str()
        );
        return Err(FunctionError::argument(1, message));
    }
    Ok(())
}
