//! Small and capital letters, one code point for one code point, as Unicode's simple mappings have it. The standard
//! library's mappings are the full ones: `ß` would become `SS`.

/// All letters small.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(lower_letter).collect()
}

/// All letters capital.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(upper_letter).collect()
}

/// The first letter of each word a capital, the others as they are.
pub(super) fn title(text: &str) -> String {
    let mut before = ' ';
    text.chars()
        .map(|character| {
            let first = separates(before);
            before = character;
            if first { title_letter(character) } else { character }
        })
        .collect()
}

/// Whether a new word begins after this character.
fn separates(character: char) -> bool {
    if character.is_ascii() {
        return !(character.is_ascii_alphanumeric() || character == '_');
    }
    !character.is_alphanumeric() && character.is_whitespace()
}

fn lower_letter(letter: char) -> char {
    // Its full mapping has two code points, the simple one does not.
    if letter == 'İ' {
        return 'i';
    }
    only(letter.to_lowercase()).unwrap_or(letter)
}

fn upper_letter(letter: char) -> char {
    only(letter.to_uppercase()).unwrap_or_else(|| with_iota(letter))
}

fn title_letter(letter: char) -> char {
    match letter {
        'Ǆ' | 'ǆ' | 'ǅ' => 'ǅ',
        'Ǉ' | 'ǉ' | 'ǈ' => 'ǈ',
        'Ǌ' | 'ǌ' | 'ǋ' => 'ǋ',
        'Ǳ' | 'ǳ' | 'ǲ' => 'ǲ',
        _ => upper_letter(letter),
    }
}

fn only(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next()?;
    mapped.next().is_none().then_some(first)
}

/// Greek letters with an iota below have a simple capital beside their full one of two code points.
fn with_iota(letter: char) -> char {
    let distance = match letter {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(letter) + distance).unwrap_or(letter)
}
