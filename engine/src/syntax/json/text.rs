//! Escapes of JSON strings.

/// Text behind its quotes.
pub(super) struct Unescaped {
    /// The text.
    pub text: String,
    /// Where in the raw text a wrong escape or a control character stands, and how long it is.
    pub mistakes: Vec<(usize, usize)>,
}

/// Applies the escapes of the text between the quotes of a JSON string.
pub(super) fn unescape(raw: &str) -> Unescaped {
    let mut found = Unescaped { text: String::with_capacity(raw.len()), mistakes: Vec::new() };
    for piece in pieces(raw) {
        match piece.character {
            Some(character) => found.text.push(character),
            None => found.mistakes.push((piece.start, piece.end - piece.start)),
        }
    }
    found
}

/// For each byte of the text that [`unescape`] makes, and for its end, where it comes from. `start` is the place of
/// the raw text.
pub(super) fn places(raw: &str, start: u32) -> Vec<u32> {
    let place = |byte: usize| start.saturating_add(u32::try_from(byte).unwrap_or(u32::MAX));
    let mut places = Vec::with_capacity(raw.len() + 1);
    for piece in pieces(raw) {
        for byte in 0..piece.character.map_or(0, char::len_utf8) {
            // A character that stands as it is keeps the places of its bytes.
            let is_plain = piece.character.is_some_and(|character| character.len_utf8() == piece.end - piece.start);
            places.push(place(if is_plain { piece.start + byte } else { piece.start }));
        }
    }
    places.push(place(raw.len()));
    places
}

/// One character of the text, and where in the raw text it comes from; without character, it is a mistake.
struct Piece {
    character: Option<char>,
    start: usize,
    end: usize,
}

fn pieces(raw: &str) -> impl Iterator<Item = Piece> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let rest = raw.get(position..)?;
        let first = rest.chars().next()?;
        let (character, length) = match first {
            '\\' => escape(rest),
            control if control < ' ' => (None, 1),
            plain => (Some(plain), plain.len_utf8()),
        };
        let start = position;
        position += length;
        Some(Piece { character, start, end: position })
    })
}

/// The character that an escape stands for, and the length of the escape.
fn escape(text: &str) -> (Option<char>, usize) {
    let mut characters = text.chars();
    characters.next();
    let Some(second) = characters.next() else { return (None, 1) };
    let character = match second {
        '"' | '\\' | '/' => second,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(text),
        other => return (None, 1 + other.len_utf8()),
    };
    (Some(character), 2)
}

/// Length of `\uXXXX`.
const UNICODE_ESCAPE_LEN: usize = 6;

fn unicode_escape(text: &str) -> (Option<char>, usize) {
    let Some(first) = code_unit(text) else { return (None, 2) };
    if let Some(character) = char::from_u32(first) {
        return (Some(character), UNICODE_ESCAPE_LEN);
    }
    // Two halves of one character; half of one alone is replaced, as everywhere where JSON is read.
    let second = text.get(UNICODE_ESCAPE_LEN..).and_then(code_unit);
    match second.and_then(|second| char::decode_utf16([first as u16, second as u16]).next()?.ok()) {
        Some(character) => (Some(character), 2 * UNICODE_ESCAPE_LEN),
        None => (Some(char::REPLACEMENT_CHARACTER), UNICODE_ESCAPE_LEN),
    }
}

/// The number in `\uXXXX`.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
