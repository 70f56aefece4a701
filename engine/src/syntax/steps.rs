//! The grammar of what follows a value: attributes, indexes and splats.

use super::lexer::{Lexeme, Token};
use super::parser::{Failure, OPERATORS_MAX, Parsed, Parser};
use super::{Expression, ExpressionKind, Name, Span, Step};

impl Parser<'_> {
    /// The expression with all steps that follow it.
    pub fn steps_behind(&mut self, source: Expression) -> Parsed<Expression> {
        let mut reached = source;
        // Each splat makes the tree one level higher, as an operator does.
        let mut splats = 0;
        while let Some(step) = self.step()? {
            let span = reached.span.to(step.span());
            let kind = match (reached.kind, step) {
                (kind, Step::Splat { steps, .. }) => {
                    splats += 1;
                    self.limit_splats(splats, span)?;
                    ExpressionKind::Splat { source: Box::new(Expression::new(kind, reached.span)), steps }
                }
                (ExpressionKind::Traversal(mut traversal), step) => {
                    traversal.steps.push(step);
                    ExpressionKind::Traversal(traversal)
                }
                (ExpressionKind::Relative { source, mut steps }, step) => {
                    steps.push(step);
                    ExpressionKind::Relative { source, steps }
                }
                (kind, step) => ExpressionKind::Relative {
                    source: Box::new(Expression::new(kind, reached.span)),
                    steps: vec![step],
                },
            };
            reached = Expression::new(kind, span);
        }
        Ok(reached)
    }

    fn limit_splats(&mut self, splats: usize, span: Span) -> Parsed<()> {
        if splats <= OPERATORS_MAX {
            return Ok(());
        }
        Err(self.mistake_at(
            span,
            "Expression too long",
            format!("At most {OPERATORS_MAX} splats can follow one another. Use `for` expressions."),
        ))
    }

    /// The next step, if one follows.
    fn step(&mut self) -> Parsed<Option<Step>> {
        match self.peek().token {
            Token::Dot => {
                let dot = self.next();
                match self.next_if(Token::Star) {
                    Some(star) => self.attribute_splat(dot, star).map(Some),
                    None => self.attribute(dot).map(Some),
                }
            }
            Token::OpenBracket => self.bracket_step().map(Some),
            _ => Ok(None),
        }
    }

    /// `.name` or the legacy `.0`, behind the dot.
    fn attribute(&mut self, dot: Lexeme) -> Parsed<Step> {
        let found = self.next();
        match found.token {
            Token::Identifier => {
                Ok(Step::Attribute(Name { span: self.span(dot.start, found.end), ..self.name(found) }))
            }
            Token::Number => self.legacy_index(dot, found),
            Token::Star => Err(self.mistake(
                found,
                "Nested splat expression not allowed",
                "`.*` cannot be used again behind `.*`. Use `[*]`, which applies to each element.",
            )),
            _ => Err(self.mistake(
                found,
                "Invalid attribute name",
                format!(
                    "The name of an attribute is expected behind the dot, but {} stands here. Add the name, or \
                         remove the dot.",
                    self.describe(found)
                ),
            )),
        }
    }

    fn legacy_index(&mut self, dot: Lexeme, found: Lexeme) -> Parsed<Step> {
        let text = self.source(found);
        if !text.contains('.') {
            let key = self.number(found)?;
            return Ok(Step::Index { key, span: self.span(dot.start, found.end) });
        }
        let indexes: String = text.split('.').map(|index| format!("[{index}]")).collect();
        Err(self.mistake(
            found,
            "Invalid legacy index syntax",
            format!("Two indexes cannot follow one another as `.{text}`. Write `{indexes}`."),
        ))
    }

    /// `.*` takes the attributes behind it from each element. A bracket behind those applies to what was collected.
    fn attribute_splat(&mut self, dot: Lexeme, star: Lexeme) -> Parsed<Step> {
        let mut steps = Vec::new();
        let mut end = star.end;
        while let Some(dot) = self.next_if(Token::Dot) {
            steps.push(self.attribute(dot)?);
            end = self.position;
        }
        Ok(Step::Splat { steps, span: self.span(dot.start, end) })
    }

    /// `[key]`, or `[*]` with everything behind it, which applies to each element.
    fn bracket_step(&mut self) -> Parsed<Step> {
        let (open, key, close) = self.with_newlines(false, |parser| {
            let open = parser.next();
            let key = match parser.next_if(Token::Star) {
                Some(_) => None,
                None => Some(parser.expression()?),
            };
            Ok((open, key, parser.next()))
        })?;
        if close.token != Token::CloseBracket && key.is_none() {
            return Err(self.unclosed_splat(close));
        }
        if close.token != Token::CloseBracket {
            return Err(self.unclosed(
                close,
                close,
                "Missing close bracket on index",
                "A `]` is expected behind the key",
                "Close the bracket",
            ));
        }
        let span = self.span(open.start, close.end);
        let Some(key) = key else {
            let steps = self.nested(Self::steps)?;
            let end = steps.last().map_or(span, Step::span);
            return Ok(Step::Splat { steps, span: span.to(end) });
        };
        Ok(Step::Index { key, span })
    }

    /// Shown where the bracket is closed, as Terraform does, or else where it should be.
    fn unclosed_splat(&mut self, found: Lexeme) -> Failure {
        let mut close = found;
        while !matches!(close.token, Token::CloseBracket | Token::End | Token::Newline) {
            close = self.next();
        }
        let place = if close.token == Token::CloseBracket { close } else { found };
        self.mistake(
            place,
            "Missing close bracket on splat index",
            "A `]` must stand right behind the star. Write `[*]`, and behind it what is taken from each element."
                .to_owned(),
        )
    }

    fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut steps = Vec::new();
        while let Some(step) = self.step()? {
            steps.push(step);
        }
        Ok(steps)
    }
}
