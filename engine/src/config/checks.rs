//! `check` blocks.

use infra_values::address::ResourceMode;

use super::blocks::BlockReader;
use super::{Check, Condition, ResourceConfig};
use crate::syntax::Block;

impl BlockReader<'_> {
    /// `check "name" { … }`, with the data source in it.
    pub(super) fn check(&mut self, block: Block) -> Option<(Check, Option<ResourceConfig>)> {
        let [name] = self.labels(&block, ["name"])?.clone();
        if !self.check_identifier(&name, "check block") {
            return None;
        }
        self.check_known(&block.body, "a check block", &[], &["data", "assert"]);
        let asserts: Vec<Condition> =
            block.body.blocks_of("assert").filter_map(|inner| self.condition(inner)).collect();
        if block.body.blocks_of("assert").next().is_none() {
            self.error(
                block.header_span,
                "Zero assert blocks",
                "Check blocks must have at least one assert block. Add one that says what must hold.",
            );
        }
        let mut data = None;
        for inner in block.body.blocks_of("data") {
            if data.is_some() {
                self.error(
                    inner.header_span,
                    "Multiple data resource blocks",
                    "A check block may hold one data block, and this one has another above. Move it to a check block of \
                     its own.",
                );
                continue;
            }
            data = self.nested_data(inner);
        }
        if let Some(data) = &mut data {
            data.check = Some(name.text.clone());
        }
        let resource = data.as_ref().map(|data| data.resource.clone());
        Some((Check { name, data: resource, asserts, span: block.header_span }, data))
    }

    fn nested_data(&mut self, block: &Block) -> Option<ResourceConfig> {
        for repetition in ["count", "for_each"] {
            if let Some(attribute) = block.body.attribute(repetition) {
                self.error(
                    attribute.name.span,
                    &format!("Invalid \"{repetition}\" attribute"),
                    "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks: a check \
                     reads one data source.",
                );
            }
        }
        for lifecycle in block.body.blocks_of("lifecycle") {
            self.error(
                lifecycle.header_span,
                "Invalid lifecycle block",
                "Nested data blocks do not support \"lifecycle\" blocks: what must hold is said by the assert blocks around \
                 them.",
            );
        }
        self.resource(block.clone(), ResourceMode::Data)
    }
}
