//! From text to syntax tree.
//!
//! [`SourceMap`] holds the texts, [`parse_file`] makes a [`Body`] of one and reports every mistake it finds,
//! [`references`] says what an expression reads. Nothing here knows which blocks and arguments exist or what an
//! expression is worth.

mod ast;
mod body;
mod collections;
mod context;
mod expression;
mod format;
mod json;
mod lexer;
mod parse;
mod parser;
#[cfg(test)]
pub(crate) mod print;
mod recovery;
mod references;
mod source;
mod steps;
mod template;
mod template_pieces;
#[cfg(test)]
mod tests;

pub use ast::*;
pub use context::block_header_around;
pub use format::format_source;
pub use json::{JSON_COMMENT, JsonKind, JsonProperty, JsonValue, Reading, json_path_to, parse_json, parse_json_bytes};
pub use lexer::is_identifier;
pub use parse::{parse_bytes, parse_expression, parse_file, parse_template};
pub use references::{as_keyword, as_static_traversal, fixed_part, references, references_in_body};
pub use source::SourceMap;
