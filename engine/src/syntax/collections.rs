//! The grammar of what stands in brackets and braces: lists, objects, and `for` over them.

use infra_values::{Str, Value};

use super::lexer::{Lexeme, Token};
use super::parser::{Failure, Parsed, Parser};
use super::{Expression, ExpressionKind, For, Name, ObjectItem};

/// Lists and objects.
impl Parser<'_> {
    /// `[a, b]` or `[for …]`
    pub fn brackets(&mut self) -> Parsed<Expression> {
        let open = self.next();
        if self.next_if_word("for").is_some() {
            return self.for_expression(open, Token::CloseBracket);
        }
        let mut items = Vec::new();
        loop {
            if let Some(close) = self.next_if(Token::CloseBracket) {
                let span = self.span(open.start, close.end);
                return Ok(Expression::new(ExpressionKind::Tuple(items), span));
            }
            items.push(self.expression()?);
            let found = self.peek();
            if self.next_if(Token::Comma).is_none() && found.token != Token::CloseBracket {
                return Err(self.unclosed_list(open, found));
            }
        }
    }

    fn unclosed_list(&self, open: Lexeme, found: Lexeme) -> Failure {
        self.unclosed(
            open,
            found,
            if found.token == Token::End {
                "Unterminated tuple constructor expression"
            } else {
                "Missing item separator"
            },
            "A comma or `]` is expected behind an item of a list",
            "Add the comma, or close the list with `]`",
        )
    }

    /// `{ a = b }` or `{for …}`
    pub fn braces(&mut self) -> Parsed<Expression> {
        let open = self.next();
        let word = self.with_newlines(false, |parser| parser.next_if_word("for"));
        match word {
            Some(_) => self.with_newlines(false, |parser| parser.for_expression(open, Token::CloseBrace)),
            None => self.with_newlines(true, |parser| parser.object(open)),
        }
    }

    fn object(&mut self, open: Lexeme) -> Parsed<Expression> {
        let mut items = Vec::new();
        loop {
            while self.next_if(Token::Newline).is_some() {}
            if let Some(close) = self.next_if(Token::CloseBrace) {
                let span = self.span(open.start, close.end);
                return Ok(Expression::new(ExpressionKind::Object(items), span));
            }
            items.push(self.object_item(open)?);
            let found = self.peek();
            match found.token {
                Token::Comma | Token::Newline => {
                    self.next();
                }
                Token::CloseBrace => {}
                _ => return Err(self.unclosed_object(open, found)),
            }
        }
    }

    fn unclosed_object(&self, open: Lexeme, found: Lexeme) -> Failure {
        let is_end = found.token == Token::End;
        self.unclosed(
            open,
            found,
            if is_end { "Unterminated object constructor expression" } else { "Missing attribute separator" },
            "A line break, a comma or `}` is expected behind an attribute of an object",
            "Put the next attribute on a line of its own, or close the object with `}`",
        )
    }

    fn object_item(&mut self, open: Lexeme) -> Parsed<ObjectItem> {
        let is_literal_wanted = self.peek().token != Token::OpenParenthesis;
        let mut key = self.expression()?;
        if is_literal_wanted {
            Self::make_literal_key(&mut key);
        }
        let found = self.peek();
        match found.token {
            Token::Assign | Token::Colon => {
                self.next();
            }
            Token::End => return Err(self.unclosed_object(open, found)),
            Token::Newline | Token::Comma => {
                return Err(self.mistake(
                    found,
                    "Missing attribute value",
                    "An attribute of an object needs a value, but this one has just a name. Add `=` and the value; for \
                     a list of values, use square brackets.",
                ));
            }
            _ => {
                return Err(self.mistake(
                    found,
                    "Missing key/value separator",
                    format!(
                        "An equals sign is expected between the name and the value of an attribute, but {} stands \
                         here. Add the `=`.",
                        self.describe(found)
                    ),
                ));
            }
        }
        Ok(ObjectItem { key, value: self.expression()? })
    }

    /// A bare word as a key stands for itself, not for a variable.
    fn make_literal_key(key: &mut Expression) {
        let text = match &key.kind {
            ExpressionKind::Traversal(traversal) if traversal.steps.is_empty() => traversal.root.text.clone(),
            ExpressionKind::Literal(value) if value.is_null() => Str::from("null"),
            ExpressionKind::Literal(value) => match value.as_bool() {
                Some(value) => Str::from(value.to_string()),
                None => return,
            },
            // A key with a dot is only good where it is not evaluated: evaluating it is the mistake.
            _ => return,
        };
        key.kind = ExpressionKind::Literal(Value::string(text));
    }
}

/// `for`
impl Parser<'_> {
    /// `for key, value in collection : …` behind the bracket `open`.
    fn for_expression(&mut self, open: Lexeme, close: Token) -> Parsed<Expression> {
        const SUMMARY: &str = "Invalid 'for' expression";
        let (key_name, value_name) = self.for_names(SUMMARY)?;
        let collection = self.expression()?;
        let colon = self.next();
        if colon.token != Token::Colon {
            return Err(self.mistake(
                colon,
                SUMMARY,
                format!(
                    "A colon is expected behind the collection, but {} stands here. Add `:` and the result for \
                         each element.",
                    self.describe(colon)
                ),
            ));
        }
        let mut result = self.expression()?;
        let mut key_result = None;
        if self.next_if(Token::Arrow).is_some() {
            if close == Token::CloseBracket {
                return Err(self.mistake_at(
                    result.span,
                    SUMMARY,
                    "A `for` in square brackets makes a list, which has no keys. Use braces to make an object, or \
                     leave out the key and `=>`.",
                ));
            }
            key_result = Some(std::mem::replace(&mut result, self.expression()?));
        } else if close == Token::CloseBrace {
            return Err(self.mistake_at(
                result.span,
                SUMMARY,
                "A `for` in braces makes an object, which needs keys. Write `key => value`, or use square brackets to \
                 make a list.",
            ));
        }
        let ellipsis = self.peek();
        let groups = self.next_if(Token::Ellipsis).is_some();
        if groups && close == Token::CloseBracket {
            return Err(self.mistake(
                ellipsis,
                SUMMARY,
                "Only a `for` in braces can group values with `...`. Remove the `...`, or make an object.",
            ));
        }
        let condition = match self.next_if_word("if") {
            Some(_) => Some(self.expression()?),
            None => None,
        };
        let end = self.next();
        if end.token != close {
            return Err(self.unclosed(
                end,
                end,
                SUMMARY,
                "The closing bracket is expected at the end of a `for` expression",
                "Close it, or add what is missing in front of this",
            ));
        }
        let parts = For { key_name, value_name, collection, key_result, result, condition, groups };
        Ok(Expression::new(ExpressionKind::For(Box::new(parts)), self.span(open.start, end.end)))
    }

    /// `key, value in` or `value in`, of expressions and template directives.
    pub fn for_names(&mut self, summary: &str) -> Parsed<(Option<Name>, Name)> {
        let first = self.for_name(summary)?;
        let names = match self.next_if(Token::Comma) {
            Some(_) => (Some(first), self.for_name(summary)?),
            None => (None, first),
        };
        if self.next_if_word("in").is_none() {
            let found = self.peek();
            return Err(self.mistake(
                found,
                summary,
                format!(
                    "The word `in` is expected behind the names, but {} stands here. Write `for name in collection`.",
                    self.describe(found)
                ),
            ));
        }
        Ok(names)
    }

    fn for_name(&mut self, summary: &str) -> Parsed<Name> {
        let found = self.next();
        if found.token == Token::Identifier {
            return Ok(self.name(found));
        }
        Err(self.mistake(
            found,
            summary,
            format!(
                "A name for the element is expected, but {} stands here. Write `for name in collection`.",
                self.describe(found)
            ),
        ))
    }
}
