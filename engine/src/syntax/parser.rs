//! What all parts of the parser share: the place in the text, looking ahead, limits and failing.
//!
//! The grammar is spread over [`super::body`], [`super::expression`] and [`super::template`]; after a mistake,
//! [`super::recovery`] finds the place to go on.

use std::cell::Cell;

use infra_values::Str;

use super::lexer::{Lexeme, Token, lex};
use super::{FileId, Name, Span};
use crate::diagnostics::{Diagnostic, Diagnostics};

/// How deep expressions, templates and blocks may be nested. People write some ten levels and generators some
/// hundred; the limit keeps every later stage that walks the tree within its stack.
pub(super) const DEPTH_MAX: usize = 1000;

/// How many operators may follow one another in one expression: each makes the tree one level higher.
pub(super) const OPERATORS_MAX: usize = 1000;

/// When less of the stack than this is left, parsing goes on on a new piece.
const STACK_LEFT_BYTES_MIN: usize = 128 * 1024;
const STACK_PIECE_BYTES: usize = 1024 * 1024;

/// Why something could not be parsed.
#[derive(Debug)]
pub(super) enum Failure {
    /// A mistake that nobody has reported yet.
    Mistake(Box<Diagnostic>),
    /// A block without end. Where it really should have ended is a guess that the top level makes.
    Unclosed(Box<Diagnostic>),
    /// A mistake that is reported already, after which only the next top-level item makes sense again. The parser
    /// stands there.
    Reported,
}

pub(super) type Parsed<T> = Result<T, Failure>;

/// Where in a file the bytes of a text stand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Places<'t> {
    /// One after the other, from this byte on.
    From(u32),
    /// The place of each byte, and of the end: the text was made from one with escapes. Never empty.
    Each(&'t [u32]),
}

impl Places<'_> {
    fn place(self, byte: usize) -> u32 {
        match self {
            // Texts that do not fit are refused before parsing begins.
            Self::From(base) => base.saturating_add(u32::try_from(byte).unwrap_or(u32::MAX)),
            Self::Each(places) => places.get(byte).or(places.last()).copied().unwrap_or_default(),
        }
    }

    fn byte(self, place: u32) -> usize {
        match self {
            Self::From(base) => place.saturating_sub(base) as usize,
            Self::Each(places) => places.partition_point(|other| *other < place),
        }
    }
}

/// The state of parsing one text.
pub(super) struct Parser<'t> {
    pub text: &'t str,
    /// The next byte to read.
    pub position: usize,
    pub diagnostics: Diagnostics,
    /// See [`OPERATORS_MAX`]: the longest chain within the current expression.
    pub operators: usize,
    /// Whether a line at the left margin that looks like the head of a block ends all open blocks.
    pub headers_end_blocks: bool,
    /// Whether the last thing at the top level was a mistake, so that what follows may just be its consequence.
    pub recovering: bool,
    /// Whether an item was found whose brackets do not balance up to the end of the text.
    pub is_unbalanced: bool,
    /// Where a heredoc without end begins. Its mistake is at the end of the text, but parsing goes on behind here.
    pub endless_text: Option<usize>,
    file: FileId,
    places: Places<'t>,
    newlines_matter: bool,
    depth: usize,
    /// The last token looked at: where the look began, whether line breaks mattered, what it was.
    looked_at: Cell<Option<(usize, bool, Lexeme)>>,
}

impl<'t> Parser<'t> {
    /// For a text that stands at some places of a file.
    pub fn new(text: &'t str, file: FileId, places: Places<'t>, newlines_matter: bool) -> Self {
        Self {
            text,
            position: 0,
            diagnostics: Diagnostics::new(),
            operators: 0,
            headers_end_blocks: false,
            recovering: false,
            is_unbalanced: false,
            endless_text: None,
            file,
            places,
            newlines_matter,
            depth: 0,
            looked_at: Cell::new(None),
        }
    }

    /// The next token, which stays where it is.
    pub fn peek(&self) -> Lexeme {
        match self.looked_at.get() {
            Some((position, newlines, lexeme)) if (position, newlines) == (self.position, self.newlines_matter) => {
                lexeme
            }
            _ => {
                let lexeme = lex(self.text, self.position, self.newlines_matter);
                self.looked_at.set(Some((self.position, self.newlines_matter, lexeme)));
                lexeme
            }
        }
    }

    /// The next token, and behind it.
    pub fn next(&mut self) -> Lexeme {
        let lexeme = self.peek();
        self.position = lexeme.end;
        lexeme
    }

    /// Behind the next token if it is this one.
    pub fn next_if(&mut self, token: Token) -> Option<Lexeme> {
        (self.peek().token == token).then(|| self.next())
    }

    /// Behind the next token if it is this word.
    pub fn next_if_word(&mut self, word: &str) -> Option<Lexeme> {
        let lexeme = self.peek();
        (lexeme.token == Token::Identifier && self.source(lexeme) == word).then(|| self.next())
    }

    /// What a token looks like.
    pub fn source(&self, lexeme: Lexeme) -> &'t str {
        self.text.get(lexeme.start..lexeme.end).unwrap_or_default()
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The word at a token.
    pub fn name(&self, lexeme: Lexeme) -> Name {
        Name { text: Str::from(self.source(lexeme)), span: self.span_of(lexeme) }
    }

    /// The span of a range of bytes.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: self.places.place(start), end: self.places.place(end) }
    }

    /// The span of a token.
    pub fn span_of(&self, lexeme: Lexeme) -> Span {
        self.span(lexeme.start, lexeme.end)
    }

    /// The byte in the text at which a span begins.
    pub fn start_of(&self, span: Span) -> usize {
        self.places.byte(span.start)
    }

    /// The line, from 1, in which a byte lies.
    pub fn line_of(&self, position: usize) -> usize {
        self.text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
    }

    /// Runs a part of the grammar in which line breaks matter, or do not.
    pub fn with_newlines<T>(&mut self, matter: bool, part: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.newlines_matter, matter);
        let result = part(self);
        self.newlines_matter = outside;
        result
    }

    /// Runs a part of the grammar one level deeper.
    pub fn nested<T>(&mut self, part: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_MAX {
            return Err(self.mistake(
                self.peek(),
                "Nesting too deep",
                format!(
                    "Blocks, expressions and templates can be nested at most {DEPTH_MAX} levels deep. Move a part of \
                     this into a local value of its own."
                ),
            ));
        }
        self.depth += 1;
        let result = stacker::maybe_grow(STACK_LEFT_BYTES_MIN, STACK_PIECE_BYTES, || part(self));
        self.depth -= 1;
        result
    }

    /// A mistake at a token. A token that cannot stand anywhere says so itself.
    pub fn mistake(&self, found: Lexeme, summary: &str, detail: impl Into<String>) -> Failure {
        let diagnostic = match found.token {
            Token::UnclosedComment => {
                Diagnostic::error("Unclosed comment", "The comment that begins here never ends. Close it with `*/`.")
            }
            Token::Unexpected => unexpected_character(self.source(found)),
            _ => Diagnostic::error(summary, detail),
        };
        Failure::Mistake(Box::new(diagnostic.at(self.span_of(found))))
    }

    /// A mistake about a larger piece of the text.
    pub fn mistake_at(&self, span: Span, summary: &str, detail: impl Into<String>) -> Failure {
        Failure::Mistake(Box::new(Diagnostic::error(summary, detail).at(span)))
    }

    /// Reports a failure that parsing survives.
    pub fn report(&mut self, failure: Failure) {
        match failure {
            Failure::Mistake(diagnostic) | Failure::Unclosed(diagnostic) => self.diagnostics.push(*diagnostic),
            Failure::Reported => {}
        }
    }

    /// A token in words, for messages: `found {…}`.
    pub fn describe(&self, found: Lexeme) -> String {
        match found.token {
            Token::End => "the end of the text".to_owned(),
            Token::Newline => "the end of the line".to_owned(),
            Token::Quote => "a quoted text".to_owned(),
            Token::HeredocStart => "a heredoc".to_owned(),
            _ => format!("`{}`", self.source(found)),
        }
    }
}

fn unexpected_character(character: &str) -> Diagnostic {
    let detail = match character {
        "'" => "Single quotes mean nothing here. Put text between double quotes (`\"`).".to_owned(),
        "“" | "”" | "„" | "‘" | "’" | "«" | "»" => {
            format!("`{character}` is a typographic quote. Put text between straight double quotes (`\"`).")
        }
        "`" => "Backticks mean nothing here. Put text between double quotes (`\"`), or use a heredoc for several \
         lines."
            .to_owned(),
        ";" => "Semicolons separate nothing here. Write each argument and block on a line of its own, and put commas \
                between the items of lists and objects."
            .to_owned(),
        "&" => "There are no operators on bits. For a logical “and”, write `&&`.".to_owned(),
        "|" => "There are no operators on bits. For a logical “or”, write `||`.".to_owned(),
        "^" | "~" => "There are no operators on bits. For powers, use the function `pow`.".to_owned(),
        "$" => "A dollar sign only means something inside quoted text (`\"${name}\"`). Refer to values by their \
         name alone."
            .to_owned(),
        "\u{feff}" => "A byte order mark stands in the middle of the text. Delete it.".to_owned(),
        other => {
            let code = other.chars().next().map_or(0, u32::from);
            format!(
                "The character `{}` (U+{code:04X}) means nothing here. Delete it, or put it between double \
                     quotes if it is text.",
                other.escape_debug()
            )
        }
    };
    let is_operator = matches!(character, "&" | "|" | "^" | "~");
    Diagnostic::error(if is_operator { "Unsupported operator" } else { "Invalid character" }, detail)
}
