//! A template as a flat list: strip markers, indentation, and the nesting of directives.

use infra_values::Str;

use unicode_segmentation::UnicodeSegmentation;

use super::parser::{Failure, Parsed, Parser};
use super::{Expression, Name, Span, TemplatePart};

/// A piece of a template. Literals outside of quotes end with each line.
pub(super) enum Piece {
    Literal(String),
    Interpolation(Expression),
    If { condition: Expression, span: Span },
    Else(Span),
    EndIf(Span),
    For { key_name: Option<Name>, value_name: Name, collection: Expression, span: Span },
    EndFor(Span),
}

impl Piece {
    /// The word that a directive begins with.
    pub fn keyword(&self) -> Option<&'static str> {
        match self {
            Self::Literal(_) | Self::Interpolation(_) => None,
            Self::If { .. } => Some("if"),
            Self::Else(_) => Some("else"),
            Self::EndIf(_) => Some("endif"),
            Self::For { .. } => Some("for"),
            Self::EndFor(_) => Some("endfor"),
        }
    }
}

/// The pieces of one template in order.
#[derive(Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    /// Where the first piece stands.
    pub first: Option<Span>,
    /// What ends the template: the closing quote, the marker of a heredoc, or nothing at the end of a text.
    pub end: Option<Span>,
    /// Whether the piece before ended with `~}`.
    strips_next: bool,
}

impl Pieces {
    /// Adds literal text, without its leading white space if a marker says so.
    pub fn push_literal(&mut self, text: String) {
        let text = if std::mem::take(&mut self.strips_next) { text.trim_start().to_owned() } else { text };
        // An empty literal stays: a template with one is not just an interpolation.
        self.pieces.push(Piece::Literal(text));
    }

    /// Adds an interpolation or directive.
    pub fn push(&mut self, piece: Piece, strips_behind: bool) {
        self.pieces.push(piece);
        self.strips_next = strips_behind;
    }

    /// Takes the white space off the end of the literal before, for `${~` and `%{~`.
    pub fn strip_before(&mut self) {
        if let Some(Piece::Literal(text)) = self.pieces.last_mut() {
            text.truncate(text.trim_end().len());
        }
    }

    /// Takes the indentation that all lines share off each, as `<<-` asks. Lines that hold nothing do not count and
    /// stay. What a strip marker has joined to the line before is no line of its own.
    pub fn remove_indentation(&mut self) {
        let mut shared = usize::MAX;
        let mut lines = Vec::new();
        let mut is_line_start = true;
        for piece in &mut self.pieces {
            let is_first = std::mem::take(&mut is_line_start);
            let Piece::Literal(text) = piece else {
                if is_first {
                    shared = 0;
                }
                continue;
            };
            is_line_start = text.ends_with('\n');
            if is_first && !(is_line_start && text.trim_start().is_empty()) {
                shared = shared.min(indentation(text).count());
                lines.push(text);
            }
        }
        for line in lines {
            let length: usize = indentation(line).take(shared).map(str::len).sum();
            line.drain(..length);
        }
    }

    /// The expression, if the template is one interpolation and nothing else.
    pub fn into_only_interpolation(mut self) -> Result<Expression, Self> {
        match self.pieces.pop() {
            Some(Piece::Interpolation(expression)) if self.pieces.is_empty() => Ok(expression),
            last => {
                self.pieces.extend(last);
                Err(self)
            }
        }
    }
}

/// The white space a line begins with, character by character.
fn indentation(line: &str) -> impl Iterator<Item = &str> {
    line[..line.len() - line.trim_start().len()].graphemes(true)
}

/// What ended a list of parts.
enum Ending {
    Template,
    Else(Span),
    EndIf(Span),
    EndFor(Span),
}

/// The pieces that are not nested yet.
struct Left {
    pieces: std::vec::IntoIter<Piece>,
    end: Option<Span>,
}

/// The directive whose end is expected.
type Enclosing = Option<&'static str>;

impl Parser<'_> {
    /// Directives with what stands between them.
    pub fn nest(&mut self, pieces: Pieces) -> Parsed<Vec<TemplatePart>> {
        let mut left = Left { end: pieces.end, pieces: pieces.pieces.into_iter() };
        let (parts, ending) = self.parts(&mut left, None)?;
        self.expect_ending(ending, None, |ending| matches!(ending, Ending::Template))?;
        Ok(parts)
    }

    fn parts(&mut self, left: &mut Left, enclosing: Enclosing) -> Parsed<(Vec<TemplatePart>, Ending)> {
        let mut parts = Parts::default();
        while let Some(piece) = left.pieces.next() {
            match piece {
                Piece::Literal(text) => parts.literal.push_str(&text),
                Piece::Interpolation(expression) => parts.push(TemplatePart::Interpolation(expression)),
                Piece::If { condition, .. } => {
                    let part = self.nested(|parser| parser.if_part(left, condition))?;
                    parts.push(part);
                }
                Piece::For { key_name, value_name, collection, .. } => {
                    let enclosing = Some("for");
                    let (body, ending) = self.nested(|parser| parser.parts(left, enclosing))?;
                    self.expect_ending(ending, enclosing, |ending| matches!(ending, Ending::EndFor(_)))?;
                    parts.push(TemplatePart::For { key_name, value_name, collection, body });
                }
                Piece::Else(span) => return Ok((parts.finish(), Ending::Else(span))),
                Piece::EndIf(span) => return Ok((parts.finish(), Ending::EndIf(span))),
                Piece::EndFor(span) => return Ok((parts.finish(), Ending::EndFor(span))),
            }
        }
        match enclosing {
            None => Ok((parts.finish(), Ending::Template)),
            Some(word) => Err(self.mistake_at(
                left.end.unwrap_or(self.span(self.position, self.position)),
                "Unexpected end of template",
                format!("The `{word}` directive is not closed before the template ends. Add `%{{ end{word} }}`."),
            )),
        }
    }

    fn if_part(&mut self, left: &mut Left, condition: Expression) -> Parsed<TemplatePart> {
        let enclosing = Some("if");
        let (yes, ending) = self.parts(left, enclosing)?;
        let (no, ending) = match ending {
            Ending::Else(_) => self.parts(left, enclosing)?,
            ending => (Vec::new(), ending),
        };
        self.expect_ending(ending, enclosing, |ending| matches!(ending, Ending::EndIf(_)))?;
        Ok(TemplatePart::If { condition, yes, no })
    }

    fn expect_ending(
        &mut self,
        ending: Ending,
        enclosing: Enclosing,
        is_right: impl FnOnce(&Ending) -> bool,
    ) -> Parsed<()> {
        if is_right(&ending) {
            return Ok(());
        }
        let (word, span) = match ending {
            Ending::Template => return Ok(()),
            Ending::Else(span) => ("else", span),
            Ending::EndIf(span) => ("endif", span),
            Ending::EndFor(span) => ("endfor", span),
        };
        Err(self.unexpected_ending(word, span, enclosing))
    }

    fn unexpected_ending(&self, word: &str, span: Span, enclosing: Enclosing) -> Failure {
        let detail = match enclosing {
            None => format!(
                "No directive is open that `{word}` could belong to. Remove it, or add what it closes in front."
            ),
            Some(open) => format!(
                "The innermost open directive is an `{open}`, to which this `{word}` does not belong. Close it with \
                 `%{{ end{open} }}` first."
            ),
        };
        self.mistake_at(span, &format!("Unexpected {word} directive"), detail)
    }
}

/// Parts being collected: literals next to each other become one.
#[derive(Default)]
struct Parts {
    parts: Vec<TemplatePart>,
    literal: String,
}

impl Parts {
    fn push(&mut self, part: TemplatePart) {
        self.flush();
        self.parts.push(part);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(TemplatePart::Literal(Str::from(std::mem::take(&mut self.literal))));
        }
    }

    fn finish(mut self) -> Vec<TemplatePart> {
        self.flush();
        self.parts
    }
}
