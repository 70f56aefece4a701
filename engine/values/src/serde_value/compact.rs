//! The lossless notation of values, types and marks. It is for files that only this program reads.
//!
//! ```text
//! text   = LENGTH ":" BYTES
//! type   = "a" | "b" | "n" | "s"                          any, bool, number, string
//!        | "l" type | "e" type | "m" type                 list, set, map
//!        | "t" COUNT ";" type…                            tuple
//!        | "o" COUNT ";" (["?"] text type)…               object; "?" marks an optional attribute
//! value  = [marks] kind
//! marks  = "!" ["s"] ["e"] ["d" COUNT ";" (text text)…] "."
//! kind   = "~" type | "T" | "F" | "#" NUMBER ";" | text   null, bools, number, string
//!        | "?" type "{" known… "}"                        unknown
//!        | "L" type COUNT ";" value…                      list; "S" a set
//!        | "M" type COUNT ";" (text value)…               map
//!        | "U" COUNT ";" value…                           tuple
//!        | "O" COUNT ";" (text value)…                    object
//! known  = "n" | "p" text                                 not null, string prefix
//!        | ("<" | ">") ["="] NUMBER ";"                   upper and lower bound, "=" when it may be reached
//!        | ("x" | "y") COUNT ";"                          least and greatest length
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::marks::DeferralCause;
use crate::types::ObjectType;
use crate::value::{Kind, Refinement, Unknown};
use crate::{Marks, Number, Str, Type, Value, nested};

pub(super) fn write_value(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.value(value);
    writer.text
}

pub(super) fn write_type(ty: &Type) -> String {
    let mut writer = Writer::default();
    writer.ty(ty);
    writer.text
}

pub(super) fn write_marks(marks: &Marks) -> String {
    let mut writer = Writer::default();
    writer.marks(marks);
    writer.text
}

pub(super) fn read_value(text: &str) -> Result<Value, CompactError> {
    read_whole(text, Reader::value)
}

pub(super) fn read_type(text: &str) -> Result<Type, CompactError> {
    read_whole(text, Reader::ty)
}

pub(super) fn read_marks(text: &str) -> Result<Marks, CompactError> {
    read_whole(text, Reader::marks)
}

fn read_whole<'t, T>(
    text: &'t str,
    read: impl FnOnce(&mut Reader<'t>) -> Result<T, CompactError>,
) -> Result<T, CompactError> {
    let mut reader = Reader { text, position: 0 };
    let result = read(&mut reader)?;
    if reader.position == text.len() { Ok(result) } else { Err(reader.expected("the end")) }
}

/// The notation is damaged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored value is damaged at byte {position}: expected {expected}")]
pub(super) struct CompactError {
    position: usize,
    expected: &'static str,
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn count(&mut self, count: usize) {
        self.number(count);
        self.text.push(';');
    }

    fn string(&mut self, text: &str) {
        self.number(text.len());
        self.text.push(':');
        self.text.push_str(text);
    }

    fn number(&mut self, number: usize) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{number}");
    }

    fn ty(&mut self, ty: &Type) {
        nested(|| match ty {
            Type::Any => self.text.push('a'),
            Type::Bool => self.text.push('b'),
            Type::Number => self.text.push('n'),
            Type::String => self.text.push('s'),
            Type::List(element) => self.tagged_type('l', element),
            Type::Set(element) => self.tagged_type('e', element),
            Type::Map(element) => self.tagged_type('m', element),
            Type::Tuple(elements) => {
                self.text.push('t');
                self.count(elements.len());
                elements.iter().for_each(|element| self.ty(element));
            }
            Type::Object(object) => {
                self.text.push('o');
                self.count(object.attributes.len());
                for (name, ty) in &object.attributes {
                    if object.optional.contains(name) {
                        self.text.push('?');
                    }
                    self.string(name);
                    self.ty(ty);
                }
            }
        });
    }

    fn tagged_type(&mut self, tag: char, ty: &Type) {
        self.text.push(tag);
        self.ty(ty);
    }

    fn marks(&mut self, marks: &Marks) {
        self.text.push('!');
        if marks.is_sensitive() {
            self.text.push('s');
        }
        if marks.is_ephemeral() {
            self.text.push('e');
        }
        if marks.is_deferred() {
            self.text.push('d');
            self.count(marks.deferral_causes().count());
            for cause in marks.deferral_causes() {
                self.string(&cause.address);
                self.string(&cause.reason);
            }
        }
        self.text.push('.');
    }

    fn value(&mut self, value: &Value) {
        if !value.marks().is_empty() {
            self.marks(value.marks());
        }
        match value.kind() {
            Kind::Null(ty) => self.tagged_type('~', ty),
            Kind::Unknown(unknown) => self.unknown(unknown),
            Kind::Bool(true) => self.text.push('T'),
            Kind::Bool(false) => self.text.push('F'),
            Kind::Number(number) => self.tagged_number("#", number),
            Kind::String(text) => self.string(text),
            Kind::List(element, items) => {
                self.tagged_type('L', element);
                self.items(items);
            }
            Kind::Set(element, items) => {
                self.tagged_type('S', element);
                self.items(items);
            }
            Kind::Map(element, entries) => {
                self.tagged_type('M', element);
                self.entries(entries);
            }
            Kind::Tuple(items) => {
                self.text.push('U');
                self.items(items);
            }
            Kind::Object(attributes) => {
                self.text.push('O');
                self.entries(attributes);
            }
        }
    }

    fn tagged_number(&mut self, tag: &str, number: &Number) {
        self.text.push_str(tag);
        self.text.push_str(&number.to_exact_text());
        self.text.push(';');
    }

    fn items(&mut self, items: &[Value]) {
        self.count(items.len());
        nested(|| items.iter().for_each(|item| self.value(item)));
    }

    fn entries(&mut self, entries: &BTreeMap<Str, Value>) {
        self.count(entries.len());
        nested(|| {
            for (name, value) in entries {
                self.string(name);
                self.value(value);
            }
        });
    }

    fn unknown(&mut self, unknown: &Unknown) {
        self.tagged_type('?', &unknown.ty);
        self.text.push('{');
        if let Some(known) = &unknown.refinement {
            if known.not_null {
                self.text.push('n');
            }
            if let Some(prefix) = &known.string_prefix {
                self.text.push('p');
                self.string(prefix);
            }
            if let Some((bound, is_inclusive)) = &known.number_min {
                self.tagged_number(if *is_inclusive { ">=" } else { ">" }, bound);
            }
            if let Some((bound, is_inclusive)) = &known.number_max {
                self.tagged_number(if *is_inclusive { "<=" } else { "<" }, bound);
            }
            if let Some(length) = known.length_min {
                self.text.push('x');
                self.count(length);
            }
            if let Some(length) = known.length_max {
                self.text.push('y');
                self.count(length);
            }
        }
        self.text.push('}');
    }
}

struct Reader<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Reader<'t> {
    fn expected(&self, expected: &'static str) -> CompactError {
        CompactError { position: self.position, expected }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn take(&mut self, expected: &'static str) -> Result<u8, CompactError> {
        let byte = self.peek().ok_or_else(|| self.expected(expected))?;
        self.position += 1;
        Ok(byte)
    }

    fn take_if(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.position += usize::from(is_there);
        is_there
    }

    fn until(&mut self, end: char, expected: &'static str) -> Result<&'t str, CompactError> {
        let rest = self.text.get(self.position..).ok_or_else(|| self.expected(expected))?;
        let length = rest.find(end).ok_or_else(|| self.expected(expected))?;
        self.position += length + 1;
        Ok(&rest[..length])
    }

    fn count(&mut self) -> Result<usize, CompactError> {
        self.until(';', "a count")?.parse().map_err(|_| self.expected("a count"))
    }

    fn string(&mut self) -> Result<&'t str, CompactError> {
        let length: usize = self.until(':', "a length")?.parse().map_err(|_| self.expected("a length"))?;
        let end = self.position.checked_add(length).ok_or_else(|| self.expected("a length"))?;
        let text = self.text.get(self.position..end).ok_or_else(|| self.expected("a text"))?;
        self.position = end;
        Ok(text)
    }

    fn number(&mut self) -> Result<Number, CompactError> {
        let text = self.until(';', "a number")?;
        Number::from_exact_text(text).map_err(|_| self.expected("a number"))
    }

    fn ty(&mut self) -> Result<Type, CompactError> {
        const EXPECTED: &str = "a type";
        let tag = self.take(EXPECTED)?;
        nested(|| match tag {
            b'a' => Ok(Type::Any),
            b'b' => Ok(Type::Bool),
            b'n' => Ok(Type::Number),
            b's' => Ok(Type::String),
            b'l' => Ok(Type::list(self.ty()?)),
            b'e' => Ok(Type::set(self.ty()?)),
            b'm' => Ok(Type::map(self.ty()?)),
            b't' => {
                let count = self.count()?;
                Ok(Type::tuple((0..count).map(|_| self.ty()).collect::<Result<Vec<_>, _>>()?))
            }
            b'o' => {
                let mut object = ObjectType::default();
                for _ in 0..self.count()? {
                    let is_optional = self.take_if(b'?');
                    let name = Str::from(self.string()?);
                    if is_optional {
                        object.optional.insert(name.clone());
                    }
                    object.attributes.insert(name, self.ty()?);
                }
                Ok(Type::Object(object.into()))
            }
            _ => Err(self.expected(EXPECTED)),
        })
    }

    fn marks(&mut self) -> Result<Marks, CompactError> {
        if !self.take_if(b'!') {
            return Err(self.expected("marks"));
        }
        let mut marks = Marks::NONE;
        if self.take_if(b's') {
            marks = marks.union(&Marks::sensitive());
        }
        if self.take_if(b'e') {
            marks = marks.union(&Marks::ephemeral());
        }
        if self.take_if(b'd') {
            for _ in 0..self.count()? {
                let address = self.string()?.into();
                let reason = self.string()?.into();
                marks = marks.union(&Marks::deferred(DeferralCause { address, reason }));
            }
        }
        if self.take_if(b'.') { Ok(marks) } else { Err(self.expected("the end of marks")) }
    }

    fn value(&mut self) -> Result<Value, CompactError> {
        const EXPECTED: &str = "a value";
        let marks = if self.peek() == Some(b'!') { self.marks()? } else { Marks::NONE };
        let value = match self.peek().ok_or_else(|| self.expected(EXPECTED))? {
            b'0'..=b'9' => Kind::String(self.string()?.into()).into(),
            tag => {
                self.position += 1;
                match tag {
                    b'~' => Value::null(self.ty()?),
                    b'?' => self.unknown()?,
                    b'T' => Value::bool(true),
                    b'F' => Value::bool(false),
                    b'#' => Value::number(self.number()?),
                    b'L' => Value::list(self.ty()?, self.items()?),
                    b'S' => Value::set(self.ty()?, self.items()?),
                    b'M' => Value::map(self.ty()?, self.entries()?),
                    b'U' => Value::tuple(self.items()?),
                    b'O' => Value::object(self.entries()?),
                    _ => return Err(self.expected(EXPECTED)),
                }
            }
        };
        Ok(value.with_only_marks(marks))
    }

    fn items(&mut self) -> Result<Vec<Value>, CompactError> {
        let count = self.count()?;
        nested(|| (0..count).map(|_| self.value()).collect())
    }

    fn entries(&mut self) -> Result<BTreeMap<Str, Value>, CompactError> {
        let count = self.count()?;
        nested(|| {
            (0..count)
                .map(|_| {
                    let name = Str::from(self.string()?);
                    Ok((name, self.value()?))
                })
                .collect()
        })
    }

    fn unknown(&mut self) -> Result<Value, CompactError> {
        const EXPECTED: &str = "what is known about an unknown value";
        let ty = self.ty()?;
        let mut known = Refinement::default();
        if !self.take_if(b'{') {
            return Err(self.expected(EXPECTED));
        }
        loop {
            match self.take(EXPECTED)? {
                b'}' => return Ok(Value::unknown_refined(ty, known)),
                b'n' => known.not_null = true,
                b'p' => known.string_prefix = Some(self.string()?.into()),
                b'>' => known.number_min = Some(self.bound()?),
                b'<' => known.number_max = Some(self.bound()?),
                b'x' => known.length_min = Some(self.count()?),
                b'y' => known.length_max = Some(self.count()?),
                _ => return Err(self.expected(EXPECTED)),
            }
        }
    }

    fn bound(&mut self) -> Result<(Number, bool), CompactError> {
        let is_inclusive = self.take_if(b'=');
        Ok((self.number()?, is_inclusive))
    }
}
