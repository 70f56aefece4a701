//! From lines to expressions: which lines belong together.

use std::io::{self, BufRead, Lines};

use infra_engine::language::Language;

/// What was typed, one expression at a time, without spaces around it.
pub struct Entries<R> {
    lines: Lines<R>,
    language: Language,
}

impl<R: BufRead> Entries<R> {
    /// Reads expressions. In Terraform's own language each line is one.
    pub fn new(input: R, language: Language) -> Self {
        Self { lines: input.lines(), language }
    }
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut entry = match self.lines.next()? {
            Ok(line) => line.trim().to_owned(),
            Err(error) => return Some(Err(error)),
        };
        while !self.language.is_strict() && is_unfinished(&entry) {
            match self.lines.next() {
                Some(Ok(line)) => {
                    entry.push('\n');
                    entry.push_str(&line);
                }
                Some(Err(error)) => return Some(Err(error)),
                None => break,
            }
        }
        Some(Ok(entry))
    }
}

/// Whether an expression goes on in the next line: something is open that may span lines. Whether it is right is for
/// the parser to say.
pub fn is_unfinished(text: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let in_quotes = open.last() == Some(&'"');
        let taken = match character {
            // Quotes end with the line.
            '\n' if in_quotes => return false,
            '\\' if in_quotes => character.len_utf8() + rest[1..].chars().next().map_or(0, char::len_utf8),
            '$' | '%' if in_quotes && (rest.starts_with("$${") || rest.starts_with("%%{")) => 3,
            '$' | '%' if in_quotes && rest[1..].starts_with('{') => {
                open.push('{');
                2
            }
            '"' if in_quotes => {
                open.pop();
                1
            }
            other if in_quotes => other.len_utf8(),
            '#' => line_length(rest),
            '/' if rest.starts_with("//") => line_length(rest),
            '/' if rest.starts_with("/*") => match rest.find("*/") {
                Some(end) => end + 2,
                None => return true,
            },
            '<' if rest.starts_with("<<") => match heredoc_length(rest) {
                Some(length) => length,
                None => return true,
            },
            '"' | '(' | '[' | '{' => {
                open.push(character);
                1
            }
            ')' | ']' | '}' => {
                open.pop();
                1
            }
            other => other.len_utf8(),
        };
        rest = &rest[taken..];
    }
    open.last().is_some_and(|last| *last != '"')
}

fn line_length(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The length of a heredoc at the beginning of a text; `None` while its end is missing.
fn heredoc_length(text: &str) -> Option<usize> {
    let header = &text[..line_length(text)];
    let name = header.trim_start_matches('<').trim_start_matches('-').trim();
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') || header.starts_with("<< ") {
        return Some(2);
    }
    let mut length = header.len();
    for line in text.get(header.len() + 1..)?.split('\n') {
        length += 1 + line.len();
        if line.trim() == name {
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_goes_on_in_the_next_line() {
        let table = [
            ("1 + 1", false),
            ("[", true),
            ("[1,\n2]", false),
            ("{ a = (1", true),
            ("\"a", false),
            ("\"${", true),
            ("\"$${\"", false),
            ("\"\\\"\" + (", true),
            ("# (", false),
            ("/* (", true),
            ("<<EOT", true),
            ("<<-EOT\n a\n EOT", false),
            ("upper(<<EOT\nx\nEOT", true),
            ("1 < 2", false),
            ("1 << 2", false),
            (")", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_unfinished(text), expected, "{text:?}");
        }
    }

    #[test]
    fn strictly_each_line_stands_alone() {
        let entries = |language| -> Vec<String> {
            Entries::new(" [\r\n1]\n2 ".as_bytes(), language).map(Result::unwrap).collect()
        };
        assert_eq!(entries(Language::Extended), ["[\n1]", "2"]);
        assert_eq!(entries(Language::Strict), ["[", "1]", "2"]);
    }
}
