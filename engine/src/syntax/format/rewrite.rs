//! Outdated spellings that formatting replaces: labels without quotes, values in needless interpolations, types in
//! quotes or without the type of their elements.
//!
//! Tokens tell where items begin and end, because a file without mistakes leaves no doubt.

use super::super::{ExpressionKind, FileId, parse_expression};
use super::tokens::{Kind, Token};

/// Replaces what is outdated.
pub(super) fn rewrite(tokens: &mut Vec<Token<'_>>) {
    let source = std::mem::take(tokens);
    Rewriter { source, place: 0, result: tokens }.bodies();
}

struct Rewriter<'t, 'r> {
    source: Vec<Token<'t>>,
    place: usize,
    result: &'r mut Vec<Token<'t>>,
}

impl<'t> Rewriter<'t, '_> {
    /// All items of the file; of the blocks around the current one, only the kind matters.
    fn bodies(&mut self) {
        self.result.reserve(self.source.len());
        let mut blocks: Vec<bool> = Vec::new();
        while let Some(token) = self.source.get(self.place) {
            match token.kind {
                Kind::Identifier => {
                    let name = token.text.clone();
                    self.copy(1);
                    if self.next_meaning() == Some(Kind::Assign) {
                        let is_type = name == "type" && blocks[..] == [true];
                        self.attribute(is_type);
                    } else {
                        self.labels();
                        blocks.push(name == "variable");
                    }
                }
                kind => {
                    if kind == Kind::CloseBrace {
                        blocks.pop();
                    }
                    self.copy(1);
                }
            }
        }
    }

    fn copy(&mut self, count: usize) {
        let end = (self.place + count).min(self.source.len());
        self.result.extend(self.source[self.place..end].iter().cloned());
        self.place = end;
    }

    /// The next token that is not a comment.
    fn next_meaning(&self) -> Option<Kind> {
        self.source[self.place..].iter().map(|token| token.kind).find(|kind| !kind.is_comment())
    }

    /// From behind the name to behind the value.
    fn attribute(&mut self, is_type: bool) {
        let rest = &self.source[self.place..];
        let assign = rest.iter().position(|token| token.kind == Kind::Assign).unwrap_or_default();
        let comments = rest[assign + 1..].iter().take_while(|token| token.kind.is_comment()).count();
        self.copy(assign + 1 + comments);
        let length = value_length(&self.source[self.place..]);
        let value = &self.source[self.place..self.place + length];
        let replaced = if is_type { plain_type(value) } else { unwrapped(value) };
        match replaced {
            Some(value) => {
                self.result.extend(value);
                self.place += length;
            }
            None => self.copy(length),
        }
    }

    /// From behind the kind of a block to behind its opening brace.
    fn labels(&mut self) {
        let rest = &self.source[self.place..];
        let brace = rest.iter().position(|token| token.kind == Kind::OpenBrace).unwrap_or(rest.len());
        let is_label_part =
            |token: &Token<'_>| matches!(token.kind, Kind::Identifier | Kind::CloseQuote | Kind::QuotedText);
        let labels_end = rest[..brace].iter().rposition(is_label_part).map_or(0, |last| last + 1);
        let end = self.place + labels_end;
        while self.place < end {
            match self.source[self.place].kind {
                Kind::Identifier => {
                    let text = self.source[self.place].text.clone();
                    self.result.extend([
                        Token::new(Kind::OpenQuote, "\""),
                        Token::new(Kind::QuotedText, text),
                        Token::new(Kind::CloseQuote, "\""),
                    ]);
                }
                // Comments between labels have no place.
                Kind::LineComment | Kind::BlockComment => {}
                Kind::QuotedText => {
                    let text = canonical_label(&self.source[self.place].text);
                    self.result.push(Token::new(Kind::QuotedText, text));
                }
                _ => self.result.push(self.source[self.place].clone()),
            }
            self.place += 1;
        }
        self.copy(brace - labels_end + 1);
    }
}

/// How many tokens belong to the value at the beginning, without comments behind it.
fn value_length(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        let ends = depth == 0 && (token.ends_line() || matches!(token.kind, Kind::LineComment | Kind::CloseBrace));
        depth += token.kind.nesting_change();
        ends
    });
    let value = &tokens[..end.unwrap_or(tokens.len())];
    value.iter().rposition(|token| !token.kind.is_comment()).map_or(0, |last| last + 1)
}

/// What stands inside of `"${…}"`, if the value is one interpolation and nothing else.
fn unwrapped<'t>(value: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let [open, sequence, inside @ .., end, close] = value else { return None };
    let kinds = [open.kind, sequence.kind, end.kind, close.kind];
    if kinds != [Kind::OpenQuote, Kind::OpenSequence, Kind::CloseSequence, Kind::CloseQuote] || inside.is_empty() {
        return None;
    }
    let mut quotes = 0_usize;
    for token in inside {
        match token.kind {
            Kind::OpenQuote => quotes += 1,
            Kind::CloseQuote => quotes = quotes.saturating_sub(1),
            // Several interpolations, or text between them.
            Kind::OpenSequence | Kind::CloseSequence | Kind::QuotedText if quotes == 0 => return None,
            _ => {}
        }
    }
    let is_newline = |token: &Token<'_>| token.kind == Kind::Newline;
    let start = inside.iter().position(|token| !is_newline(token)).unwrap_or(inside.len());
    let end = inside.iter().rposition(|token| !is_newline(token)).map_or(start, |last| last + 1);
    let inside = &inside[start..end];
    let kind_at = |token: Option<&Token<'_>>| token.map(|token| token.kind);
    let is_enclosed = kind_at(inside.first()) == Some(Kind::OpenParenthesis)
        && kind_at(inside.last()) == Some(Kind::CloseParenthesis);
    let mut plain = inside.to_vec();
    // Without the braces around it, a line break would end the value.
    if inside.iter().any(is_newline) && !is_enclosed {
        plain.insert(0, Token::new(Kind::OpenParenthesis, "("));
        plain.push(Token::new(Kind::CloseParenthesis, ")"));
    }
    Some(plain)
}

/// The type in place of one in quotes, and of one that does not tell the type of its elements.
fn plain_type<'t>(value: &[Token<'t>]) -> Option<Vec<Token<'t>>> {
    let (collection, element) = match value {
        [word] if word.kind == Kind::Identifier => match &*word.text {
            "list" => ("list", "any"),
            "map" => ("map", "any"),
            "set" => ("set", "any"),
            _ => return None,
        },
        [open, text, _] if open.kind == Kind::OpenQuote && text.kind == Kind::QuotedText => match &*text.text {
            "string" => return Some(vec![Token::new(Kind::Identifier, "string")]),
            // When types were quoted, elements were strings.
            "list" => ("list", "string"),
            "map" => ("map", "string"),
            _ => return None,
        },
        _ => return None,
    };
    Some(vec![
        Token::new(Kind::Identifier, collection),
        Token::new(Kind::OpenParenthesis, "("),
        Token::new(Kind::Identifier, element),
        Token::new(Kind::CloseParenthesis, ")"),
    ])
}

/// The text of a label with no more escapes than it needs.
fn canonical_label(source: &str) -> String {
    let (expression, _) = parse_expression(&format!("\"{source}\""), FileId::default(), 0);
    let text = expression.and_then(|expression| match expression.kind {
        ExpressionKind::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    });
    let Some(text) = text else { return source.to_owned() };
    let mut escaped = String::with_capacity(source.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '$' | '%' if characters.peek() == Some(&'{') => escaped.extend([character, character]),
            ' ' => escaped.push(' '),
            _ if character.is_control() || character.is_whitespace() => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
