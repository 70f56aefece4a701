//! `modules.json`: where the modules of a configuration are installed, as terraform writes it and reads it.
//!
//! What is ours stands in a file of its own beside it, [`Record`], which terraform does not look at.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use infra_values::json;
use serde::{Deserialize, Serialize};

/// Name of terraform's file.
pub(crate) const MANIFEST_FILE: &str = "modules.json";
/// Name of our file.
const RECORD_FILE: &str = "infra.json";

/// One installed module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// The calls that lead to it, with dots between; empty for the root.
    pub key: String,
    /// The source in its one form; empty for the root.
    pub source: String,
    /// The version, for modules of registries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The folder, as `path.module` shows it.
    pub dir: String,
}

/// All installed modules by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(pub BTreeMap<String, Entry>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Form {
    modules: Vec<Entry>,
}

impl Manifest {
    /// Reads the file's text. A file that cannot be read says nothing: what it would list is installed again.
    pub fn parse(text: &[u8]) -> Self {
        let entries = serde_json::from_slice::<Form>(text).map(|form| form.modules).unwrap_or_default();
        Self(entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect())
    }

    /// Adds an entry, or replaces the one of the same key.
    pub fn insert(&mut self, entry: Entry) {
        self.0.insert(entry.key.clone(), entry);
    }

    /// The file's text: byte for byte what terraform writes.
    pub fn to_text(&self) -> String {
        let root = Entry { key: String::new(), source: String::new(), version: None, dir: ".".to_owned() };
        let others = self.0.values().filter(|entry| !entry.key.is_empty()).cloned();
        let form = Form { modules: std::iter::once(root).chain(others).collect() };
        // Texts, lists and maps with text keys cannot fail to be written.
        let text = serde_json::to_string(&form).unwrap_or_default();
        json::with_escapes(&text)
    }

    /// Writes the file, unless it says the same already. The folder is made.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        write_whole(folder, MANIFEST_FILE, &self.to_text())
    }
}

/// What we note about what we installed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    /// By key.
    pub packages: BTreeMap<String, RecordedPackage>,
}

/// A package as it was installed for one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedPackage {
    /// Where it came from.
    pub package: String,
    /// Checksum over its files; a link to a folder of this machine has none.
    pub sha256: Option<String>,
}

impl Record {
    /// Reads the record of a folder; without one, nothing is known.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join(RECORD_FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_whole(folder, RECORD_FILE, &format!("{text}\n"))
    }
}

/// Writes a file whole or not at all.
fn write_whole(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let target = folder.join(name);
    if std::fs::read(&target).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().permissions(readable_by_all()).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

fn readable_by_all() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o644)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_that_of_terraform() {
        let text = concat!(
            r#"{"Modules":[{"Key":"","Source":"","Dir":"."},"#,
            r#"{"Key":"a","Source":"git::file:///x?ref=v1\u0026depth=1","Dir":".terraform/modules/a"},"#,
            r#"{"Key":"a.b","Source":"./..","Dir":".terraform/modules"},"#,
            r#"{"Key":"r","Source":"reg.example.com/a/b/c//inner","Version":"1.1.0","Dir":".terraform/modules/r/inner"}]}"#
        );
        let manifest = Manifest::parse(text.as_bytes());
        assert_eq!(manifest.0["r"].version.as_deref(), Some("1.1.0"));
        assert_eq!(manifest.to_text(), text);
        assert_eq!(Manifest::parse(b"{"), Manifest::default());
    }
}
