//! Reading the configuration files of one folder into blocks, override files merged into what they change.

use super::files::is_ignored_file;
use super::{Files, json, merge};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Block, Body, SourceMap, Span, parse_bytes, parse_json_bytes};

/// What the files of a folder say.
#[derive(Default)]
pub(super) struct Folder {
    /// All blocks in the order of the files' names.
    pub blocks: Vec<Block>,
    /// Blocks with wrong syntax: what seems to be missing there may only be misspelt.
    pub broken_blocks: Vec<Span>,
    /// Whether what seems not to be declared may be in what could not be parsed.
    pub is_incomplete: bool,
    /// Whether there are any files.
    pub has_files: bool,
}

/// Reads the files of a folder. `called_at` is where the module is called; `None` for the root.
pub(super) fn read_folder(
    files: &dyn Files,
    directory: &str,
    called_at: Option<Span>,
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) -> Folder {
    let mut reader = Reader { files, directory, sources, diagnostics, folder: Folder::default() };
    let names = reader.file_names(called_at);
    reader.folder.has_files = !names.is_empty();
    let (overrides, primaries): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_override(name));
    let mut blocks = Vec::new();
    for name in primaries {
        blocks.extend(reader.file(&name));
    }
    let mut changes = Vec::new();
    for name in overrides {
        changes.push(reader.file(&name));
    }
    let Reader { diagnostics, folder, .. } = reader;
    Folder { blocks: merge::merge(blocks, changes, diagnostics), ..folder }
}

struct Reader<'r> {
    files: &'r dyn Files,
    directory: &'r str,
    sources: &'r SourceMap,
    diagnostics: &'r mut Diagnostics,
    folder: Folder,
}

impl Reader<'_> {
    /// Names of the configuration files of the folder, sorted.
    fn file_names(&mut self, called_at: Option<Span>) -> Vec<String> {
        let names = match self.files.list(self.directory) {
            Ok(names) => names,
            Err(error) => {
                let mut diagnostic = Diagnostic::error(
                    if called_at.is_some() { "Unreadable module directory" } else { "Unreadable directory" },
                    format!("The directory {} could not be read: {error}. Check the path.", self.directory),
                );
                diagnostic.span = called_at;
                self.diagnostics.push(diagnostic);
                return Vec::new();
            }
        };
        names.into_iter().filter(|name| is_configuration_file(name)).collect()
    }

    fn file(&mut self, name: &str) -> Vec<Block> {
        let path = if self.directory == "." { name.to_owned() } else { format!("{}/{name}", self.directory) };
        let bytes = match self.files.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.diagnostics.push(Diagnostic::error(
                    "Failed to read a configuration file",
                    format!("The file {path} could not be read: {error}. Check that it exists and is readable."),
                ));
                return Vec::new();
            }
        };
        let (body, mistakes) = self.parse(&path, &bytes);
        for attribute in &body.attributes {
            let detail = format!(
                "An argument named \"{}\" is not expected here: values of variables belong in a .tfvars file, other \
                 values in a block.",
                attribute.name.text
            );
            self.diagnostics.push(Diagnostic::error("Unsupported argument", detail).at(attribute.name.span));
        }
        self.note_broken(&body, &mistakes);
        self.diagnostics.extend(mistakes);
        body.blocks
    }

    /// Remembers where the syntax is wrong.
    fn note_broken(&mut self, body: &Body, mistakes: &Diagnostics) {
        for mistake in mistakes.iter().filter_map(|mistake| mistake.span) {
            match body.blocks.iter().find(|block| block.span.contains(mistake)) {
                Some(block) => {
                    self.folder.broken_blocks.push(block.span);
                    self.folder.is_incomplete |= block.kind.text == "locals";
                }
                None => {
                    self.folder.is_incomplete = true;
                    // At the end of the file it may be in what began long before.
                    let before = body.blocks.iter().rfind(|block| block.span.start <= mistake.start);
                    self.folder.broken_blocks.extend(before.map(|block| block.span));
                }
            }
        }
    }

    fn parse(&mut self, path: &str, bytes: &[u8]) -> (Body, Diagnostics) {
        if !path.ends_with(".json") {
            let (_, body, mistakes) = parse_bytes(self.sources, path, bytes);
            return (body, mistakes);
        }
        let (file, value, mistakes) = parse_json_bytes(self.sources, path, bytes);
        let body = json::read_root(value, file, &self.sources.text(file), self.diagnostics);
        (body, mistakes)
    }
}

/// Whether a file belongs to the configuration of its folder, by its name.
pub fn is_configuration_file(name: &str) -> bool {
    !is_ignored_file(name) && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

fn is_override(name: &str) -> bool {
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json")).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_names() {
        let table = [
            ("main.tf", true, false),
            ("main.tf.json", true, false),
            ("override.tf", true, true),
            ("override.tf.json", true, true),
            ("a_override.tf", true, true),
            ("a_override.tf.json", true, true),
            ("_override.tf", true, true),
            ("aoverride.tf", true, false),
            ("override_a.tf", true, false),
            (".hidden.tf", false, false),
            ("main.tf~", false, false),
            ("#main.tf#", false, false),
            ("#main.tf", true, false),
            ("main.json", false, false),
            ("main.tfvars", false, false),
        ];
        for (name, is_file, overrides) in table {
            assert_eq!((is_configuration_file(name), is_file && is_override(name)), (is_file, overrides), "{name}");
        }
    }
}
