//! The grammar of templates: quoted text, heredocs, template files.
//!
//! A template is read into a flat list of pieces first. Strip markers and the indentation of `<<-` heredocs are
//! applied there, because both are defined on the literals next to each other, whatever directive they belong to;
//! then directives are nested.

use infra_values::{Str, Value};

use super::lexer::{Lexeme, Token, identifier_length, line_end};
use super::parser::{Failure, Parsed, Parser};
use super::template_pieces::{Piece, Pieces};
use super::{Expression, ExpressionKind, Span};

/// What ends a template.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending<'t> {
    Quote,
    /// A line that holds nothing but this word.
    Marker(&'t str),
    Text,
}

impl<'t> Parser<'t> {
    /// `"text ${interpolation}"`, at the opening quote.
    pub fn quoted(&mut self) -> Parsed<Expression> {
        let open = self.next();
        let pieces = self.pieces(open, Ending::Quote)?;
        let span = self.span(open.start, self.position);
        Ok(self.template_of(pieces, span))
    }

    /// `<<MARKER` or `<<-MARKER` up to the line with the marker.
    pub fn heredoc(&mut self) -> Parsed<Expression> {
        let open = self.next();
        let rest = self.rest();
        let (is_indented, word) = rest.strip_prefix('-').map_or((false, rest), |word| (true, word));
        let marker = word.get(..identifier_length(word)).unwrap_or_default();
        let start = self.position + usize::from(is_indented) + marker.len();
        let behind = self.text.get(start..line_end(self.text, start)).unwrap_or_default();
        let opening = Lexeme { end: start, ..open };
        if marker.is_empty() || !behind.trim_end_matches('\r').is_empty() {
            return Err(self.mistake(
                opening,
                "Invalid expression",
                "A heredoc begins with `<<` or `<<-` and a marker of your choice, after which the line ends: `<<EOT`. \
                 The text goes on the next lines, and the marker stands alone on the line behind it.",
            ));
        }
        self.position = (start + behind.len() + 1).min(self.text.len());
        let mut pieces = self.pieces(opening, Ending::Marker(marker))?;
        if is_indented {
            pieces.remove_indentation();
        }
        let span = self.span(open.start, self.position);
        Ok(self.template_of(pieces, span))
    }

    /// The whole text as a template.
    pub fn template_text(&mut self) -> Parsed<Expression> {
        let opening = Lexeme { token: Token::End, start: self.position, end: self.position };
        let pieces = self.pieces(opening, Ending::Text)?;
        let span = self.span(opening.start, self.position);
        Ok(self.template_of(pieces, span))
    }

    /// The expression that pieces make. Directives that do not fit together are reported, not fatal.
    fn template_of(&mut self, pieces: Pieces, span: Span) -> Expression {
        // An empty text has its end instead of a first piece.
        let first = pieces.first.unwrap_or(Span { start: span.end, ..span });
        let kind = match pieces.into_only_interpolation() {
            Ok(inner) => return Expression::new(ExpressionKind::TemplateWrap(Box::new(inner)), span),
            Err(pieces) => match self.nest(pieces) {
                Ok(parts) => match parts.as_slice() {
                    [] => ExpressionKind::Literal(Value::string("")),
                    [super::TemplatePart::Literal(text)] => ExpressionKind::Literal(Value::string(text)),
                    _ => ExpressionKind::Template(parts),
                },
                Err(failure) => {
                    self.report(failure);
                    ExpressionKind::Literal(Value::string(""))
                }
            },
        };
        Expression { kind, span, start: first }
    }

    /// All pieces up to the ending, and behind the ending.
    fn pieces(&mut self, opening: Lexeme, ending: Ending<'t>) -> Parsed<Pieces> {
        let mut pieces = Pieces::default();
        let mut is_line_start = true;
        loop {
            if is_line_start && let Some(marker) = self.marker_here(ending) {
                pieces.end = Some(marker);
                return Ok(pieces);
            }
            let start = self.position;
            if let Some(literal) = self.literal(opening, ending)? {
                pieces.first.get_or_insert(self.span(start, self.position));
                is_line_start = literal.ends_with('\n');
                pieces.push_literal(literal);
                continue;
            }
            is_line_start = false;
            match self.rest().as_bytes() {
                [b'"', ..] => {
                    self.position += 1;
                    pieces.end = Some(self.span(self.position - 1, self.position));
                    return Ok(pieces);
                }
                [] if ending == Ending::Text => {
                    pieces.end = Some(self.span(self.position, self.position));
                    return Ok(pieces);
                }
                [] => return Err(self.unterminated(opening, ending)),
                _ => self.sequence(&mut pieces)?,
            }
        }
    }

    /// Behind the marker, if this line is the one with it.
    fn marker_here(&mut self, ending: Ending) -> Option<Span> {
        let Ending::Marker(marker) = ending else {
            return None;
        };
        let line = self.text.get(self.position..line_end(self.text, self.position)).unwrap_or_default();
        let is_complete = self.position + line.len() < self.text.len();
        if line.trim() != marker || !is_complete {
            return None;
        }
        self.position += line.len() - line.trim_start().len() + marker.len();
        Some(self.span(self.position - marker.len(), self.position))
    }

    fn unterminated(&mut self, opening: Lexeme, ending: Ending) -> Failure {
        match ending {
            Ending::Marker(marker) => {
                self.endless_text = Some(opening.start);
                self.mistake(
                Lexeme { token: Token::End, start: self.text.len(), end: self.text.len() },
                "Unterminated template string",
                format!(
                    "The heredoc that begins on line {} never ends. Put `{marker}` alone on the line behind its text, \
                     followed by a line break.",
                    self.line_of(opening.start)
                ),
                )
            }
            Ending::Quote | Ending::Text => self.mistake(
                opening,
                "Unterminated string",
                "The text that begins at this quote never ends. Add a closing double quote.",
            ),
        }
    }

    /// The literal text up to the ending, the next `${` or `%{`, or (outside of quotes) the end of the line. `None` if
    /// there is none.
    fn literal(&mut self, opening: Lexeme, ending: Ending) -> Parsed<Option<String>> {
        let start = self.position;
        let is_quoted = ending == Ending::Quote;
        let mut literal = String::new();
        loop {
            let rest = self.rest();
            let length = rest.find(['"', '\\', '$', '%', '\n', '\r']).unwrap_or(rest.len());
            literal.push_str(&rest[..length]);
            self.position += length;
            match rest.as_bytes().get(length..).unwrap_or_default() {
                [] | [b'$' | b'%', b'{', ..] => break,
                [b'"', ..] if is_quoted => break,
                [b'\n' | b'\r', ..] if is_quoted => return Err(self.broken_line(opening)),
                // A carriage return is a part of a line break, or nothing.
                [b'\r', next, ..] if matches!(ending, Ending::Marker(_)) && *next != b'\n' => {
                    return Err(self.mistake_at(
                        self.span(self.position, self.position + 1),
                        "Invalid character",
                        "There is a carriage return here that is no part of a line break. Remove it.",
                    ));
                }
                [b'\\', ..] if is_quoted => self.escape(&mut literal),
                [sign @ b'$', b'$', b'{', ..] | [sign @ b'%', b'%', b'{', ..] => {
                    literal.push(char::from(*sign));
                    literal.push('{');
                    self.position += 3;
                }
                [b'\n', ..] => {
                    literal.push('\n');
                    self.position += 1;
                    break;
                }
                [other, ..] => {
                    literal.push(char::from(*other));
                    self.position += 1;
                }
            }
        }
        Ok((self.position > start).then_some(literal))
    }

    fn broken_line(&self, opening: Lexeme) -> Failure {
        let end = self.text.get(..self.position).map_or(opening.end, |line| line.trim_end_matches('\r').len());
        self.mistake_at(
            self.span(end, self.text.len().min(end + 1)),
            "Invalid multi-line string",
            "Text between double quotes must end on the line on which it begins. Add the closing quote, write line \
             breaks as `\\n`, or use a heredoc (`<<EOT`) for text of several lines.",
        )
    }

    /// `\n` and its like, at the backslash. An escape that means nothing is reported and left out.
    fn escape(&mut self, literal: &mut String) {
        let start = self.position;
        let mut characters = self.rest().chars().skip(1);
        let letter = characters.next();
        let plain = match letter {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('"') => Some('"'),
            Some('\\') => Some('\\'),
            _ => None,
        };
        if let Some(character) = plain {
            literal.push(character);
            self.position += 2;
            return;
        }
        let digits_wanted = match letter {
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let digits: String = characters.take(digits_wanted).take_while(char::is_ascii_hexdigit).collect();
        let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == digits_wanted);
        self.position += 1 + digits.len();
        // A line break or the end behind the backslash is left to be noticed as what it is.
        self.position += letter.filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
        match code.and_then(char::from_u32) {
            Some(character) => literal.push(character),
            None => {
                let failure = self.mistake_at(
                    self.span(start, self.position),
                    "Invalid escape sequence",
                    "A backslash may be followed by `n`, `r`, `t`, `\"`, `\\`, or `u` and four or `U` and eight \
                     hexadecimal digits of a Unicode character. To get a backslash itself, write two.",
                );
                self.report(failure);
            }
        }
    }

    /// `${…}` or `%{…}`, at its first character.
    fn sequence(&mut self, pieces: &mut Pieces) -> Parsed<()> {
        let start = self.position;
        let is_directive = self.rest().starts_with('%');
        self.position += 2;
        if self.rest().starts_with('~') {
            self.position += 1;
            pieces.strip_before();
        }
        let opening = Lexeme { token: Token::OpenBrace, start, end: self.position };
        let piece = self.with_newlines(false, |parser| {
            let piece = if is_directive { parser.directive(opening)? } else { parser.interpolation()? };
            let close = parser.next();
            match close.token {
                Token::CloseBrace => Ok((piece, false)),
                Token::StripClose => Ok((piece, true)),
                _ => Err(parser.unclosed_sequence(opening, close, piece.keyword())),
            }
        });
        let (mut piece, strips_behind) = piece?;
        let span = self.span(start, self.position);
        if let Piece::If { span: place, .. }
        | Piece::For { span: place, .. }
        | Piece::Else(place)
        | Piece::EndIf(place)
        | Piece::EndFor(place) = &mut piece
        {
            *place = span;
        }
        pieces.first.get_or_insert(match &piece {
            Piece::Interpolation(first) | Piece::If { condition: first, .. } => first.start,
            _ => span,
        });
        pieces.push(piece, strips_behind);
        Ok(())
    }

    /// `keyword` is that of a directive; an interpolation has none.
    fn unclosed_sequence(&self, opening: Lexeme, found: Lexeme, keyword: Option<&str>) -> Failure {
        let what = if keyword.is_some() { "directive" } else { "interpolation" };
        // The quote is most probably meant to end the text around.
        let is_end = matches!(found.token, Token::End | Token::Quote);
        let (place, summary, found) = if is_end {
            (opening, format!("Unclosed template {what} sequence"), "it ends".to_owned())
        } else {
            let summary = match keyword {
                Some(keyword) => format!("Extra characters in {keyword} marker"),
                None => "Extra characters after interpolation expression".to_owned(),
            };
            (found, summary, format!("there is {}", self.describe(found)))
        };
        self.mistake(
            place,
            &summary,
            format!(
                "A `}}` is expected at the end of the {what}, but {found}. Close it, or add the operator that \
                     is missing."
            ),
        )
    }

    fn interpolation(&mut self) -> Parsed<Piece> {
        let found = self.peek();
        if matches!(found.token, Token::CloseBrace | Token::StripClose) {
            return Err(self.mistake(
                found,
                "Invalid expression",
                "There is nothing to interpolate between the braces. Add an expression, or write `$${` for the text \
                 `${`.",
            ));
        }
        Ok(Piece::Interpolation(self.expression()?))
    }

    /// What stands between `%{` and `}`. The span is filled in by the caller.
    fn directive(&mut self, opening: Lexeme) -> Parsed<Piece> {
        const FOR: &str = "Invalid 'for' directive";
        let found = self.next();
        let span = self.span_of(opening);
        Ok(match (found.token, self.source(found)) {
            (Token::Identifier, "if") => Piece::If { condition: self.expression()?, span },
            (Token::Identifier, "else") => Piece::Else(span),
            (Token::Identifier, "endif") => Piece::EndIf(span),
            (Token::Identifier, "for") => {
                let (key_name, value_name) = self.for_names(FOR)?;
                let collection = self.expression()?;
                Piece::For { key_name, value_name, collection, span }
            }
            (Token::Identifier, "endfor") => Piece::EndFor(span),
            _ => {
                let is_word = found.token == Token::Identifier;
                return Err(self.mistake(
                    found,
                    if is_word { "Invalid template control keyword" } else { "Invalid template directive" },
                    format!(
                        "A directive begins with `if`, `else`, `endif`, `for` or `endfor`, but {} stands here. Use \
                         one of them, or write `%%{{` for the text `%{{`.",
                        self.describe(found)
                    ),
                ));
            }
        })
    }
}

/// The text of a template without anything to evaluate, as block labels must be.
pub(super) fn as_literal(expression: &Expression) -> Option<Str> {
    match &expression.kind {
        ExpressionKind::Literal(value) => value.as_str().map(Str::from),
        _ => None,
    }
}
