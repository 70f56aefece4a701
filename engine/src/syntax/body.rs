//! The grammar of bodies: arguments and blocks.
//!
//! Each item that cannot be understood is reported and skipped; see [`super::recovery`].

use std::collections::HashMap;

use super::lexer::{Lexeme, Token};
use super::parser::{Failure, Parsed, Parser};
use super::recovery::Resumed;
use super::template::as_literal;
use super::{Attribute, Block, Body, Expression, ExpressionKind, Name, Span, TemplatePart};
use crate::diagnostics::Diagnostic;

/// An argument or a block.
enum Item {
    Attribute(Attribute),
    Block(Block),
}

impl Parser<'_> {
    /// A whole file.
    pub fn file(&mut self) -> Body {
        let start = self.position;
        let mut body = Body::default();
        while self.skip_to_item() {
            let start = self.position;
            let reported = self.diagnostics.0.len();
            match self.top_level_item() {
                Ok(item) => {
                    self.recovering = false;
                    body.add(item);
                }
                Err(Failure::Unclosed(_)) if !self.headers_end_blocks => {
                    // The block took in everything up to the end. Once more, with a closer look at the margin.
                    self.headers_end_blocks = true;
                    self.diagnostics.0.truncate(reported);
                    self.position = start;
                }
                Err(failure) => self.recover_at_top_level(start, failure),
            }
        }
        body.span = self.span(start, self.text.len());
        self.report_doubles(&body);
        body
    }

    fn recover_at_top_level(&mut self, start: usize, failure: Failure) {
        if let Failure::Mistake(diagnostic) = &failure {
            let mistake = diagnostic.span.map_or(self.position, |span| self.start_of(span));
            self.resume(start, mistake, true);
        }
        self.report(failure);
        self.recovering = true;
    }

    /// Skips line breaks, and braces that the mistake before has left over. Whether anything is left.
    fn skip_to_item(&mut self) -> bool {
        loop {
            match self.peek().token {
                Token::End => return false,
                Token::Newline => {
                    self.next();
                }
                Token::CloseBrace if self.recovering => {
                    self.next();
                }
                _ => return true,
            }
        }
    }

    fn top_level_item(&mut self) -> Parsed<Item> {
        let found = self.peek();
        if found.token == Token::CloseBrace {
            return Err(self.mistake(
                found,
                "Argument or block definition required",
                "No block is open that this brace could close. Remove it, or look for a brace too many above.",
            ));
        }
        self.item()
    }

    /// An argument or a block with the line break behind it.
    fn item(&mut self) -> Parsed<Item> {
        let word = self.next();
        match word.token {
            Token::Identifier => {}
            Token::Quote => {
                return Err(self.mistake(
                    word,
                    "Invalid argument name",
                    "The name of an argument or block is written without quotes. Remove them.",
                ));
            }
            _ => {
                return Err(self.mistake(
                    word,
                    "Argument or block definition required",
                    format!(
                        "An argument (`name = value`) or a block (`name {{ … }}`) is expected here, but {} stands \
                         here. Begin the line with a name.",
                        self.describe(word)
                    ),
                ));
            }
        }
        let found = self.peek();
        let (item, what) = match found.token {
            Token::Assign => (Item::Attribute(self.argument(word)?), "argument"),
            Token::OpenBrace | Token::Quote | Token::Identifier => (Item::Block(self.block(word)?), "block"),
            _ => return Err(self.neither_argument_nor_block(word, found)),
        };
        let end = self.peek();
        match end.token {
            Token::Newline | Token::End => Ok(item),
            Token::Comma if matches!(item, Item::Attribute(_)) => Err(self.mistake(
                end,
                "Unexpected comma after argument",
                "The items of lists and objects are separated by commas, but arguments stand on lines of their own. \
                 Remove the comma.",
            )),
            _ => Err(self.mistake(
                end,
                &format!("Missing newline after {what}"),
                format!(
                    "The line must end behind the {what}, but {} follows. Put that on a line of its own, or remove it.",
                    self.describe(end)
                ),
            )),
        }
    }

    fn neither_argument_nor_block(&self, word: Lexeme, found: Lexeme) -> Failure {
        let name = self.source(word);
        let (place, advice) = match found.token {
            Token::Colon => (word, format!("To set an argument, use an equals sign: `{name} = …`")),
            Token::Dot | Token::OpenBracket => (
                found,
                "The name of an argument has no dots or brackets. Write the value as an object or list instead"
                    .to_owned(),
            ),
            Token::Newline | Token::End => (
                word,
                format!(
                    "To set an argument, write `{name} = …`; to begin a block, put its opening brace on the same \
                     line, `{name} {{`"
                ),
            ),
            Token::Unexpected | Token::UnclosedComment => (found, String::new()),
            _ => (word, format!("To set an argument, write `{name} = …`; to begin a block, write `{name} {{`")),
        };
        self.mistake(
            place,
            "Argument or block definition required",
            format!(
                "`{name}` is followed by {}, which makes it neither an argument nor a block. {advice}.",
                self.describe(found)
            ),
        )
    }

    /// `name = expression`, behind the name.
    fn argument(&mut self, word: Lexeme) -> Parsed<Attribute> {
        self.next();
        let expression = self.expression()?;
        let name = self.name(word);
        let span = name.span.to(expression.span);
        Ok(Attribute { name, expression, span })
    }

    /// `kind label "label" { … }`, behind the kind.
    fn block(&mut self, word: Lexeme) -> Parsed<Block> {
        let mut labels = Vec::new();
        loop {
            let found = self.peek();
            match found.token {
                Token::Identifier => {
                    self.next();
                    labels.push(self.name(found));
                }
                Token::Quote => labels.push(self.quoted_label()?),
                Token::OpenBrace => break,
                Token::Assign if labels.is_empty() => break,
                _ => {
                    return Err(self.mistake(
                        found,
                        "Invalid block definition",
                        format!(
                            "A label or an opening brace is expected in the head of a block, but {} stands here. \
                             Put the `{{` on the line on which the block begins.",
                            self.describe(found)
                        ),
                    ));
                }
            }
        }
        let kind = self.name(word);
        let header_span = labels.last().map_or(kind.span, |last| kind.span.to(last.span));
        let body = self.nested(Self::block_body)?;
        let span = header_span.to(body.span);
        Ok(Block { kind, labels, body, header_span, span })
    }

    fn quoted_label(&mut self) -> Parsed<Name> {
        let label = self.quoted()?;
        let text = as_literal(&label).unwrap_or_else(|| {
            let failure = self.mistake_at(
                first_sequence(&label).unwrap_or(label.span),
                "Invalid string literal",
                "The label of a block must be plain text. Remove the interpolation; to get `${` itself, write `$${`.",
            );
            self.report(failure);
            infra_values::Str::default()
        });
        Ok(Name { text, span: label.span })
    }

    /// From brace to brace.
    fn block_body(&mut self) -> Parsed<Body> {
        self.with_newlines(true, |parser| {
            let open = parser.next();
            if matches!(parser.peek().token, Token::Newline | Token::End) {
                parser.lines(open)
            } else {
                parser.single_line(open)
            }
        })
    }

    /// `{ name = value }` or `{}`, behind the opening brace.
    fn single_line(&mut self, open: Lexeme) -> Parsed<Body> {
        const SUMMARY: &str = "Invalid single-argument block definition";
        let mut body = Body::default();
        if let Some(word) = self.next_if(Token::Identifier) {
            let found = self.peek();
            if found.token != Token::Assign {
                return Err(self.mistake(
                    word,
                    "Argument definition required",
                    format!(
                        "A block on one line can hold one argument and nothing else. Write `{} = …`, or put a nested \
                         block on lines of its own.",
                        self.source(word)
                    ),
                ));
            }
            body.attributes.push(self.argument(word)?);
        }
        let close = self.next();
        if close.token != Token::CloseBrace {
            return Err(self.mistake(
                close,
                SUMMARY,
                format!(
                    "A block whose content begins on the line of its opening brace holds one argument and is closed on \
                     that line, but {} comes first. Put each argument on a line of its own between the braces.",
                    self.describe(close)
                ),
            ));
        }
        body.span = self.span(open.start, close.end);
        Ok(body)
    }

    /// Items on lines of their own up to the closing brace.
    fn lines(&mut self, open: Lexeme) -> Parsed<Body> {
        let mut body = Body::default();
        loop {
            let found = self.peek();
            match found.token {
                Token::Newline => {
                    self.next();
                    continue;
                }
                Token::CloseBrace => {
                    self.next();
                    body.span = self.span(open.start, found.end);
                    self.report_doubles(&body);
                    return Ok(body);
                }
                Token::End => return Err(self.unclosed_block(open, found)),
                _ if self.headers_end_blocks && self.is_header_at_margin(found.start) => {
                    return Err(self.unclosed_block(open, found));
                }
                _ => {}
            }
            match self.item() {
                Ok(item) => body.add(item),
                Err(Failure::Mistake(diagnostic)) => {
                    let mistake = diagnostic.span.map_or(self.position, |span| self.start_of(span));
                    self.diagnostics.push(*diagnostic);
                    if self.resume(found.start, mistake, false) == Resumed::AtTopLevel {
                        return Err(Failure::Reported);
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    fn unclosed_block(&self, open: Lexeme, found: Lexeme) -> Failure {
        let before = if found.token == Token::End {
            "the end of the file".to_owned()
        } else {
            format!("the next block begins with `{}`", self.source(found))
        };
        let diagnostic = Diagnostic::error(
            "Unclosed configuration block",
            format!(
                "The block has no closing brace before {before}. Add it, or look for a missing brace inside the block."
            ),
        );
        Failure::Unclosed(Box::new(diagnostic.at(self.span_of(open))))
    }

    /// An argument may be set once per body.
    fn report_doubles(&mut self, body: &Body) {
        let mut first_places: HashMap<&str, Span> = HashMap::with_capacity(body.attributes.len());
        for attribute in &body.attributes {
            let name = &attribute.name;
            let first = *first_places.entry(&name.text).or_insert(name.span);
            if first != name.span {
                let line = self.line_of(self.start_of(first));
                self.diagnostics.push(
                    Diagnostic::error(
                        "Attribute redefined",
                        format!(
                            "`{}` was set before, on line {line}. An argument can be set once; remove one of the two.",
                            name.text
                        ),
                    )
                    .at(name.span),
                );
            }
        }
    }
}

/// Where the first interpolation of a text begins.
fn first_sequence(text: &Expression) -> Option<Span> {
    /// `${`
    const SIGN_LEN: u32 = 2;
    let inner = match &text.kind {
        ExpressionKind::TemplateWrap(inner) => inner.as_ref(),
        ExpressionKind::Template(parts) => parts.iter().find_map(|part| match part {
            TemplatePart::Interpolation(inner) => Some(inner),
            _ => None,
        })?,
        _ => return None,
    };
    Some(Span { start: inner.span.start.saturating_sub(SIGN_LEN), ..inner.span })
}

impl Body {
    fn add(&mut self, item: Item) {
        match item {
            Item::Attribute(attribute) => self.attributes.push(attribute),
            Item::Block(block) => self.blocks.push(block),
        }
    }
}
