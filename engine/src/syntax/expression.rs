//! The grammar of expressions.

use infra_values::{Number, Str, Type, Value};

use super::lexer::{Lexeme, Token};
use super::parser::{Failure, OPERATORS_MAX, Parsed, Parser};
use super::{BinaryOperator, Call, Expression, ExpressionKind, Traversal, UnaryOperator};

impl Parser<'_> {
    /// Any expression.
    pub fn expression(&mut self) -> Parsed<Expression> {
        self.nested(Self::conditional)
    }

    /// `condition ? yes : no`, or just what binds tighter.
    fn conditional(&mut self) -> Parsed<Expression> {
        let condition = self.binary(0)?;
        if self.next_if(Token::Question).is_none() {
            return Ok(condition);
        }
        let yes = self.expression()?;
        let colon = self.next();
        if colon.token != Token::Colon {
            return Err(self.mistake(
                colon,
                "Missing false expression in conditional",
                format!(
                    "A conditional has two results, `condition ? yes : no`, but {} stands where `:` and the second \
                     result should. Add them.",
                    self.describe(colon)
                ),
            ));
        }
        let no = self.expression()?;
        let span = condition.span.to(no.span);
        let (condition, yes, no) = (Box::new(condition), Box::new(yes), Box::new(no));
        Ok(Expression::new(ExpressionKind::Conditional { condition, yes, no }, span))
    }

    /// A chain of binary operators that bind at least as tightly as `precedence_min`. All group to the left.
    fn binary(&mut self, precedence_min: u8) -> Parsed<Expression> {
        let operators_outside = std::mem::take(&mut self.operators);
        let mut left = self.term()?;
        let mut operators = 0;
        while let Some((operator, precedence)) = binary_operator(self.peek().token)
            && precedence >= precedence_min
        {
            let found = self.next();
            operators += 1;
            if self.operators + operators > OPERATORS_MAX {
                return Err(self.mistake(
                    found,
                    "Expression too long",
                    format!(
                        "At most {OPERATORS_MAX} operators can follow one another. Use a list with a function such \
                         as `sum`, `alltrue`, `anytrue` or `join`, or move a part into a local value."
                    ),
                ));
            }
            let operator_span = self.span_of(found);
            let right = self.binary(precedence + 1)?;
            let span = left.span.to(right.span);
            let (first, second) = (Box::new(left), Box::new(right));
            let kind = ExpressionKind::Binary { operator, operator_span, left: first, right: second };
            left = Expression::new(kind, span);
        }
        self.operators = operators_outside.max(self.operators + operators);
        Ok(left)
    }

    /// An operand with its unary operators and the steps behind it.
    fn term(&mut self) -> Parsed<Expression> {
        let first = self.peek();
        let operator = match first.token {
            Token::Minus => UnaryOperator::Negate,
            Token::Not => UnaryOperator::Not,
            _ => {
                let source = self.operand()?;
                return self.steps_behind(source);
            }
        };
        self.next();
        let operand = self.nested(Self::term)?;
        let span = self.span_of(first).to(operand.span);
        Ok(Expression::new(ExpressionKind::Unary { operator, operand: Box::new(operand) }, span))
    }

    fn operand(&mut self) -> Parsed<Expression> {
        let first = self.peek();
        match first.token {
            Token::Number => {
                self.next();
                self.number(first)
            }
            Token::Identifier => {
                self.next();
                self.word(first)
            }
            Token::Quote => self.quoted(),
            Token::HeredocStart => self.heredoc(),
            Token::OpenParenthesis => self.parentheses(),
            Token::OpenBracket => self.with_newlines(false, Self::brackets),
            Token::OpenBrace => self.braces(),
            Token::End | Token::Newline => Err(self.mistake(
                first,
                if first.token == Token::End { "Missing expression" } else { "Invalid expression" },
                format!("A value is expected here, but {} comes first. Add the value.", self.describe(first)),
            )),
            _ => Err(self.mistake(
                first,
                "Invalid expression",
                format!(
                    "A value is expected here, but no value begins with {}. Write a literal, a reference, a function \
                     call, or an expression in parentheses.",
                    self.describe(first)
                ),
            )),
        }
    }

    pub fn number(&mut self, found: Lexeme) -> Parsed<Expression> {
        let text = self.source(found);
        let number: Number = text.parse().map_err(|error| {
            self.mistake(
                found,
                "Invalid number",
                format!(
                    "`{text}` cannot be read as a number: {error}. Write a number within that limit, or quote \
                         it if it is text."
                ),
            )
        })?;
        Ok(Expression::new(ExpressionKind::Literal(Value::number(number)), self.span_of(found)))
    }

    /// A keyword, a function call or a variable.
    fn word(&mut self, word: Lexeme) -> Parsed<Expression> {
        if matches!(self.peek().token, Token::OpenParenthesis | Token::DoubleColon) {
            return self.call(word);
        }
        let kind = match self.source(word) {
            "true" => ExpressionKind::Literal(Value::bool(true)),
            "false" => ExpressionKind::Literal(Value::bool(false)),
            "null" => ExpressionKind::Literal(Value::null(Type::Any)),
            _ => ExpressionKind::Traversal(Traversal { root: self.name(word), steps: Vec::new() }),
        };
        Ok(Expression::new(kind, self.span_of(word)))
    }

    fn parentheses(&mut self) -> Parsed<Expression> {
        let open = self.next();
        let (inner, close) = self.with_newlines(false, |parser| Ok((parser.expression()?, parser.next())))?;
        if close.token != Token::CloseParenthesis {
            return Err(self.unclosed(
                close,
                close,
                "Unbalanced parentheses",
                "A `)` is expected to close the parenthesis",
                "Add the `)`, or the operator that is missing in front of this",
            ));
        }
        let span = self.span(open.start, close.end);
        Ok(Expression::new(ExpressionKind::Parentheses(Box::new(inner)), span))
    }

    /// `name(arguments…)`, `namespace::name(arguments…)`
    fn call(&mut self, first: Lexeme) -> Parsed<Expression> {
        let mut name = self.name(first);
        while self.next_if(Token::DoubleColon).is_some() {
            let part = self.next();
            if part.token != Token::Identifier {
                return Err(self.mistake(
                    part,
                    "Missing function name",
                    format!(
                        "The name of a function is expected behind `::`, but {} stands here. Add the name.",
                        self.describe(part)
                    ),
                ));
            }
            name.text = Str::from(format!("{}::{}", name.text, self.source(part)));
            name.span = name.span.to(self.span_of(part));
        }
        let open = self.peek();
        if open.token != Token::OpenParenthesis {
            return Err(self.mistake(
                open,
                "Missing open parenthesis",
                format!("`{}` can only be the name of a function. Add its arguments in parentheses.", name.text),
            ));
        }
        let (arguments, expands_last, close) = self.with_newlines(false, |parser| parser.arguments(first))?;
        let span = name.span.to(self.span_of(close));
        Ok(Expression::new(ExpressionKind::Call(Box::new(Call { name, arguments, expands_last })), span))
    }

    /// The arguments with their parentheses; whether the last one is expanded; the closing parenthesis. `name` is where
    /// the call begins.
    fn arguments(&mut self, name: Lexeme) -> Parsed<(Vec<Expression>, bool, Lexeme)> {
        self.next();
        let mut arguments = Vec::new();
        loop {
            if let Some(close) = self.next_if(Token::CloseParenthesis) {
                return Ok((arguments, false, close));
            }
            arguments.push(self.expression()?);
            if let Some(ellipsis) = self.next_if(Token::Ellipsis) {
                let close = self.next();
                if close.token == Token::CloseParenthesis {
                    return Ok((arguments, true, close));
                }
                return Err(self.mistake(
                    ellipsis,
                    "Missing closing parenthesis",
                    "Only the last argument can be expanded with `...`. Close the call with `)` right behind it.",
                ));
            }
            let found = self.peek();
            if self.next_if(Token::Comma).is_none() && found.token != Token::CloseParenthesis {
                return Err(self.unclosed_arguments(name, found));
            }
        }
    }

    fn unclosed_arguments(&self, name: Lexeme, found: Lexeme) -> Failure {
        let is_end = found.token == Token::End;
        self.unclosed(
            name,
            found,
            if is_end { "Unterminated function call" } else { "Missing argument separator" },
            "A comma or `)` is expected behind an argument of a function call",
            "Add the comma, or close the call with `)`",
        )
    }

    /// Something bracketed that neither goes on nor ends. At the end of the text, `open` is the place to look at.
    pub fn unclosed(&self, open: Lexeme, found: Lexeme, summary: &str, expected: &str, advice: &str) -> Failure {
        let place = if found.token == Token::End { open } else { found };
        self.mistake(place, summary, format!("{expected}, but {} comes first. {advice}.", self.describe(found)))
    }
}

/// The operator and how tightly it binds.
fn binary_operator(token: Token) -> Option<(BinaryOperator, u8)> {
    Some(match token {
        Token::Or => (BinaryOperator::Or, 0),
        Token::And => (BinaryOperator::And, 1),
        Token::Equal => (BinaryOperator::Equal, 2),
        Token::NotEqual => (BinaryOperator::NotEqual, 2),
        Token::Less => (BinaryOperator::Less, 3),
        Token::LessOrEqual => (BinaryOperator::LessOrEqual, 3),
        Token::Greater => (BinaryOperator::Greater, 3),
        Token::GreaterOrEqual => (BinaryOperator::GreaterOrEqual, 3),
        Token::Plus => (BinaryOperator::Add, 4),
        Token::Minus => (BinaryOperator::Subtract, 4),
        Token::Star => (BinaryOperator::Multiply, 5),
        Token::Slash => (BinaryOperator::Divide, 5),
        Token::Percent => (BinaryOperator::Remainder, 5),
        _ => return None,
    })
}
