//! The backend that a directory was prepared for, in `.terraform/terraform.tfstate`, as terraform writes and reads it.
//!
//! A changed backend block is refused until `init` is told what to do: no plan begins from an empty state by accident.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use infra_engine::diagnostics::Diagnostic;
use infra_engine::evaluate::constant;
use infra_engine::syntax::{Block, SourceMap, parse_bytes};
use serde::{Deserialize, Serialize};

use crate::TERRAFORM_VERSION;
use crate::project::Session;

/// Arguments of the backend `local`, by name: all others are mistakes.
const ARGUMENTS: [&str; 2] = ["path", "workspace_dir"];

/// What the file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PinFile {
    version: u64,
    terraform_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backend: Option<Pin>,
}

/// A backend with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// `local`
    #[serde(rename = "type")]
    pub kind: String,
    /// Its arguments.
    config: serde_json::Value,
    /// Of the block, without what `-backend-config` adds.
    hash: u32,
}

/// The arguments of the backend `local`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalArguments {
    /// The state of the workspace `default`.
    pub path: Option<String>,
    /// The folder of the other workspaces.
    pub workspace_dir: Option<String>,
}

impl LocalArguments {
    /// Reads a backend block.
    pub fn of_block(block: &Block) -> Result<Self, Diagnostic> {
        let mut arguments = Self::default();
        for attribute in &block.body.attributes {
            let name = attribute.name.text.as_str();
            if !ARGUMENTS.contains(&name) {
                let detail = format!("The backend \"local\" has no argument named \"{name}\". Remove it.");
                return Err(Diagnostic::error("Unsupported argument", detail).at(attribute.name.span));
            }
            let value = match constant(&attribute.expression, None) {
                Ok(value) if value.is_null() => continue,
                Ok(value) => Some(value),
                Err(errors) => match errors.into_iter().next() {
                    Some(first) => return Err(first),
                    None => None,
                },
            };
            let text = value.as_ref().and_then(infra_values::Value::as_str).ok_or_else(|| {
                Diagnostic::error("Invalid backend configuration", format!("\"{name}\" must be a plain text."))
                    .at(attribute.expression.span)
            })?;
            arguments.set(name, text);
        }
        Ok(arguments)
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "path" => self.path = Some(value.to_owned()),
            _ => self.workspace_dir = Some(value.to_owned()),
        }
    }

    /// Adds what a `-backend-config` says: `NAME=VALUE`, or a file with such lines.
    pub fn add(&mut self, session: &Session<'_>, text: &str) -> Result<(), Diagnostic> {
        let invalid = |reason: String| {
            Diagnostic::error("Invalid backend configuration argument", format!("-backend-config={text}: {reason}."))
        };
        let check = |name: &str| match ARGUMENTS.contains(&name) {
            true => Ok(()),
            false => Err(invalid(format!("the backend \"local\" has no argument named \"{name}\""))),
        };
        if let Some((name, value)) = text.split_once('=') {
            check(name)?;
            self.set(name, value);
            return Ok(());
        }
        let bytes = fs::read(session.directory.join(text)).map_err(|error| invalid(format!("the file: {error}")))?;
        let (_, body, mistakes) = parse_bytes(&SourceMap::new(), text, &bytes);
        if let Some(mistake) = mistakes.iter().next() {
            return Err(invalid(format!("the file has a mistake: {}", mistake.summary.to_lowercase())));
        }
        for attribute in &body.attributes {
            check(&attribute.name.text)?;
            let value = constant(&attribute.expression, None).ok();
            match value.as_ref().and_then(infra_values::Value::as_str) {
                Some(value) => self.set(&attribute.name.text, value),
                None => return Err(invalid(format!("\"{}\" must be a plain text", attribute.name.text))),
            }
        }
        Ok(())
    }

    /// The number by which terraform sees whether a block was changed.
    fn hash(&self) -> u32 {
        let quoted = |text: &Option<String>| text.as_ref().map_or_else(|| "~".to_owned(), |text| go_quoted(text));
        let text = format!("<\"local\";<{};{};>;>", quoted(&self.path), quoted(&self.workspace_dir));
        crc32fast::hash(text.as_bytes())
    }
}

/// A text in quotes, as Go writes it.
fn go_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if u32::from(control) < 0x20 || control == '\u{7f}' => {
                quoted.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

impl Pin {
    /// The pin of a block, with what `-backend-config` made of its arguments.
    pub fn new(block: &LocalArguments, arguments: &LocalArguments) -> Self {
        let config = serde_json::json!({ "path": arguments.path, "workspace_dir": arguments.workspace_dir });
        Self { kind: "local".to_owned(), config, hash: block.hash() }
    }

    /// The arguments, if it is the backend `local`.
    pub fn local_arguments(&self) -> Option<LocalArguments> {
        (self.kind == "local").then(|| serde_json::from_value(self.config.clone()).ok()).flatten()
    }

    /// Whether the block is still the one that was pinned.
    pub fn is_of(&self, block: &LocalArguments) -> bool {
        self.kind == "local" && (self.hash == block.hash() || self.local_arguments().as_ref() == Some(block))
    }
}

/// The pinned backend of the session's directory, if there is one.
pub fn read(session: &Session<'_>) -> Result<Option<Pin>, Diagnostic> {
    let path = path(session);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let file: PinFile = serde_json::from_slice(&bytes).map_err(|error| unreadable(&path, &error))?;
    Ok(file.backend)
}

/// Notes a backend, or that there is none.
pub fn write(session: &Session<'_>, pin: Option<&Pin>) -> Result<(), Diagnostic> {
    let path = path(session);
    let file = PinFile { version: 3, terraform_version: TERRAFORM_VERSION.to_owned(), backend: pin.cloned() };
    let write = || write_note(&path, serde_json::to_string_pretty(&file)?.as_bytes());
    write().map_err(|error| {
        Diagnostic::error(
            "Failed to write the backend's note",
            format!("{} could not be written: {error}. Check the folder.", path.display()),
        )
    })
}

/// Writes a small file, whole or not at all, and the folder it is in.
pub fn write_note(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

fn path(session: &Session<'_>) -> PathBuf {
    session.data_directory().join("terraform.tfstate")
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        "Failed to read the backend's note",
        format!("{} could not be read: {error}. Delete the file and run `infra init`.", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_terraform() {
        let arguments = LocalArguments { path: Some("x.tfstate".to_owned()), workspace_dir: None };
        assert_eq!(arguments.hash(), 2_326_359_980);
    }
}
