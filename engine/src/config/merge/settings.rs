//! Overriding `terraform` blocks: providers by name, the version as a whole, and one backend for another.

use super::Merger;
use crate::diagnostics::Diagnostic;
use crate::syntax::{Block, Span};

impl Merger<'_> {
    /// Merges a `terraform` block of an override file. `backend` is where that file has named one before.
    pub(super) fn settings(&mut self, change: Block, backend: &mut Option<Span>) {
        let mut block = change;
        for inner in std::mem::take(&mut block.body.blocks) {
            match inner.kind.text.as_str() {
                "required_providers" if self.required_providers(&inner) => continue,
                "backend" | "cloud" => {
                    if backend.replace(inner.header_span).is_some() {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "Duplicate backend configuration",
                                "Each override file may have only one backend configuration. Remove one of them.",
                            )
                            .at(inner.header_span),
                        );
                        continue;
                    }
                    self.remove_settings(|other| matches!(other.kind.text.as_str(), "backend" | "cloud"));
                }
                "provider_meta" => {
                    let replaced = labels(&inner);
                    self.remove_settings(|other| other.kind.text == "provider_meta" && labels(other) == replaced);
                }
                _ => {}
            }
            block.body.blocks.push(inner);
        }
        if block.body.attribute("required_version").is_some() {
            let in_file = block.span.file;
            // One file may name several versions, which all hold.
            for base in self.terraform_blocks().filter(|base| base.span.file != in_file) {
                base.body.attributes.retain(|attribute| attribute.name.text != "required_version");
            }
        }
        self.blocks.push(block);
    }

    fn terraform_blocks(&mut self) -> impl Iterator<Item = &mut Block> {
        self.blocks.iter_mut().filter(|block| block.kind.text == "terraform")
    }

    /// Merges providers into the block that names them; false where there is none.
    fn required_providers(&mut self, change: &Block) -> bool {
        let mut inner = self.terraform_blocks().flat_map(|base| base.body.blocks.iter_mut());
        let Some(base) = inner.find(|inner| inner.kind.text == "required_providers") else { return false };
        for attribute in &change.body.attributes {
            base.body.attributes.retain(|other| other.name.text != attribute.name.text);
            base.body.attributes.push(attribute.clone());
        }
        true
    }

    fn remove_settings(&mut self, is_removed: impl Fn(&Block) -> bool) {
        for base in self.terraform_blocks() {
            base.body.blocks.retain(|inner| !is_removed(inner));
        }
    }
}

fn labels(block: &Block) -> Vec<&str> {
    block.labels.iter().map(|label| label.text.as_str()).collect()
}
