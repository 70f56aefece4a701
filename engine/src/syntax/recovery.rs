//! Where to go on after a mistake.
//!
//! An item that could not be parsed is skipped as a whole: brackets, quotes, heredocs and comments are matched
//! roughly, and the item ends with its line once everything that it opened is closed. Where that never happens, the
//! next line that begins at the left margin and looks like the head of a block is taken for the next top-level item:
//! that is where people and formatters put it.

use super::lexer::{Token, identifier_length, is_identifier_start, lex, line_end};
use super::parser::Parser;

/// Where parsing goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resumed {
    /// At the next item of the same body, or its closing brace.
    InBody,
    /// At the next item at the top level.
    AtTopLevel,
}

/// Something open while an item is skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Parenthesis,
    Bracket,
    Brace,
    Quote,
    /// `${` or `%{` inside a quote
    Interpolation,
}

impl Parser<'_> {
    /// Moves behind the item that begins at `start` and has a mistake at `mistake`.
    pub fn resume(&mut self, start: usize, mistake: usize, is_top_level: bool) -> Resumed {
        let mistake = self.endless_text.take().unwrap_or(mistake);
        if mistake > start && self.is_next_item(mistake, is_top_level) {
            self.position = mistake;
            return Resumed::AtTopLevel;
        }
        let end = if self.is_unbalanced { None } else { self.item_end(start, mistake, is_top_level) };
        if let Some(end) = end {
            // Where a line ends too early, the next one may be the rest of it.
            let goes_on = end.has_broken_text || self.text.as_bytes().get(mistake) == Some(&b'\n');
            self.position = if goes_on { self.skip_debris(end.position) } else { end.position };
            return Resumed::InBody;
        }
        // To look for balance again and again up to the end would take quadratic time.
        self.is_unbalanced = true;
        self.position = self.next_at_margin(mistake.max(start + 1));
        Resumed::AtTopLevel
    }

    /// Whether the mistake is to find the next item at the margin where the one before should have gone on.
    fn is_next_item(&self, mistake: usize, is_top_level: bool) -> bool {
        let looks_like_one = match self.header_kind(mistake) {
            Some(Header::Block) => true,
            // Inside of blocks, people who do not indent have their arguments at the margin.
            Some(Header::Argument) => is_top_level,
            None => false,
        };
        looks_like_one && self.is_line_start(mistake)
    }

    /// Whether a line begins here, at the left margin, with the head of a block.
    pub fn is_header_at_margin(&self, position: usize) -> bool {
        self.is_line_start(position) && self.header_kind(position) == Some(Header::Block)
    }

    /// The first line behind `position` that looks like a top-level item; the end of the text if there is none.
    fn next_at_margin(&self, position: usize) -> usize {
        let mut position = position;
        loop {
            position = line_end(self.text, position) + 1;
            if position >= self.text.len() {
                return self.text.len();
            }
            if self.header_kind(position).is_some() {
                return position;
            }
        }
    }

    /// Behind lines that look like the rest of a broken text: neither an item, nor empty, nor a closing brace.
    fn skip_debris(&self, position: usize) -> usize {
        let mut position = position;
        loop {
            let next = lex(self.text, position, true);
            let is_item = matches!(next.token, Token::Newline | Token::CloseBrace | Token::End)
                || self.header_kind(next.start).is_some();
            if is_item {
                return position;
            }
            position = (line_end(self.text, next.start) + 1).min(self.text.len());
        }
    }

    fn is_line_start(&self, position: usize) -> bool {
        position == 0 || self.text.as_bytes().get(position - 1) == Some(&b'\n')
    }

    /// What the text at this place looks like the beginning of.
    fn header_kind(&self, position: usize) -> Option<Header> {
        let end = line_end(self.text, position);
        let mut rest = self.text.get(position..end)?;
        if !rest.starts_with(is_identifier_start) {
            return None;
        }
        let mut words = 0;
        loop {
            rest = rest.trim_start();
            match rest.chars().next()? {
                '{' if words > 0 => return Some(Header::Block),
                '=' if words == 1 && !rest.starts_with("==") && !rest.starts_with("=>") => {
                    return Some(Header::Argument);
                }
                '"' if words > 0 => rest = rest.get(1..)?.split_once('"')?.1,
                first if is_identifier_start(first) => rest = rest.get(identifier_length(rest)..)?,
                _ => return None,
            }
            words += 1;
        }
    }

    /// Where the item that begins at `start` ends, if everything that it opens is closed.
    fn item_end(&self, start: usize, mistake: usize, is_top_level: bool) -> Option<ItemEnd> {
        let mut nesting = Nesting::default();
        let mut position = start;
        loop {
            if nesting.open.last() == Some(&Open::Quote) {
                position = nesting.skip_quoted(self.text, position);
                continue;
            }
            let found = lex(self.text, position, true);
            position = found.end;
            match found.token {
                Token::End if nesting.open.is_empty() => return Some(nesting.end_at(found.start)),
                Token::End | Token::UnclosedComment => return None,
                Token::Newline if found.start >= mistake => {
                    // A brace on the next line is the body of a block whose head is the mistake.
                    let is_end = lex(self.text, found.end, false).token != Token::OpenBrace;
                    if nesting.open.is_empty() && is_end {
                        return Some(nesting.end_at(found.end));
                    }
                    if self.is_header_at_margin(found.end) {
                        return None;
                    }
                }
                Token::HeredocStart => match self.heredoc_end(found.end) {
                    Some(end) => position = end,
                    None => nesting.has_broken_text = true,
                },
                Token::CloseBrace if !nesting.has_open_brace() => {
                    // It closes the body around, whatever this item has left open.
                    if !is_top_level {
                        return Some(nesting.end_at(found.start));
                    }
                    nesting.open.clear();
                }
                token => nesting.follow(token),
            }
        }
    }

    /// Behind the marker of the heredoc whose `<<` ends here, if it has one.
    fn heredoc_end(&self, position: usize) -> Option<usize> {
        let rest = self.text.get(position..).unwrap_or_default();
        let word = rest.strip_prefix('-').unwrap_or(rest);
        let marker = word.get(..identifier_length(word)).unwrap_or_default();
        let mut line_start = line_end(self.text, position) + 1;
        while line_start < self.text.len() {
            let end = line_end(self.text, line_start);
            let line = self.text.get(line_start..end).unwrap_or_default();
            if !marker.is_empty() && line.trim() == marker {
                return Some(end);
            }
            line_start = end + 1;
        }
        None
    }
}

/// What the first line of an item looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Argument,
    Block,
}

/// The end of an item that is skipped.
#[derive(Clone, Copy)]
struct ItemEnd {
    position: usize,
    /// Whether a quoted text or heredoc does not end where it must, so that the lines that follow may belong to it.
    has_broken_text: bool,
}

/// What is open in an item that is skipped.
#[derive(Default)]
struct Nesting {
    open: Vec<Open>,
    has_broken_text: bool,
}

impl Nesting {
    fn end_at(&self, position: usize) -> ItemEnd {
        ItemEnd { position, has_broken_text: self.has_broken_text }
    }

    fn has_open_brace(&self) -> bool {
        self.open.iter().any(|kind| matches!(kind, Open::Brace | Open::Interpolation))
    }

    fn follow(&mut self, token: Token) {
        match token {
            Token::Quote => self.open.push(Open::Quote),
            Token::OpenParenthesis => self.open.push(Open::Parenthesis),
            Token::OpenBracket => self.open.push(Open::Bracket),
            Token::OpenBrace => self.open.push(Open::Brace),
            Token::CloseParenthesis => self.close(&[Open::Parenthesis]),
            Token::CloseBracket => self.close(&[Open::Bracket]),
            Token::CloseBrace | Token::StripClose => self.close(&[Open::Brace, Open::Interpolation]),
            _ => {}
        }
    }

    /// Closes the innermost of these kinds with everything that is open inside it.
    fn close(&mut self, kinds: &[Open]) {
        if let Some(place) = self.open.iter().rposition(|kind| kinds.contains(kind)) {
            self.open.truncate(place);
        }
    }

    /// Behind the next thing in a quoted text that opens or closes something. A text ends with its line at the latest.
    fn skip_quoted(&mut self, text: &str, position: usize) -> usize {
        let rest = text.get(position..).unwrap_or_default();
        let length = rest.find(['"', '\\', '$', '%', '\n']).unwrap_or(rest.len());
        let found = position + length;
        match rest.as_bytes().get(length..).unwrap_or_default() {
            [b'"', ..] => {
                self.open.pop();
                found + 1
            }
            [] | [b'\n', ..] => {
                // With it ends the text around it, if this one stands in an interpolation.
                let outermost = self.open.iter().position(|kind| *kind == Open::Quote);
                self.open.truncate(outermost.unwrap_or(0));
                self.has_broken_text = true;
                found
            }
            [b'\\', b'"' | b'\\', ..] => found + 2,
            [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => found + 3,
            [b'$' | b'%', b'{', ..] => {
                self.open.push(Open::Interpolation);
                found + 2
            }
            _ => found + 1,
        }
    }
}
