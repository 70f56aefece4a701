//! Override files: blocks that change what the other files declare.
//!
//! Merging happens on the syntax tree, before anything is decoded, so that whoever reads a block does not know that
//! two files wrote it. An argument takes the place of the argument, or of the blocks, of its name; blocks take the
//! place of all blocks of their kind, `dynamic` ones included. What a kind of block does otherwise is in [`rules`].

use std::collections::{HashMap, HashSet};

use infra_values::Str;

use super::blocks::BlockReader;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::syntax::{Block, Body, ExpressionKind, Span};

mod rules;
mod settings;

/// Merges the blocks of override files, one list for each file in the order of their names, into those of the others.
pub(super) fn merge(blocks: Vec<Block>, changes: Vec<Vec<Block>>, diagnostics: &mut Diagnostics) -> Vec<Block> {
    if changes.is_empty() {
        return blocks;
    }
    let mut merger = Merger { declared: HashMap::new(), locals: HashMap::new(), blocks, diagnostics };
    merger.find_declared();
    for file in changes {
        merger.file(file);
    }
    merger.blocks
}

/// What a block declares: its kind, its labels, and for providers the alias.
type Declared = (Str, Vec<Str>, Option<Str>);

struct Merger<'m> {
    blocks: Vec<Block>,
    /// Where in `blocks` something is declared first.
    declared: HashMap<Declared, usize>,
    /// Where in `blocks` and in its attributes a local value is defined first.
    locals: HashMap<Str, (usize, usize)>,
    diagnostics: &'m mut Diagnostics,
}

impl Merger<'_> {
    fn error(&mut self, span: Span, summary: impl Into<String>, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    fn find_declared(&mut self) {
        for (position, block) in self.blocks.iter().enumerate() {
            self.declared.entry(declared(block)).or_insert(position);
            if block.kind.text == "locals" {
                for (at, attribute) in block.body.attributes.iter().enumerate() {
                    self.locals.entry(attribute.name.text.clone()).or_insert((position, at));
                }
            }
        }
    }

    fn file(&mut self, blocks: Vec<Block>) {
        let mut backend: Option<Span> = None;
        for change in blocks {
            let block = &change;
            match block.kind.text.as_str() {
                "terraform" => self.settings(change, &mut backend),
                "locals" => self.local_values(change),
                kind @ ("moved" | "import" | "removed") => {
                    let summary = format!("Cannot override '{kind}' blocks");
                    let detail = format!(
                        "A \"{kind}\" block can stand in normal files only, not in an override file. Move it to one."
                    );
                    self.error(block.header_span, summary, detail);
                }
                "check" => self.error(
                    block.header_span,
                    "Can't override check blocks",
                    "A \"check\" block can stand in normal files only, not in an override file. Move it to one.",
                ),
                _ => match rules::of(block) {
                    Some(rule) => self.named(change, rule),
                    // Whatever it is, it is reported as in any file.
                    None => self.blocks.push(change),
                },
            }
        }
    }

    fn named(&mut self, change: Block, rule: &rules::Rule) {
        let wanted = declared(&change);
        let Some(&position) = self.declared.get(&wanted) else {
            let (_, labels, alias) = &wanted;
            if rule.may_be_new && alias.is_none() {
                self.declared.insert(wanted, self.blocks.len());
                self.blocks.push(change);
                return;
            }
            let what = rule.describe(labels, alias.as_deref());
            self.error(
                change.header_span,
                rule.missing,
                format!(
                    "There is no {what}. An override file only changes what a normal file declares: correct the name, \
                     or move the block to a normal file."
                ),
            );
            return;
        };
        let mut block = change;
        self.refuse(&mut block, rule);
        if let Some(base) = self.blocks.get_mut(position) {
            if rule.is_resource {
                check_replaced(&base.body, &block.body, self.diagnostics);
            }
            merge_body(&mut base.body, block.body);
        }
    }

    /// Takes out of an overriding block what may not be overridden.
    fn refuse(&mut self, block: &mut Block, rule: &rules::Rule) {
        if let Some(position) = block.body.attributes.iter().position(|item| item.name.text == "depends_on")
            && rule.has_depends_on
        {
            let attribute = block.body.attributes.remove(position);
            let first = match &attribute.expression.kind {
                ExpressionKind::Tuple(items) => items.first().map(|item| item.span),
                _ => None,
            };
            self.error(
                first.unwrap_or(attribute.expression.span),
                "Unsupported override",
                "The depends_on argument may not be overridden. Change it in the file that declares the block.",
            );
        }
        self.refuse_blocks(&mut block.body, rule.refused);
        if rule.is_resource {
            let mut lifecycle: Option<Span> = None;
            for inner in block.body.blocks.iter_mut().filter(|inner| inner.kind.text == "lifecycle") {
                if lifecycle.replace(inner.header_span).is_some() {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "Duplicate lifecycle block",
                            "Only one lifecycle block is allowed; merge them.",
                        )
                        .at(inner.header_span),
                    );
                }
                refuse_blocks(&mut inner.body, &["precondition", "postcondition"], self.diagnostics);
            }
        }
    }

    fn refuse_blocks(&mut self, body: &mut Body, refused: &[&str]) {
        refuse_blocks(body, refused, self.diagnostics);
    }

    /// Replaces local values by name.
    fn local_values(&mut self, block: Block) {
        if !block.body.blocks.is_empty() || !block.labels.is_empty() {
            let block = Block { body: Body { attributes: Vec::new(), ..block.body.clone() }, ..block.clone() };
            self.blocks.push(block);
        }
        for attribute in block.body.attributes {
            let place = self.locals.get(&attribute.name.text).copied();
            let base = place.and_then(|(block, at)| self.blocks.get_mut(block)?.body.attributes.get_mut(at));
            match base {
                Some(base) => *base = attribute,
                None => self.error(
                    attribute.span,
                    "Missing base local value definition to override",
                    format!(
                        "There is no local value named \"{}\". An override file only changes what a normal file \
                         declares: correct the name, or move the value to a normal file.",
                        attribute.name.text
                    ),
                ),
            }
        }
    }
}

fn refuse_blocks(body: &mut Body, refused: &[&str], diagnostics: &mut Diagnostics) {
    body.blocks.retain(|inner| {
        let kind = inner.kind.text.as_str();
        let is_refused = refused.contains(&kind);
        if is_refused {
            diagnostics.push(
                Diagnostic::error(
                    format!("Can't override {kind} blocks"),
                    format!(
                        "A \"{kind}\" block can stand in normal files only, not in an override file. Move it to the \
                         file that declares the block."
                    ),
                )
                .at(inner.header_span),
            );
        }
        !is_refused
    });
}

fn declared(block: &Block) -> Declared {
    let alias = match block.kind.text.as_str() {
        "provider" => block.body.attribute("alias").and_then(|attribute| match &attribute.expression.kind {
            ExpressionKind::Literal(value) => value.as_str().map(Str::from),
            _ => None,
        }),
        _ => None,
    };
    (block.kind.text.clone(), block.labels.iter().map(|label| label.text.clone()).collect(), alias)
}

/// The kind of blocks that a block is or makes.
fn made_kind(block: &Block) -> &Str {
    match block.labels.first() {
        Some(label) if block.kind.text == "dynamic" => &label.text,
        _ => &block.kind.text,
    }
}

/// Reports what is wrong with how provisioners and connections are written that `change` takes out of `base`: nobody
/// reads them afterwards, and Terraform refuses them all the same.
fn check_replaced(base: &Body, change: &Body, diagnostics: &mut Diagnostics) {
    let mut replaced = base.clone();
    replaced.blocks.retain(|block| {
        let kind = block.kind.text.as_str();
        matches!(kind, "provisioner" | "connection") && change.blocks_of(kind).next().is_some()
    });
    BlockReader { diagnostics }.provisioners_as_written(&replaced);
}

/// Puts the items of `change` in the place of those of the same names in `base`.
fn merge_body(base: &mut Body, mut change: Body) {
    // The arguments of `lifecycle` are replaced one by one.
    if let Some(position) = change.blocks.iter().position(|block| block.kind.text == "lifecycle")
        && let Some(kept) = base.blocks.iter_mut().find(|block| block.kind.text == "lifecycle")
    {
        merge_body(&mut kept.body, change.blocks.remove(position).body);
    }
    let attributes = change.attributes.iter().map(|attribute| attribute.name.text.clone());
    let properties = change.undecided.iter().map(|property| property.name.text.clone());
    let named: HashSet<Str> =
        attributes.chain(properties).chain(change.blocks.iter().map(|block| made_kind(block).clone())).collect();
    base.attributes.retain(|attribute| !named.contains(&attribute.name.text));
    base.undecided.retain(|property| !named.contains(&property.name.text));
    base.blocks.retain(|block| !named.contains(made_kind(block)));
    base.attributes.append(&mut change.attributes);
    base.undecided.append(&mut change.undecided);
    base.blocks.append(&mut change.blocks);
    // Of the two, the number counts, whichever file has it.
    if base.attribute("count").is_some() {
        base.attributes.retain(|attribute| attribute.name.text != "for_each");
    }
}

#[cfg(test)]
mod tests;
