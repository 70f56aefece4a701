//! What functions answer, as text in and text out.
//!
//! `tests/CATEGORY.txt` holds expressions; below each one stands its value as `terraform console` 1.11.4 shows it, on
//! one line after `=`, or our message after `!`. A line `# differs: REASON` says that Terraform answers otherwise on
//! purpose. With `INFRA_UPDATE=1` the tests write our messages into the files, never values. Where `terraform` is
//! installed, `cargo test --release -p infra-engine -- --ignored oracle` compares all values with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use infra_values::{DeferralCause, Kind, Marks, Refinement, Type, Value};

use super::{Context, FunctionError, Returns, call, lookup, table};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::evaluate::{EvaluatedStep, Evaluator, Scope};
use crate::syntax::{Name, SourceMap, parse_expression, parse_template};

/// What the expressions may refer to, for Terraform.
const LOCALS: &str = r#"
resource "terraform_data" "u" { input = "x" }
locals {
  unknown          = terraform_data.u.output
  unknown_string   = tostring(terraform_data.u.output)
  unknown_number   = tonumber(terraform_data.u.output)
  unknown_bool     = tobool(terraform_data.u.output)
  unknown_list     = split(",", terraform_data.u.output)
  unknown_set      = toset(split(",", terraform_data.u.output))
  unknown_map      = zipmap(split(",", terraform_data.u.output), split(",", terraform_data.u.output))
  unknown_prefixed = "abc-${terraform_data.u.id}"
  greeting         = "hello $${name}"
  loop             = "%%{ for x in list }$${x},%%{ endfor }"
  broken           = "$${"
  number           = 5
}
"#;

/// The same for us.
fn local(name: &str) -> Option<Value> {
    Some(match name {
        "unknown" => Value::unknown(Type::Any),
        "unknown_string" => Value::unknown(Type::String),
        "unknown_number" => Value::unknown(Type::Number),
        "unknown_bool" => Value::unknown(Type::Bool),
        "unknown_list" => Value::unknown_not_null(Type::list(Type::String)),
        "unknown_set" => Value::unknown(Type::set(Type::Any)),
        "unknown_map" => Value::unknown_not_null(Type::map(Type::String)),
        "unknown_prefixed" => Value::unknown_refined(
            Type::String,
            Refinement { not_null: true, string_prefix: Some("abc-".into()), ..Refinement::default() },
        ),
        "greeting" => Value::string("hello ${name}"),
        "loop" => Value::string("%{ for x in list }${x},%{ endfor }"),
        "broken" => Value::string("${"),
        "number" => Value::number(5),
        _ => return None,
    })
}

const HOME: &str = "/root";

struct World {
    folder: PathBuf,
}

impl World {
    fn new() -> Self {
        Self { folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("src/functions/tests") }
    }

    fn evaluate(&self, expression: &str) -> Result<Value, Diagnostics> {
        let sources = SourceMap::new();
        let file = sources.add("test", expression);
        let (parsed, diagnostics) = parse_expression(expression, file, 0);
        assert!(!diagnostics.has_errors(), "{expression}: {diagnostics:?}");
        Evaluator::new(&mut Locals(self)).evaluate(&parsed.unwrap())
    }

    /// The value as `terraform console` shows it, or our message.
    fn answer(&self, expression: &str) -> Result<String, String> {
        let inner = expression.strip_prefix("type(").and_then(|rest| rest.strip_suffix(')'));
        match self.evaluate(inner.unwrap_or(expression)) {
            Ok(value) if inner.is_some() => Ok(show_type(&value.ty())),
            Ok(value) => Ok(show(&value)),
            Err(diagnostics) => Err(diagnostics.0[0].detail.replace('\n', " ")),
        }
    }
}

impl Context for World {
    fn base_directory(&self) -> &Path {
        &self.folder
    }

    fn render_template(&self, name: &str, text: &str, variables: &Value) -> Result<Value, FunctionError> {
        let sources = SourceMap::new();
        let file = sources.add(name, text);
        let (parsed, diagnostics) = parse_template(text, file, 0);
        let fails =
            |diagnostics: &Diagnostics| FunctionError::argument(0, format!("{name}: {}", diagnostics.0[0].detail));
        match parsed {
            Some(template) if !diagnostics.has_errors() => Evaluator::new(&mut Variables(self, variables))
                .evaluate(&template)
                .map_err(|diagnostics| fails(&diagnostics)),
            _ => Err(fails(&diagnostics)),
        }
    }

    fn plan_timestamp(&self) -> Option<&str> {
        None
    }

    fn now(&self) -> Option<String> {
        Some("2026-01-02T03:04:05Z".to_owned())
    }

    fn home_directory(&self) -> Option<&Path> {
        Some(Path::new(HOME))
    }
}

struct Locals<'w>(&'w World);

impl Scope for Locals<'_> {
    fn resolve(&mut self, root: &Name, steps: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        let Some(EvaluatedStep::Attribute(name)) = steps.first() else { panic!("no such name: {root:?}") };
        match (root.text.as_str(), name.text.as_str()) {
            ("path", "cwd") => Ok((Value::string(self.0.folder.to_string_lossy()), 1)),
            ("local", name) => Ok((local(name).unwrap(), 1)),
            other => panic!("no such name: {other:?}"),
        }
    }

    fn function_context(&self) -> &dyn Context {
        self.0
    }
}

struct Variables<'w>(&'w World, &'w Value);

impl Scope for Variables<'_> {
    fn resolve(&mut self, root: &Name, _: &[EvaluatedStep<'_>]) -> Result<(Value, usize), Diagnostics> {
        match self.1.get(&root.text) {
            Some(value) => Ok((value.clone(), 0)),
            None => Err(Diagnostic::error("No such variable", format!("no variable {}", root.text)).into()),
        }
    }

    fn function_context(&self) -> &dyn Context {
        self.0
    }
}

/// A value as `terraform console` shows it, on one line.
fn show(value: &Value) -> String {
    if let Kind::Unknown(_) = value.kind() {
        return "(known after apply)".into();
    }
    if value.marks().is_sensitive() {
        return "(sensitive value)".into();
    }
    match value.kind() {
        Kind::Unknown(_) => unreachable!("answered above"),
        Kind::Null(Type::Any) => "null".into(),
        Kind::Null(ty @ (Type::Bool | Type::Number | Type::String)) => format!("to{ty}(null)"),
        Kind::Null(ty) => {
            let element = ty.element().map_or_else(String::new, show_type);
            format!("to{}(null) /* of {element} */", show_type(ty).split('(').next().unwrap())
        }
        Kind::Bool(value) => value.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => quoted(text),
        Kind::Tuple(items) => sequence(items),
        Kind::List(_, items) => format!("tolist({})", sequence(items)),
        Kind::Set(_, items) => format!("toset({})", sequence(items)),
        Kind::Object(entries) => mapping(entries.iter()),
        Kind::Map(_, entries) => format!("tomap({})", mapping(entries.iter())),
    }
}

fn sequence(items: &[Value]) -> String {
    if items.is_empty() {
        return "[]".into();
    }
    items.iter().fold("[ ".to_owned(), |text, item| text + &show(item) + ", ") + "]"
}

fn mapping<'v>(entries: impl ExactSizeIterator<Item = (&'v infra_values::Str, &'v Value)>) -> String {
    if entries.len() == 0 {
        return "{}".into();
    }
    entries.fold("{ ".to_owned(), |text, (key, item)| format!("{text}{} = {} ", quoted(key), show(item))) + "}"
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            ' ' => quoted.push(' '),
            _ if character.is_ascii_control() => write!(quoted, "\\x{:02x}", u32::from(character)).unwrap(),
            _ if character.is_whitespace() || character == '\u{200d}' => {
                write!(quoted, "\\u{:04x}", u32::from(character)).unwrap();
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn show_type(ty: &Type) -> String {
    let collection = |kind: &str, element: &Type| match element {
        Type::Tuple(_) | Type::Object(_) => format!("{kind}( {}, )", show_type(element)),
        element => format!("{kind}({})", show_type(element)),
    };
    match ty {
        Type::Any => "dynamic".into(),
        Type::List(element) => collection("list", element),
        Type::Set(element) => collection("set", element),
        Type::Map(element) => collection("map", element),
        Type::Tuple(elements) => {
            elements.iter().fold("tuple([ ".to_owned(), |text, element| text + &show_type(element) + ", ") + "])"
        }
        other => other.to_string(),
    }
}

/// One expression of a file with its answer.
struct Row<'t> {
    expression: &'t str,
    answer: &'t str,
    differs: bool,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let (mut expression, mut differs) = ("", false);
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            differs |= comment.starts_with(" differs:");
        } else if let Some(answer) = line.strip_prefix("  ") {
            rows.push(Row { expression, answer, differs });
            differs = false;
        } else {
            expression = line;
        }
    }
    rows
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(World::new().folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
}

#[test]
fn functions_answer_as_written_down() {
    let world = World::new();
    let update = std::env::var_os("INFRA_UPDATE").is_some();
    let mut wrong = String::new();
    let mut count_by_name = std::collections::BTreeMap::<String, usize>::new();
    for path in files() {
        let mut text = std::fs::read_to_string(&path).unwrap();
        let mut updated = text.clone();
        for row in rows(&text) {
            let answer = match world.answer(row.expression) {
                Ok(value) => format!("= {value}"),
                Err(message) => format!("! {message}"),
            };
            let names = row.expression.split(|character: char| !character.is_ascii_alphanumeric());
            for name in names.filter(|name| lookup(name).is_some()) {
                *count_by_name.entry(name.to_owned()).or_default() += 1;
            }
            if answer == row.answer {
                continue;
            }
            if update && answer.starts_with('!') && row.answer.starts_with('!') {
                let old = format!("\n{}\n  {}\n", row.expression, row.answer);
                updated = updated.replacen(&old, &format!("\n{}\n  {answer}\n", row.expression), 1);
                continue;
            }
            writeln!(wrong, "{}: {}\n  expected {}\n  got      {answer}", path.display(), row.expression, row.answer)
                .unwrap();
        }
        if updated != text {
            std::fs::write(&path, &updated).unwrap();
            text = updated;
        }
        assert!(!rows(&text).is_empty(), "{} is empty", path.display());
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    for function in table() {
        let count = count_by_name.get(function.name).copied().unwrap_or(0);
        let enough = if function.lazy { 3 } else { 5 };
        assert!(count >= enough, "{} has only {count} rows", function.name);
    }
}

#[test]
#[ignore = "needs terraform 1.11 and a minute"]
fn oracle_answers_the_same() {
    let folder = std::env::temp_dir().join(format!("infra-functions-{}", std::process::id()));
    copy_folder(&World::new().folder.join("files"), &folder.join("files"));
    std::fs::write(folder.join("main.tf"), LOCALS).unwrap();
    let mut wrong = String::new();
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for row in rows(&text).iter().filter(|row| !row.differs) {
            let (succeeded, shown) = ask_terraform(&folder, row.expression);
            let agrees = if succeeded { row.answer == format!("= {shown}") } else { row.answer.starts_with('!') };
            if !agrees {
                writeln!(wrong, "{}\n  {}\n  terraform: {shown}", row.expression, row.answer).unwrap();
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy_folder(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Whether `terraform console` accepts an expression, and what it shows, on one line.
fn ask_terraform(folder: &Path, expression: &str) -> (bool, String) {
    use std::io::Write as _;

    let mut console = Command::new("terraform")
        .arg("console")
        .current_dir(folder)
        .env("HOME", HOME)
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    console.stdin.take().unwrap().write_all(format!("{expression}\n").as_bytes()).unwrap();
    let output = console.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    let lines: Vec<&str> = shown.trim_matches('\n').lines().map(str::trim).collect();
    (output.status.success(), lines.join(" "))
}

#[test]
fn table_is_sorted_and_consistent() {
    let names: Vec<&str> = table().iter().map(|function| function.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    for function in table() {
        assert!(function.docs.ends_with('.'), "{} has no sentence", function.name);
        assert!(lookup(function.name).is_some_and(|found| std::ptr::eq(found, function)));
        assert!(lookup(&format!("core::{}", function.name)).is_some(), "{}", function.name);
    }
    assert!(lookup("nothing").is_none());
    assert!(lookup("core::core::abs").is_none());
}

#[test]
fn unknown_results_have_the_type_and_are_not_null() {
    let world = World::new();
    for function in table().iter().filter(|function| !function.lazy) {
        let arguments: Vec<Value> =
            function.parameters.iter().map(|parameter| Value::unknown((parameter.ty)())).collect();
        if arguments.is_empty() {
            continue;
        }
        let result = call(function, &world, &arguments).unwrap_or_else(|error| panic!("{}: {error}", function.name));
        let Kind::Unknown(unknown) = result.kind() else { panic!("{} is known: {result:?}", function.name) };
        if let Returns::Fixed(ty) = function.returns {
            assert_eq!(unknown.ty, ty(), "{}", function.name);
        }
        let not_null = unknown.refinement.as_ref().is_some_and(|refinement| refinement.not_null);
        assert_eq!(not_null, !function.may_be_null && unknown.ty != Type::Any, "{}", function.name);
    }
}

#[test]
fn every_mark_reaches_the_result() {
    let cause = DeferralCause { address: "gate.images_ready".into(), reason: "no image yet".into() };
    let marks = Marks::deferred(cause).union(&Marks::sensitive()).union(&Marks::ephemeral());
    let marked = |value: Value| value.with_marks(&marks);
    let world = World::new();
    let inside = Value::tuple(vec![marked(Value::string("a")), Value::string("b")]);
    for (name, arguments) in [
        ("upper", vec![marked(Value::string("a"))]),
        ("join", vec![Value::string(","), inside.clone()]),
        ("jsonencode", vec![inside.clone()]),
        ("format", vec![Value::string("%v"), inside.clone()]),
        ("length", vec![marked(inside.clone())]),
        ("keys", vec![marked(Value::object_from([("a", Value::bool(true))]))]),
        ("element", vec![inside.clone(), marked(Value::number(1))]),
        ("element", vec![inside.clone(), Value::number(0)]),
        ("upper", vec![marked(Value::unknown(Type::String))]),
    ] {
        let result = call(lookup(name).unwrap(), &world, &arguments).unwrap();
        assert_eq!(result.marks(), &marks, "{name}{arguments:?}");
    }
    let partly = call(lookup("length").unwrap(), &world, &[inside]).unwrap();
    assert!(partly.marks().is_empty());
}

#[test]
fn ephemeral_parts_become_null() {
    let ephemeral = Value::string("secret").with_marks(&Marks::ephemeral().union(&Marks::sensitive()));
    let value = Value::tuple(vec![ephemeral, Value::number(1)]);
    let result = call(lookup("ephemeralasnull").unwrap(), &World::new(), &[value]).unwrap();
    let kept = Value::null(Type::String).with_marks(&Marks::sensitive());
    assert_eq!(result, Value::tuple(vec![kept, Value::number(1)]));
}

#[test]
fn messages_withhold_sensitive_texts() {
    let world = World::new();
    for expression in [
        "tonumber(sensitive(\"hunter2\"))",
        "file(sensitive(\"hunter2\"))",
        "lookup(tomap({}), sensitive(\"hunter2\"))",
        "base64decode(sensitive(\"hunter2\"))",
        "regex(sensitive(\"hunter2(\"), \"\")",
        "parseint(sensitive(\"hunter2\"), 10)",
        "cidrhost(\"10.0.0.0/8\", sensitive(10.52))",
    ] {
        let message = world.answer(expression).unwrap_err();
        assert!(!message.contains("hunter2") && !message.contains("10.52"), "{expression}: {message}");
    }
}
