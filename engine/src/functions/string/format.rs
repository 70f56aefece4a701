//! `format` and `formatlist`: text with verbs, in the style of C's `printf`.
//!
//! A verb is `%`, flags (`0`, `#`, `-`, `+`, space), a width, `.` and a precision, `[n]` for the n-th argument, and a
//! letter: `v` any value, `s` and `q` text, `t` bool, `d b o x X` whole numbers, `e E f g G` numbers.

use infra_values::convert::convert;
use infra_values::{Kind, Number, Refinement, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::decimal::Decimal;
use super::length_in_characters;
use crate::functions::arguments::{Outcome, any, items, length, list_of_string, string, text};
use crate::functions::encoding::json_text;
use crate::functions::{Context, Function, FunctionError, Parameter, Returns};

const FORMAT_TEXT: Parameter = Parameter::new("format", string);
const ARGS: Parameter = Parameter::new("args", any).nullable().sees_unknown();

pub(in crate::functions) const FORMAT: Function = Function::new(
    "format",
    "Builds a string from a format and values: `format(\"%s-%03d\", name, 7)`.",
    &[FORMAT_TEXT],
    Returns::Fixed(string),
    format_one,
)
.variadic(ARGS)
.shown_as(|| Type::Any);

pub(in crate::functions) const FORMATLIST: Function = Function::new(
    "formatlist",
    "Builds a list of strings from a format and lists of the same length; other values are the same for each string.",
    &[FORMAT_TEXT],
    Returns::Fixed(list_of_string),
    format_list,
)
.variadic(ARGS)
.shown_as(|| Type::Any);

/// Whether a value is a bare `null`. In Terraform, formatting one gives an unknown value.
fn is_untyped_null(value: &Value) -> bool {
    value.is_null() && value.ty() == Type::Any
}

fn format_one(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let [format, values @ ..] = arguments else {
        return Err(FunctionError::new("a format is required"));
    };
    if context.language().is_strict() && values.iter().any(is_untyped_null) {
        return Ok(Value::unknown(Type::Any));
    }
    let format = text(format);
    if values.iter().all(Value::is_wholly_known) {
        return Ok(Value::string(render(format, values)?));
    }
    let beginning = format.split_once('%').map_or("", |(literal, _)| literal);
    Ok(Value::unknown_refined(
        Type::String,
        Refinement { string_prefix: (!beginning.is_empty()).then(|| beginning.into()), ..Refinement::default() },
    ))
}

fn format_list(context: &dyn Context, arguments: &[Value]) -> Outcome {
    let [format, values @ ..] = arguments else {
        return Err(FunctionError::new("a format is required"));
    };
    if context.language().is_strict() && values.iter().any(is_untyped_null) {
        return Ok(Value::unknown(Type::Any));
    }
    let mut count: Option<(usize, usize)> = None;
    let mut undecided = false;
    for (position, value) in values.iter().enumerate() {
        undecided |= !value.is_known() && value.ty() == Type::Any;
        if !is_sequence(value) {
            continue;
        }
        let Some(length) = length(value) else {
            undecided = true;
            continue;
        };
        undecided |= !value.is_known();
        match count {
            Some((other, expected)) if expected != length => {
                let message = format!(
                    "the lists have different lengths: value {} has {expected}, value {} has {length}",
                    other + 1,
                    position + 1
                );
                return Err(FunctionError::argument(position + 1, message));
            }
            Some(_) => {}
            None => count = Some((position, length)),
        }
    }
    if undecided {
        return Ok(Value::unknown(list_of_string()));
    }
    let rounds = count.map_or(1, |(_, length)| length);
    let lines = (0..rounds)
        .map(|round| {
            let chosen: Vec<Value> = values.iter().map(|value| of_round(value, round)).collect();
            if !chosen.iter().all(Value::is_wholly_known) {
                return Ok(Value::unknown_not_null(Type::String));
            }
            render(text(format), &chosen)
                .map(Value::string)
                .map_err(|error| FunctionError { message: format!("element {round}: {}", error.message), ..error })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Value::list(Type::String, lines))
}

fn is_sequence(value: &Value) -> bool {
    match value.kind() {
        Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => true,
        Kind::Unknown(unknown) => {
            matches!(unknown.ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
        }
        _ => false,
    }
}

fn of_round(value: &Value, round: usize) -> Value {
    if is_sequence(value) { items(value).get(round).unwrap_or(value).clone() } else { value.clone() }
}

/// A verb of a format.
struct Verb<'f> {
    /// As written, with its offset in bytes.
    written: &'f str,
    offset: usize,
    /// Counted from 1.
    argument: usize,
    letter: char,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

impl Verb<'_> {
    fn fails(&self, why: impl std::fmt::Display) -> FunctionError {
        FunctionError::new(format!(
            "{:?} at offset {} of the format cannot be filled in: {why}",
            self.written, self.offset
        ))
    }
}

/// Wider fields are a mistake, not a wish.
const WIDTH_MAX: usize = 1_000_000;

/// Fills known values into a format.
fn render(format: &str, values: &[Value]) -> Result<String, FunctionError> {
    let mut output = String::with_capacity(format.len());
    let mut next_argument = 1;
    let mut used_max = 0;
    let mut rest = format;
    while let Some((literal, after)) = rest.split_once('%') {
        output.push_str(literal);
        if let Some(after) = after.strip_prefix('%') {
            output.push('%');
            rest = after;
            continue;
        }
        let offset = format.len() - after.len() - 1;
        let verb = Scanner { format, at: offset + 1 }.verb(offset, next_argument)?;
        let Some(value) = values.get(verb.argument - 1) else {
            return Err(FunctionError::new(format!(
                "{:?} at offset {offset} of the format needs value {}, but {} is the number of values",
                verb.written,
                verb.argument,
                values.len()
            )));
        };
        output.push_str(&fill(&verb, value)?);
        used_max = used_max.max(verb.argument);
        next_argument = verb.argument + 1;
        rest = &format[offset + verb.written.len()..];
    }
    output.push_str(rest);
    if used_max < values.len() {
        let message = match used_max {
            0 => "there are too many values: the format has no verb such as %s".to_owned(),
            used => format!("there are too many values: the format uses only {used}"),
        };
        return Err(FunctionError::argument(used_max + 1, message));
    }
    Ok(output)
}

/// Reads one verb.
struct Scanner<'f> {
    format: &'f str,
    at: usize,
}

impl<'f> Scanner<'f> {
    fn peek(&self) -> Option<char> {
        self.format[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Digits as a number, as large as fields may be at most; `None` where there is no digit.
    fn number(&mut self) -> Result<Option<usize>, FunctionError> {
        let start = self.at;
        while self.peek().is_some_and(|digit| digit.is_ascii_digit()) {
            self.at += 1;
        }
        if start == self.at {
            return Ok(None);
        }
        let digits = &self.format[start..self.at];
        match digits.parse() {
            Ok(number) if number <= WIDTH_MAX => Ok(Some(number)),
            _ => Err(FunctionError::new(format!("{digits} is too large; {WIDTH_MAX} is the most"))),
        }
    }

    fn unexpected(&self) -> FunctionError {
        let message = match self.peek() {
            Some(character) => format!("{character:?} at offset {} is not part of a verb such as %s or %5.1f", self.at),
            None => "it ends in the middle of a verb; write %% for a percent sign".to_owned(),
        };
        FunctionError::new(format!("the format is not valid: {message}"))
    }

    /// The verb that starts with the `%` at `offset`.
    fn verb(mut self, offset: usize, next_argument: usize) -> Result<Verb<'f>, FunctionError> {
        let mut verb = Verb {
            written: "",
            offset,
            argument: next_argument,
            letter: ' ',
            zero: false,
            sharp: false,
            plus: false,
            minus: false,
            space: false,
            width: 0,
            precision: None,
        };
        while let Some(flag) = self.peek() {
            match flag {
                '0' => verb.zero = true,
                '#' => verb.sharp = true,
                '+' => verb.plus = true,
                '-' => verb.minus = true,
                ' ' => verb.space = true,
                _ => break,
            }
            self.at += 1;
        }
        verb.width = self.number()?.unwrap_or(0);
        if self.take('.') {
            verb.precision = Some(self.number()?.unwrap_or(0));
        }
        if self.take('[') {
            if self.peek() == Some('0') {
                return Err(self.unexpected());
            }
            let Some(argument) = self.number()? else {
                return Err(self.unexpected());
            };
            if !self.take(']') {
                return Err(self.unexpected());
            }
            verb.argument = argument;
        }
        match self.peek() {
            Some(letter) if letter.is_ascii_alphabetic() => verb.letter = letter,
            _ => return Err(self.unexpected()),
        }
        verb.written = &self.format[offset..=self.at];
        Ok(verb)
    }
}

fn fill(verb: &Verb<'_>, value: &Value) -> Result<String, FunctionError> {
    let fails = |error: infra_values::convert::ConvertError| verb.fails(error);
    if verb.letter != 'v' && value.is_null() {
        return Err(verb.fails("the value is null; only %v shows null"));
    }
    Ok(match verb.letter {
        'v' => padded(verb, anything(verb, value)?),
        't' => convert(value, &Type::Bool).map_err(fails)?.as_bool().unwrap_or_default().to_string(),
        's' => {
            let converted = convert(value, &Type::String).map_err(fails)?;
            padded(verb, shortened(verb, text(&converted)))
        }
        'q' => {
            let converted = convert(value, &Type::String).map_err(fails)?;
            padded(verb, json_text(&Value::string(shortened(verb, text(&converted))))?)
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let converted = convert(value, &Type::Number).map_err(fails)?;
            let number = converted.as_number().cloned().unwrap_or(Number::ZERO);
            match verb.letter {
                'e' | 'E' | 'f' | 'g' | 'G' => fractional(verb, &number),
                _ if !number.is_integer() => {
                    return Err(verb.fails(format!("{number} is not a whole number")));
                }
                _ => whole(verb, &number),
            }
        }
        other => return Err(verb.fails(format!("there is no verb %{other}; %v shows any value"))),
    })
}

/// `%v`: text and numbers as they are, anything else as JSON; `%#v`: JSON.
fn anything(verb: &Verb<'_>, value: &Value) -> Result<String, FunctionError> {
    match value.kind() {
        Kind::String(text) if !verb.sharp => Ok(text.to_string()),
        Kind::Number(number) if !verb.sharp && !number.is_finite() => Ok(number.to_string()),
        Kind::Number(number) if !verb.sharp => {
            let decimal = Decimal::shortest(number);
            Ok(signed(decimal.negative, decimal.general(None)))
        }
        _ => json_text(value),
    }
}

fn signed(negative: bool, digits: String) -> String {
    if negative { format!("-{digits}") } else { digits }
}

/// The first characters, as many as the precision says; a precision of 0 says nothing.
fn shortened(verb: &Verb<'_>, text: &str) -> String {
    match verb.precision {
        None | Some(0) => text.to_owned(),
        Some(precision) => text.graphemes(true).take(precision).collect(),
    }
}

/// Text brought to the width of the verb.
fn padded(verb: &Verb<'_>, text: String) -> String {
    let padding = verb.width.saturating_sub(length_in_characters(&text));
    let fill = if verb.zero { "0" } else { " " }.repeat(padding);
    if verb.minus { text + &fill } else { fill + &text }
}

fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    match negative {
        true => "-",
        false if verb.plus => "+",
        false if verb.space => " ",
        false => "",
    }
}

fn whole(verb: &Verb<'_>, number: &Number) -> String {
    let magnitude = number.abs().to_string().parse::<dashu_int::UBig>().unwrap_or_default();
    let (prefix, digits) = match verb.letter {
        'b' => ("0b", magnitude.in_radix(2).to_string()),
        'o' => ("0", magnitude.in_radix(8).to_string()),
        'x' => ("0x", magnitude.in_radix(16).to_string()),
        'X' => ("0X", format!("{magnitude:X}")),
        _ => ("", magnitude.to_string()),
    };
    if verb.precision == Some(0) && digits == "0" {
        return String::new();
    }
    let before = format!("{}{}", sign(verb, number.signum() < 0), if verb.sharp { prefix } else { "" });
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let missing = verb.width.saturating_sub(before.len() + zeros + digits.len());
    let (left, right) = match (verb.minus, verb.zero && verb.precision.is_none()) {
        (true, _) => (0, missing),
        (false, true) => {
            zeros += missing;
            (0, 0)
        }
        (false, false) => (missing, 0),
    };
    format!("{}{before}{}{digits}{}", " ".repeat(left), "0".repeat(zeros), " ".repeat(right))
}

/// An infinity has a sign always, and is never padded with zeros.
fn infinite(verb: &Verb<'_>, number: &Number) -> String {
    let sign = match sign(verb, number.signum() < 0) {
        "" => "+",
        sign => sign,
    };
    let text = format!("{sign}Inf");
    let padding = " ".repeat(verb.width.saturating_sub(text.len()));
    if verb.minus { text + &padding } else { padding + &text }
}

fn fractional(verb: &Verb<'_>, number: &Number) -> String {
    const DECIMALS_DEFAULT: usize = 6;
    if !number.is_finite() {
        return infinite(verb, number);
    }
    let decimals = verb.precision.unwrap_or(DECIMALS_DEFAULT);
    let exact = || Decimal::exact(number);
    let digits = match (verb.letter, verb.precision) {
        ('f', _) => exact().fixed(decimals),
        ('e' | 'E', _) => exact().scientific(decimals),
        (_, None) => Decimal::shortest(number).general(None),
        (_, precision) => exact().general(precision),
    };
    let digits = if verb.letter.is_ascii_uppercase() { digits.to_ascii_uppercase() } else { digits };
    let sign = sign(verb, Decimal::shortest(number).negative);
    let padding = verb.width.saturating_sub(sign.len() + digits.len());
    match (verb.zero, verb.minus) {
        (true, _) => format!("{sign}{}{digits}", "0".repeat(padding)),
        (false, true) => format!("{sign}{digits}{}", " ".repeat(padding)),
        (false, false) => format!("{}{sign}{digits}", " ".repeat(padding)),
    }
}
