//! `terraform_remote_state`: reads the outputs of another state's root module.
//!
//! It knows states in local files. Nothing is locked: state files are replaced whole, so a reader finds the old one or
//! the new one. That an output is sensitive is not told: whoever reads the state sees the value, as Terraform has it.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use infra_state::error::StateError;
use infra_state::local::LocalPaths;
use infra_values::convert::convert;
use infra_values::{Path, Str, Type, Value};

use super::{Call, DataType};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{Attribute, Block, Conventions, Schema};

/// The backends that Terraform has.
pub const BACKENDS: [&str; 12] =
    ["azurerm", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "local", "oss", "pg", "remote", "s3"];

/// Arguments of the backend `local`, all of them texts, and the headline where one is empty.
const LOCAL_ARGUMENTS: [(&str, &str); 2] =
    [("path", "Invalid local state file path"), ("workspace_dir", "Invalid local workspace directory path")];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let optional = |ty: Type| Attribute { optional: true, ..Attribute::of(ty) };
    let attributes: BTreeMap<Str, Attribute> = BTreeMap::from([
        ("backend".into(), Attribute { required: true, ..Attribute::of(Type::String) }),
        ("config".into(), optional(Type::Any)),
        ("defaults".into(), optional(Type::Any)),
        ("outputs".into(), Attribute { computed: true, ..Attribute::of(Type::Any) }),
        ("workspace".into(), optional(Type::String)),
    ]);
    Schema { block: Block { attributes, ..Block::default() }, conventions: Conventions::Framework, ..Schema::default() }
});

/// `data "terraform_remote_state"`
pub(super) struct RemoteState {
    /// What relative paths are relative to.
    pub(super) base_directory: Arc<PathBuf>,
}

#[async_trait]
impl DataType for RemoteState {
    fn name(&self) -> &str {
        "terraform_remote_state"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn reads_what_references_write(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        if let Some(defaults) = given(config, "defaults")
            && defaults.as_entries().is_none()
        {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid default values",
                    "Defaults stand in for outputs by name, so they are an object: defaults = { vpc_id = \"…\" }.",
                )
                .on(Path::root().attribute("defaults")),
            );
        }
        let Some(backend) = given(config, "backend").and_then(Value::as_str) else { return diagnostics };
        if !BACKENDS.contains(&backend) {
            let unknown =
                Diagnostic::error("Invalid backend configuration", format!("There is no backend named \"{backend}\"."));
            diagnostics.push(unknown.suggest(backend, BACKENDS).on(Path::root().attribute("backend")));
        } else if backend == "local"
            && let Some(arguments) = given(config, "config")
        {
            diagnostics.extend(check_local_arguments(arguments));
        }
        diagnostics
    }

    async fn read(&self, _call: &Call<'_>, config: &Value) -> Result<Value, Diagnostics> {
        let text = |name: &str| given(config, name).and_then(Value::as_str);
        let backend = text("backend").unwrap_or_default();
        if backend != "local" {
            let unsupported = Diagnostic::error(
                "Backend not supported",
                format!(
                    "This version of infra reads states in local files and cannot read the backend \"{backend}\" yet."
                ),
            );
            return Err(unsupported.on(Path::root().attribute("backend")).into());
        }
        let path = self.state_path(given(config, "config"), text("workspace").unwrap_or("default"));
        let outputs = outputs_of(&path)?;
        let mut all: BTreeMap<Str, Value> =
            given(config, "defaults").and_then(Value::as_entries).cloned().unwrap_or_default();
        all.extend(outputs);
        let mut entries = config.as_entries().cloned().unwrap_or_default();
        entries.insert("outputs".into(), Value::object(all));
        Ok(Value::object(entries))
    }
}

impl RemoteState {
    /// The file of a workspace.
    fn state_path(&self, arguments: Option<&Value>, workspace: &str) -> PathBuf {
        let argument = |name: &str| {
            let value = convert(given(arguments?, name)?, &Type::String).ok()?;
            Some(self.base_directory.join(value.as_str()?))
        };
        let paths = match (workspace, argument("path"), argument("workspace_dir")) {
            ("default", Some(path), _) => LocalPaths::new(path),
            ("default", None, _) | (_, _, None) => LocalPaths::of_workspace(&self.base_directory, workspace),
            (_, _, Some(folder)) => LocalPaths::in_directory(&folder.join(workspace)),
        };
        paths.state
    }
}

/// An attribute or entry that is known and not null.
fn given<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|found| found.is_known() && !found.is_null())
}

fn check_local_arguments(arguments: &Value) -> Diagnostics {
    let invalid = |reason: String| {
        Diagnostic::error(
            "Invalid backend configuration",
            format!("This is no configuration of the backend \"local\": {reason}."),
        )
        .on(Path::root().attribute("config"))
    };
    let Some(entries) = arguments.as_entries() else {
        return invalid("it is not an object; write config = { path = \"…\" }".to_owned()).into();
    };
    let known = LOCAL_ARGUMENTS.map(|(name, _)| name);
    if let Some(other) = entries.keys().find(|name| !known.contains(&name.as_str())) {
        let reason = format!("it has no argument named \"{other}\", only path and workspace_dir");
        return invalid(reason).suggest(other, known).into();
    }
    let mut diagnostics = Diagnostics::new();
    for (name, headline) in LOCAL_ARGUMENTS {
        let Some(value) = given(arguments, name) else { continue };
        match convert(value, &Type::String) {
            Err(error) => diagnostics.push(invalid(format!("{name}: {error}"))),
            Ok(text) if text.as_str() == Some("") => diagnostics.push(Diagnostic::error(
                headline,
                format!("\"{name}\" is empty. Name a path, or leave the argument out for the usual one."),
            )),
            Ok(_) => {}
        }
    }
    diagnostics
}

/// The outputs in a state file.
fn outputs_of(path: &FilePath) -> Result<BTreeMap<Str, Value>, Diagnostic> {
    let not_there = || {
        Diagnostic::error(
            "Unable to find remote state",
            format!(
                "There is no state in {}. Check the path and the workspace; a state is there after the first apply.",
                path.display()
            ),
        )
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) if bytes.is_empty() => return Err(not_there()),
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(not_there()),
        Err(error) => {
            return Err(Diagnostic::error(
                "Unreadable state file",
                format!("The state file {} could not be read: {error}. Check that it may be.", path.display()),
            ));
        }
    };
    let state = infra_state::file::decode(&path.display().to_string(), &bytes).map_err(|error| {
        let headline = match error {
            StateError::UnsupportedVersion { .. } => "Unsupported state file version",
            _ => "Unsupported state file format",
        };
        Diagnostic::error(headline, format!("The outputs could not be read: {error}."))
    })?;
    Ok(state.outputs.into_iter().map(|(name, output)| (name, output.value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Configured, Silent};

    struct Nothing;

    impl Configured for Nothing {
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }

    fn config(entries: &[(&str, Value)]) -> Value {
        let names = ["backend", "config", "defaults", "outputs", "workspace"];
        let mut all: BTreeMap<Str, Value> =
            names.iter().map(|name| (Str::from(*name), Value::null(Type::Any))).collect();
        all.insert("backend".into(), Value::string("local"));
        all.extend(entries.iter().map(|(name, value)| (Str::from(*name), value.clone())));
        Value::object(all)
    }

    fn arguments(name: &str, value: Value) -> Value {
        Value::object(BTreeMap::from([(Str::from(name), value)]))
    }

    fn found(config: &Value) -> Vec<String> {
        let source = RemoteState { base_directory: Arc::default() };
        let place = |found: &Diagnostic| found.attribute.as_ref().map_or("-".to_owned(), ToString::to_string);
        source.validate(config).iter().map(|found| format!("{} {}", place(found), found.summary)).collect()
    }

    #[test]
    fn arguments_are_checked_before_anything_is_read() {
        let path = |value: Value| config(&[("config", arguments("path", value))]);
        let invalid = "Invalid backend configuration";
        assert_eq!(found(&path(Value::string("x"))), Vec::<String>::new());
        assert_eq!(found(&path(Value::bool(true))), Vec::<String>::new());
        assert_eq!(found(&path(Value::unknown(Type::String))), Vec::<String>::new());
        assert_eq!(found(&path(Value::tuple(Vec::new()))), [format!(".config {invalid}")]);
        assert_eq!(found(&path(Value::string(""))), ["- Invalid local state file path"]);
        assert_eq!(found(&config(&[("config", arguments("pth", Value::string("x")))])), [format!(".config {invalid}")]);
        assert_eq!(found(&config(&[("config", Value::string("x"))])), [format!(".config {invalid}")]);
        assert_eq!(found(&config(&[("backend", Value::string("nothing"))])), [format!(".backend {invalid}")]);
        assert_eq!(found(&config(&[("defaults", Value::string("x"))])), [".defaults Invalid default values"]);
    }

    #[test]
    fn outputs_come_before_defaults_and_from_the_workspace_named() {
        let folder = std::env::temp_dir().join(format!("remote_state_{}", uuid::Uuid::new_v4()));
        let write = |path: &str, value: u8| {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let output = format!(r#"{{"n": {{"value": {value}, "type": "number"}}}}"#);
            std::fs::write(path, format!(r#"{{"version": 4, "serial": 1, "lineage": "x", "outputs": {output}}}"#))
                .unwrap();
        };
        write("terraform.tfstate", 1);
        write("other.tfstate", 2);
        write("terraform.tfstate.d/w/terraform.tfstate", 3);
        write("states/w/terraform.tfstate", 4);
        let source = RemoteState { base_directory: Arc::new(folder.clone()) };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = |entries: &[(&str, Value)]| {
            let call = Call { configured: &Nothing, reporter: &Silent, idempotency_token: "" };
            let answer = runtime.block_on(source.read(&call, &config(entries)));
            match answer {
                Ok(value) => {
                    let outputs = value.get("outputs").unwrap();
                    let number = |name: &str| outputs.get(name).and_then(Value::as_number).map(ToString::to_string);
                    format!("{:?} {:?}", number("n"), number("z"))
                }
                Err(errors) => errors.iter().next().unwrap().summary.clone(),
            }
        };
        let defaults = arguments("z", Value::number(9)).as_entries().cloned().unwrap();
        let defaults = defaults.into_iter().chain([("n".into(), Value::number(8))]).collect();
        let workspace = ("workspace", Value::string("w"));
        assert_eq!(read(&[]), "Some(\"1\") None");
        assert_eq!(read(&[("defaults", Value::object(defaults))]), "Some(\"1\") Some(\"9\")");
        assert_eq!(read(&[("config", arguments("path", Value::string("other.tfstate")))]), "Some(\"2\") None");
        assert_eq!(read(std::slice::from_ref(&workspace)), "Some(\"3\") None");
        let folder_named = ("config", arguments("workspace_dir", Value::string("states")));
        assert_eq!(read(&[workspace, folder_named]), "Some(\"4\") None");
        assert_eq!(read(&[("config", arguments("path", Value::string("nothing")))]), "Unable to find remote state");
        std::fs::write(folder.join("cut"), r#"{"version": 4,"#).unwrap();
        assert_eq!(read(&[("config", arguments("path", Value::string("cut")))]), "Unsupported state file format");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
