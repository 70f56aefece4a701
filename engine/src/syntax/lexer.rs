//! Tokens: what stands between two spaces, outside of quoted text and heredocs.
//!
//! Tokens are cut on demand, because only the parser knows whether a line break means something and where text
//! begins. The inside of quoted text and heredocs is read by [`super::template`].

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Identifier,
    Number,
    /// `"`; the text behind it is not cut yet.
    Quote,
    /// `<<`; the text behind it is not cut yet.
    HeredocStart,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,
    Assign,
    Arrow,
    Colon,
    DoubleColon,
    Comma,
    Dot,
    Ellipsis,
    Question,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    /// `~}`: closes an interpolation and strips the white space behind it.
    StripClose,
    /// Only where line breaks matter.
    Newline,
    /// `/*` without `*/`.
    UnclosedComment,
    /// A character that begins no token.
    Unexpected,
    End,
}

/// A token and its place, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub token: Token,
    pub start: usize,
    pub end: usize,
}

/// The token at or behind `position`. Spaces and comments are skipped, and line breaks where they do not matter.
pub(super) fn lex(text: &str, position: usize, newlines_matter: bool) -> Lexeme {
    let start = match skip_blank(text, position, newlines_matter) {
        Ok(start) => start,
        Err(comment) => {
            return Lexeme { token: Token::UnclosedComment, start: comment, end: comment + 2 };
        }
    };
    let rest = text.get(start..).unwrap_or_default();
    let (token, length) = match rest.chars().next() {
        None => (Token::End, 0),
        Some('\n') => (Token::Newline, 1),
        Some('0'..='9') => (Token::Number, number_length(rest)),
        Some(first) if is_identifier_start(first) => (Token::Identifier, identifier_length(rest)),
        Some(first) => symbol(rest).unwrap_or((Token::Unexpected, first.len_utf8())),
    };
    Lexeme { token, start, end: start + length }
}

/// The longest symbol at the beginning of the text, with its length.
fn symbol(text: &str) -> Option<(Token, usize)> {
    Some(match text.as_bytes() {
        [b'.', b'.', b'.', ..] => (Token::Ellipsis, 3),
        [b':', b':', ..] => (Token::DoubleColon, 2),
        [b'=', b'=', ..] => (Token::Equal, 2),
        [b'=', b'>', ..] => (Token::Arrow, 2),
        [b'!', b'=', ..] => (Token::NotEqual, 2),
        [b'<', b'=', ..] => (Token::LessOrEqual, 2),
        [b'<', b'<', b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' | b'"' | 0x80.., ..] => (Token::HeredocStart, 2),
        [b'>', b'=', ..] => (Token::GreaterOrEqual, 2),
        [b'&', b'&', ..] => (Token::And, 2),
        [b'|', b'|', ..] => (Token::Or, 2),
        [b'~', b'}', ..] => (Token::StripClose, 2),
        [b'"', ..] => (Token::Quote, 1),
        [b'{', ..] => (Token::OpenBrace, 1),
        [b'}', ..] => (Token::CloseBrace, 1),
        [b'[', ..] => (Token::OpenBracket, 1),
        [b']', ..] => (Token::CloseBracket, 1),
        [b'(', ..] => (Token::OpenParenthesis, 1),
        [b')', ..] => (Token::CloseParenthesis, 1),
        [b'=', ..] => (Token::Assign, 1),
        [b':', ..] => (Token::Colon, 1),
        [b',', ..] => (Token::Comma, 1),
        [b'.', ..] => (Token::Dot, 1),
        [b'?', ..] => (Token::Question, 1),
        [b'+', ..] => (Token::Plus, 1),
        [b'-', ..] => (Token::Minus, 1),
        [b'*', ..] => (Token::Star, 1),
        [b'/', ..] => (Token::Slash, 1),
        [b'%', ..] => (Token::Percent, 1),
        [b'<', ..] => (Token::Less, 1),
        [b'>', ..] => (Token::Greater, 1),
        [b'!', ..] => (Token::Not, 1),
        _ => return None,
    })
}

/// Where the next token begins; the place of a comment that does not end as the error.
fn skip_blank(text: &str, mut position: usize, newlines_matter: bool) -> Result<usize, usize> {
    loop {
        let rest = text.as_bytes().get(position..).unwrap_or_default();
        position = match rest {
            [b' ' | b'\t', ..] | [b'\r', b'\n', ..] => position + 1,
            [b'\n', ..] if !newlines_matter => position + 1,
            [b'#', ..] | [b'/', b'/', ..] => line_end(text, position),
            [b'/', b'*', ..] => {
                let length = text.get(position + 2..).and_then(|inside| inside.find("*/")).ok_or(position)?;
                position + 2 + length + 2
            }
            _ => return Ok(position),
        };
    }
}

/// Where the line ends, before its line break.
pub(super) fn line_end(text: &str, position: usize) -> usize {
    text.get(position..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| position + length)
}

/// Whether an identifier may begin so.
pub(super) fn is_identifier_start(character: char) -> bool {
    character == '_' || unicode_ident::is_xid_start(character)
}

/// Whether the text is an identifier, as names of variables are.
pub fn is_identifier(text: &str) -> bool {
    text.starts_with(is_identifier_start) && identifier_length(text) == text.len()
}

/// The length of the identifier at the beginning of the text. Dashes belong to it.
pub(super) fn identifier_length(text: &str) -> usize {
    text.find(|character| character != '-' && !unicode_ident::is_xid_continue(character)).unwrap_or(text.len())
}

/// The length of the number at the beginning of the text: digits, fraction, exponent.
fn number_length(text: &str) -> usize {
    let digits = |from: usize| text.bytes().skip(from).take_while(u8::is_ascii_digit).count();
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let mut length = digits(0);
    if byte(length) == Some(b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(byte(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(byte(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, newlines_matter: bool) -> Vec<&str> {
        let mut position = 0;
        let mut tokens = Vec::new();
        loop {
            let lexeme = lex(text, position, newlines_matter);
            if lexeme.token == Token::End {
                return tokens;
            }
            tokens.push(&text[lexeme.start..lexeme.end]);
            position = lexeme.end;
        }
    }

    #[test]
    fn text_is_cut_into_the_longest_tokens() {
        let table = [
            ("a-b_c - 1", vec!["a-b_c", "-", "1"]),
            ("1.5e+3.x 1e 2.. 01", vec!["1.5e+3", ".", "x", "1", "e", "2", ".", ".", "01"]),
            (
                "a::b...=>==!=<=<<>=&&||~}",
                vec!["a", "::", "b", "...", "=>", "==", "!=", "<=", "<", "<", ">=", "&&", "||", "~}"],
            ),
            ("é = 'x'", vec!["é", "=", "'", "x", "'"]),
            ("a # b\nc // d\r\n/* e\n */ f", vec!["a", "c", "f"]),
            ("a /* b", vec!["a", "/*", "b"]),
        ];
        for (text, expected) in table {
            assert_eq!(cut(text, false), expected, "{text}");
        }
        assert_eq!(cut("a # b\r\nc\n", true), ["a", "\n", "c", "\n"]);
    }
}
