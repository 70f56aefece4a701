//! Regular expressions in the syntax of RE2 as Go has it, translated to the syntax of the `regex` crate.
//!
//! Both find the leftmost match and prefer earlier alternatives; they differ in what is written how. RE2's `\d`, `\w`,
//! `\s` and `\b` are about ASCII only, a `[` or `&&` inside a class is literal, braces that are no repetition are
//! literal, `\Q…\E` quotes, `\101` is octal. `\B` stays Unicode's: the crate cannot express the other one.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;
use std::sync::{LazyLock, Mutex};

use regex::Regex;

/// The most repetitions a pattern may ask for with braces.
const REPETITIONS_MAX: u32 = 1000;

const DIGITS: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0c\r ";

const CLASS_NAMES: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// What has been compiled: a pattern is often matched with each of many texts.
static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
/// Patterns can be made up from values, and must not pile up without end.
const COMPILED_MAX: usize = 1000;

/// The pattern in a form that can be matched, compiled when it is first seen; the error says what is wrong with it.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    if let Some(compiled) = COMPILED.lock().ok().and_then(|compiled| compiled.get(pattern).cloned()) {
        return Ok(compiled);
    }
    let regex = compile_anew(pattern)?;
    if let Ok(mut compiled) = COMPILED.lock()
        && compiled.len() < COMPILED_MAX
    {
        compiled.insert(pattern.to_owned(), regex.clone());
    }
    Ok(regex)
}

fn compile_anew(pattern: &str) -> Result<Regex, String> {
    Regex::new(&translate(pattern)?).map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => {
            format!("it needs more than {limit} bytes when compiled")
        }
        error => reason_of(&error.to_string()),
    })
}

/// The library shows the pattern and a caret before the reason; only the reason fits into a sentence.
fn reason_of(message: &str) -> String {
    let last = message.lines().next_back().unwrap_or(message);
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut translation = Translation { rest: pattern.chars().peekable(), written: String::new() };
    translation.expression()?;
    Ok(translation.written)
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
}

/// What stands for one place in a class.
enum ClassItem {
    Character(char),
    /// Written in the syntax of the crate.
    Set(String),
}

impl Translation<'_> {
    fn take(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    /// The text ahead, for looking further than one character.
    fn ahead(&self) -> String {
        self.rest.clone().collect()
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.rest.next();
        }
    }

    fn expression(&mut self) -> Result<(), String> {
        let mut after_repetition = false;
        while let Some(character) = self.rest.next() {
            let repeats = match character {
                '*' | '+' | '?' => true,
                '{' => match self.repetition()? {
                    Some(braces) => {
                        self.refuse_double(after_repetition)?;
                        self.written.push_str(&braces);
                        self.lazy_mark();
                        after_repetition = true;
                        continue;
                    }
                    None => false,
                },
                _ => false,
            };
            if repeats {
                self.refuse_double(after_repetition)?;
                self.written.push(character);
                self.lazy_mark();
            } else {
                match character {
                    '\\' => self.escape()?,
                    '[' => self.class()?,
                    '(' => self.group()?,
                    '{' => self.written.push_str(r"\{"),
                    '}' => self.written.push_str(r"\}"),
                    other => self.written.push(other),
                }
            }
            after_repetition = repeats;
        }
        Ok(())
    }

    fn refuse_double(&self, after_repetition: bool) -> Result<(), String> {
        if after_repetition { Err("a repetition follows a repetition".into()) } else { Ok(()) }
    }

    fn lazy_mark(&mut self) {
        if self.take('?') {
            self.written.push('?');
        }
    }

    /// After `{`: `n}`, `n,}` or `n,m}`. `None`, with nothing consumed, where the brace is literal.
    fn repetition(&mut self) -> Result<Option<String>, String> {
        let ahead = self.ahead();
        let Some((inside, _)) = ahead.split_once('}') else {
            return Ok(None);
        };
        let (least, most) = inside.split_once(',').map_or((inside, None), |(least, most)| (least, Some(most)));
        let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_count(least) || !most.is_none_or(|most| most.is_empty() || is_count(most)) {
            return Ok(None);
        }
        for count in [Some(least), most.filter(|most| !most.is_empty())].into_iter().flatten() {
            if !count.parse::<u32>().is_ok_and(|count| count <= REPETITIONS_MAX) {
                return Err(format!("a repetition of {count} is too large; the most is {REPETITIONS_MAX}"));
            }
        }
        self.skip(inside.len() + 1);
        Ok(Some(format!("{{{inside}}}")))
    }

    /// After `(`.
    fn group(&mut self) -> Result<(), String> {
        self.written.push('(');
        if !self.take('?') {
            return Ok(());
        }
        self.written.push('?');
        if self.take(')') {
            // A group of no flags, which the crate does not have.
            self.written.push_str(":)");
            return Ok(());
        }
        let ahead = self.ahead();
        if ahead.starts_with("P<") || ahead.starts_with('<') {
            return Ok(());
        }
        let flags: String = ahead.chars().take_while(|character| !matches!(character, ':' | ')')).collect();
        if !flags.chars().all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U' | '-')) {
            return Err(format!(
                "(?{flags} is not supported; there are no look-arounds, and the flags are i, m, s and U"
            ));
        }
        Ok(())
    }

    /// After `\`, outside a class.
    fn escape(&mut self) -> Result<(), String> {
        match self.rest.peek() {
            Some('Q') => {
                self.rest.next();
                let ahead = self.ahead();
                let (quoted, end) = ahead.split_once(r"\E").map_or((ahead.as_str(), 0), |(quoted, _)| (quoted, 2));
                self.written.push_str(&regex::escape(quoted));
                self.skip(quoted.chars().count() + end);
            }
            Some('b') => {
                self.rest.next();
                self.written.push_str(r"(?-u:\b)");
            }
            Some(anchor @ ('A' | 'B' | 'z')) => {
                self.written.push('\\');
                self.written.push(*anchor);
                self.rest.next();
            }
            _ => match self.escaped_item()? {
                ClassItem::Character(character) => self.written.push_str(&literal(character)),
                ClassItem::Set(set) => self.written.push_str(&format!("[{set}]")),
            },
        }
        Ok(())
    }

    /// After `\`, where one character or a set of characters may stand.
    fn escaped_item(&mut self) -> Result<ClassItem, String> {
        let Some(character) = self.rest.next() else {
            return Err(r"it ends with a \".into());
        };
        let item = match character {
            'd' => ClassItem::Set(DIGITS.into()),
            'D' => ClassItem::Set(format!("[^{DIGITS}]")),
            'w' => ClassItem::Set(WORD.into()),
            'W' => ClassItem::Set(format!("[^{WORD}]")),
            's' => ClassItem::Set(SPACE.into()),
            'S' => ClassItem::Set(format!("[^{SPACE}]")),
            'p' | 'P' => ClassItem::Set(self.unicode_class(character)?),
            'a' => ClassItem::Character('\u{7}'),
            'f' => ClassItem::Character('\u{c}'),
            'n' => ClassItem::Character('\n'),
            'r' => ClassItem::Character('\r'),
            't' => ClassItem::Character('\t'),
            'v' => ClassItem::Character('\u{b}'),
            'x' => ClassItem::Character(self.hexadecimal()?),
            '0' => ClassItem::Character(self.octal(0)),
            '1'..='7' if self.rest.peek().is_some_and(|next| next.is_digit(8)) => {
                ClassItem::Character(self.octal(character.to_digit(8).unwrap_or(0)))
            }
            punctuation if punctuation.is_ascii() && !punctuation.is_ascii_alphanumeric() => {
                ClassItem::Character(punctuation)
            }
            other => return Err(format!(r"\{other} has no meaning")),
        };
        Ok(item)
    }

    /// After `\p` or `\P`.
    fn unicode_class(&mut self, letter: char) -> Result<String, String> {
        let mut class = format!("\\{letter}");
        match self.rest.next() {
            Some('{') => {
                class.push('{');
                loop {
                    let Some(next) = self.rest.next() else {
                        return Err(format!(r"\{letter}{{ is not closed"));
                    };
                    class.push(next);
                    if next == '}' {
                        return Ok(class);
                    }
                }
            }
            Some(name) => class.push(name),
            None => return Err(format!(r"\{letter} needs the name of a class")),
        }
        Ok(class)
    }

    /// After `\x`: two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Result<char, String> {
        let mut digits = String::new();
        if self.take('{') {
            while let Some(digit) = self.rest.next_if(char::is_ascii_hexdigit) {
                digits.push(digit);
            }
            if !self.take('}') {
                digits.clear();
            }
        } else {
            while let Some(digit) = self.rest.next_if(|digit| digits.len() < 2 && digit.is_ascii_hexdigit()) {
                digits.push(digit);
            }
            if digits.len() < 2 {
                digits.clear();
            }
        }
        u32::from_str_radix(&digits, 16)
            .ok()
            .and_then(char::from_u32)
            .ok_or_else(|| r"\x needs two hexadecimal digits, or a code point in braces".into())
    }

    fn octal(&mut self, first: u32) -> char {
        let mut value = first;
        for _ in 0..2 {
            let Some(digit) = self.rest.next_if(|digit| digit.is_digit(8)) else {
                break;
            };
            value = value * 8 + digit.to_digit(8).unwrap_or(0);
        }
        char::from_u32(value).unwrap_or_default()
    }

    /// After `[`.
    fn class(&mut self) -> Result<(), String> {
        const UNCLOSED: &str = "a [ is not closed";
        self.written.push('[');
        if self.take('^') {
            self.written.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.take(']') {
                self.written.push(']');
                return Ok(());
            }
            first = false;
            match self.class_item()?.ok_or(UNCLOSED)? {
                ClassItem::Set(set) => self.written.push_str(&set),
                ClassItem::Character(start) => {
                    self.written.push_str(&literal(start));
                    let ahead = self.ahead();
                    if !ahead.starts_with('-') || ahead.starts_with("-]") {
                        continue;
                    }
                    self.rest.next();
                    match self.class_item()?.ok_or(UNCLOSED)? {
                        ClassItem::Character(end) if start <= end => {
                            self.written.push('-');
                            self.written.push_str(&literal(end));
                        }
                        ClassItem::Character(end) => {
                            return Err(format!("the range {start}-{end} runs backwards"));
                        }
                        ClassItem::Set(_) => {
                            return Err(format!("the range from {start} has no character at its end"));
                        }
                    }
                }
            }
        }
    }

    fn class_item(&mut self) -> Result<Option<ClassItem>, String> {
        let Some(character) = self.rest.next() else {
            return Ok(None);
        };
        match character {
            '\\' => self.escaped_item().map(Some),
            '[' if self.rest.peek() == Some(&':') => {
                let ahead = self.ahead();
                let Some((name, _)) = ahead[1..].split_once(":]") else {
                    return Ok(Some(ClassItem::Character('[')));
                };
                if !CLASS_NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return Err(format!("there is no class [:{name}:]"));
                }
                self.skip(name.len() + 3);
                Ok(Some(ClassItem::Set(format!("[:{name}:]"))))
            }
            other => Ok(Some(ClassItem::Character(other))),
        }
    }
}

/// A character that means itself, inside a class and outside.
fn literal(character: char) -> String {
    if character.is_alphanumeric() { character.to_string() } else { format!("\\x{{{:x}}}", u32::from(character)) }
}
