//! All tokens of a text, with comments, line breaks, and what stands inside quotes and heredocs.
//!
//! [`super::super::lexer`] cuts on demand of the parser and leaves out what means nothing; here nothing is left out.

use std::borrow::Cow;

use super::super::lexer::{Token as Symbol, lex, line_end};

/// What a token is, as far as layout depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Identifier,
    Number,
    Newline,
    /// `#` and `//`, with the line break.
    LineComment,
    BlockComment,
    Assign,
    Colon,
    DoubleColon,
    Comma,
    Dot,
    Ellipsis,
    Question,
    Minus,
    Not,
    /// An operator between two operands, other than the minus.
    Operator,
    /// Anything else that stands between spaces: `=>`.
    Symbol,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,
    /// `${` and `%{`, with a strip marker.
    OpenSequence,
    /// The `}` of those.
    CloseSequence,
    OpenQuote,
    CloseQuote,
    /// `<<NAME` with the line break.
    OpenHeredoc,
    /// The closing name, with the spaces around it.
    CloseHeredoc,
    /// A piece of the inside of quotes.
    QuotedText,
    /// A piece of the inside of a heredoc.
    HeredocText,
}

impl Kind {
    /// By how much it changes the number of open brackets.
    pub fn bracket_change(self) -> isize {
        match self {
            Self::OpenBrace | Self::OpenBracket | Self::OpenParenthesis | Self::OpenSequence => 1,
            Self::CloseBrace | Self::CloseBracket | Self::CloseParenthesis | Self::CloseSequence => -1,
            _ => 0,
        }
    }

    /// Whether it opens or closes anything, quotes and heredocs among them.
    pub fn nesting_change(self) -> isize {
        match self {
            Self::OpenQuote | Self::OpenHeredoc => 1,
            Self::CloseQuote | Self::CloseHeredoc => -1,
            _ => self.bracket_change(),
        }
    }

    pub fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment)
    }
}

/// A token and the spaces that will stand before it.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub kind: Kind,
    pub text: Cow<'t, str>,
    pub spaces_before: usize,
}

impl<'t> Token<'t> {
    pub fn new(kind: Kind, text: impl Into<Cow<'t, str>>) -> Self {
        Self { kind, text: text.into(), spaces_before: 0 }
    }

    /// Whether a line ends with it.
    pub fn ends_line(&self) -> bool {
        self.kind == Kind::Newline || (self.kind == Kind::LineComment && self.text.ends_with('\n'))
    }
}

/// What the scanner is inside of.
enum Inside<'t> {
    /// A file, or an interpolation or directive with this many braces open.
    Code {
        braces: usize,
    },
    Quotes,
    Heredoc {
        name: &'t str,
        at_line_start: bool,
    },
}

/// The tokens of a text, and how many bytes of space stand behind the last.
pub(super) fn cut(text: &str) -> (Vec<Token<'_>>, usize) {
    let mut scanner = Scanner {
        text,
        position: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        tokens: Vec::with_capacity(text.len() / 4),
        around: Vec::new(),
        inside: Inside::Code { braces: 0 },
    };
    let mut end = scanner.position;
    while scanner.step() {
        end = scanner.position;
    }
    (scanner.tokens, text.len() - end)
}

struct Scanner<'t> {
    text: &'t str,
    position: usize,
    tokens: Vec<Token<'t>>,
    /// What lies around [`Scanner::inside`].
    around: Vec<Inside<'t>>,
    inside: Inside<'t>,
}

impl<'t> Scanner<'t> {
    /// Reads one token; whether there was one.
    fn step(&mut self) -> bool {
        match self.inside {
            Inside::Code { .. } => self.code(),
            Inside::Quotes => self.quoted(),
            Inside::Heredoc { name, at_line_start } => self.heredoc(name, at_line_start),
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = self.text.get(self.position..self.position + length).unwrap_or_default();
        self.tokens.push(Token::new(kind, text));
        self.position += length;
    }

    fn enter(&mut self, inside: Inside<'t>) {
        self.around.push(std::mem::replace(&mut self.inside, inside));
    }

    fn leave(&mut self) {
        self.inside = self.around.pop().unwrap_or(Inside::Code { braces: 0 });
    }

    fn code(&mut self) -> bool {
        self.position = self.text.len() - self.rest().trim_start_matches([' ', '\t']).len();
        match self.rest().as_bytes() {
            [] => return false,
            [b'\n', ..] => self.push(Kind::Newline, 1),
            [b'\r', b'\n', ..] => self.push(Kind::Newline, 2),
            [b'#', ..] | [b'/', b'/', ..] => {
                let end = (line_end(self.text, self.position) + 1).min(self.text.len());
                self.push(Kind::LineComment, end - self.position);
            }
            [b'/', b'*', ..] => {
                let inside = self.rest().get(2..).and_then(|inside| inside.find("*/"));
                self.push(Kind::BlockComment, inside.map_or(self.rest().len(), |length| length + 4));
            }
            _ => self.symbol(),
        }
        true
    }

    fn symbol(&mut self) {
        let found = lex(self.text, self.position, true);
        let length = (found.end - self.position).max(1);
        match found.token {
            Symbol::Quote => {
                self.push(Kind::OpenQuote, 1);
                self.enter(Inside::Quotes);
            }
            Symbol::HeredocStart => self.heredoc_start(),
            Symbol::OpenBrace => {
                if let Inside::Code { braces } = &mut self.inside {
                    *braces += 1;
                }
                self.push(Kind::OpenBrace, 1);
            }
            Symbol::CloseBrace | Symbol::StripClose => self.close_brace(length),
            other => self.push(kind_of(other), length),
        }
    }

    fn close_brace(&mut self, length: usize) {
        match &mut self.inside {
            Inside::Code { braces: 0 } if !self.around.is_empty() => {
                self.push(Kind::CloseSequence, length);
                self.leave();
            }
            Inside::Code { braces } => {
                *braces = braces.saturating_sub(1);
                self.push(Kind::CloseBrace, length);
            }
            Inside::Quotes | Inside::Heredoc { .. } => self.push(Kind::CloseBrace, length),
        }
    }

    fn heredoc_start(&mut self) {
        let end = (line_end(self.text, self.position) + 1).min(self.text.len());
        let head = self.text.get(self.position..end).unwrap_or_default();
        let name = head.trim_start_matches('<').trim_start_matches('-').trim_end();
        self.push(Kind::OpenHeredoc, head.len());
        self.enter(Inside::Heredoc { name, at_line_start: true });
    }

    fn quoted(&mut self) -> bool {
        let rest = self.rest();
        match rest.as_bytes() {
            [] => return false,
            [b'"', ..] => {
                self.push(Kind::CloseQuote, 1);
                self.leave();
            }
            [b'$' | b'%', b'{', ..] => self.open_sequence(),
            _ => {
                let length = text_length(rest, |rest| match rest.as_bytes() {
                    [b'"', ..] => None,
                    [b'\\', ..] => Some(1 + rest.chars().nth(1).map_or(0, char::len_utf8)),
                    _ => Some(1),
                });
                self.push(Kind::QuotedText, length);
            }
        }
        true
    }

    fn heredoc(&mut self, name: &'t str, at_line_start: bool) -> bool {
        let rest = self.rest();
        if rest.is_empty() {
            return false;
        }
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        if at_line_start && line.trim() == name {
            self.push(Kind::CloseHeredoc, line.strip_suffix('\r').unwrap_or(line).len());
            self.leave();
            return true;
        }
        if matches!(rest.as_bytes(), [b'$' | b'%', b'{', ..]) {
            self.inside = Inside::Heredoc { name, at_line_start: false };
            self.open_sequence();
            return true;
        }
        let mut ended = false;
        let length = text_length(rest, |rest| {
            if ended {
                return None;
            }
            ended = rest.starts_with('\n');
            Some(1)
        });
        self.push(Kind::HeredocText, length);
        self.inside = Inside::Heredoc { name, at_line_start: ended };
        true
    }

    fn open_sequence(&mut self) {
        let length = if self.rest()[2..].starts_with('~') { 3 } else { 2 };
        self.push(Kind::OpenSequence, length);
        self.enter(Inside::Code { braces: 0 });
    }
}

/// How much of a template is text: up to the next `${` or `%{` that is not escaped, or where `advance` has no further
/// bytes for what lies ahead.
fn text_length(text: &str, mut advance: impl FnMut(&str) -> Option<usize>) -> usize {
    let mut length = 0;
    while let Some(rest) = text.get(length..).filter(|rest| !rest.is_empty()) {
        length += match rest.as_bytes() {
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => 3,
            [b'$' | b'%', b'{', ..] => break,
            _ => match advance(rest) {
                Some(bytes) => bytes.max(rest.chars().next().map_or(1, char::len_utf8)),
                None => break,
            },
        };
    }
    length.min(text.len())
}

fn kind_of(symbol: Symbol) -> Kind {
    match symbol {
        Symbol::Identifier => Kind::Identifier,
        Symbol::Number => Kind::Number,
        Symbol::OpenBracket => Kind::OpenBracket,
        Symbol::CloseBracket => Kind::CloseBracket,
        Symbol::OpenParenthesis => Kind::OpenParenthesis,
        Symbol::CloseParenthesis => Kind::CloseParenthesis,
        Symbol::Assign => Kind::Assign,
        Symbol::Colon => Kind::Colon,
        Symbol::DoubleColon => Kind::DoubleColon,
        Symbol::Comma => Kind::Comma,
        Symbol::Dot => Kind::Dot,
        Symbol::Ellipsis => Kind::Ellipsis,
        Symbol::Question => Kind::Question,
        Symbol::Minus => Kind::Minus,
        Symbol::Not => Kind::Not,
        Symbol::Plus
        | Symbol::Star
        | Symbol::Slash
        | Symbol::Percent
        | Symbol::Equal
        | Symbol::NotEqual
        | Symbol::Less
        | Symbol::LessOrEqual
        | Symbol::Greater
        | Symbol::GreaterOrEqual
        | Symbol::And
        | Symbol::Or => Kind::Operator,
        _ => Kind::Symbol,
    }
}
