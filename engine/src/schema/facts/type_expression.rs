//! Type expressions of facts: `map(string)`, `list(object({a=string, b=set(number)}))`.
//!
//! Deliberately elsewhere: type constraints of configurations, which are expressions of the language.

use infra_values::{Str, Type};

/// Reads a type expression. The error says what was expected where.
pub fn parse_type(expression: &str) -> Result<Type, String> {
    let mut reader = Reader { expression, at: 0 };
    let ty = reader.ty()?;
    reader.skip_spaces();
    if reader.at < expression.len() {
        return Err(reader.expected("the end"));
    }
    Ok(ty)
}

struct Reader<'e> {
    expression: &'e str,
    at: usize,
}

impl<'e> Reader<'e> {
    fn ty(&mut self) -> Result<Type, String> {
        match self.word()? {
            "any" => Ok(Type::Any),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            "list" => self.element().map(Type::list),
            "set" => self.element().map(Type::set),
            "map" => self.element().map(Type::map),
            "object" => self.object(),
            other => Err(format!("{other:?} in {:?} is not a type", self.expression)),
        }
    }

    fn element(&mut self) -> Result<Type, String> {
        self.symbol('(')?;
        let element = self.ty()?;
        self.symbol(')')?;
        Ok(element)
    }

    fn object(&mut self) -> Result<Type, String> {
        let mut attributes: Vec<(Str, Type)> = Vec::new();
        self.symbol('(')?;
        self.symbol('{')?;
        while !self.takes('}') {
            if !attributes.is_empty() {
                self.symbol(',')?;
            }
            let name = self.word()?;
            self.symbol('=')?;
            attributes.push((name.into(), self.ty()?));
        }
        self.symbol(')')?;
        Ok(Type::object(attributes))
    }

    fn word(&mut self) -> Result<&'e str, String> {
        self.skip_spaces();
        let rest = &self.expression[self.at..];
        let word_length = rest
            .find(|character: char| !character.is_alphanumeric() && character != '_' && character != '-')
            .unwrap_or(rest.len());
        if word_length == 0 {
            return Err(self.expected("a name"));
        }
        self.at += word_length;
        Ok(&rest[..word_length])
    }

    fn symbol(&mut self, symbol: char) -> Result<(), String> {
        if self.takes(symbol) { Ok(()) } else { Err(self.expected(&format!("`{symbol}`"))) }
    }

    fn takes(&mut self, symbol: char) -> bool {
        self.skip_spaces();
        let taken = self.expression[self.at..].starts_with(symbol);
        if taken {
            self.at += symbol.len_utf8();
        }
        taken
    }

    fn skip_spaces(&mut self) {
        let rest = &self.expression[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn expected(&self, what: &str) -> String {
        format!("the type {:?} needs {what} at character {}", self.expression, self.at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_back_as_written() {
        for expression in [
            "any",
            "string",
            "map(list(bool))",
            "set(object({a = string, b = list(object({c = number}))}))",
            "object({})",
        ] {
            assert_eq!(parse_type(expression).unwrap().to_string(), expression);
        }
        assert_eq!(parse_type("object({a=string,b=bool})"), parse_type("object({ a = string, b = bool })"));
    }

    #[test]
    fn what_is_no_type_says_where() {
        for (expression, problem) in [
            ("strin", "\"strin\" in \"strin\" is not a type"),
            ("list(string", "the type \"list(string\" needs `)` at character 12"),
            ("string)", "the type \"string)\" needs the end at character 7"),
            ("object({a string})", "the type \"object({a string})\" needs `=` at character 11"),
        ] {
            assert_eq!(parse_type(expression).unwrap_err(), problem);
        }
    }
}
