//! The space between two neighbours of one cell.

use super::tokens::{Kind, Token};

/// Whether a space stands between `subject` and `after`. What stands before the subject in its cell tells a negation
/// from a subtraction.
pub(super) fn is_spaced(before: Option<&Token<'_>>, subject: &Token<'_>, after: &Token<'_>) -> bool {
    use Kind::*;
    match (subject.kind, after.kind) {
        (_, Newline) => false,
        // A call, and the namespace of its function.
        (Identifier, OpenParenthesis | DoubleColon) | (DoubleColon, Identifier) => false,
        (Dot, _) | (_, Dot | Comma | Ellipsis) => false,
        (Comma, _) => true,
        // Nothing is added to text.
        (QuotedText | HeredocText | OpenQuote | OpenHeredoc, _)
        | (_, QuotedText | HeredocText | CloseQuote | CloseHeredoc) => false,
        // `for x in [1]` is no index.
        (Identifier, _) if subject.text == "in" && before.is_some_and(|before| before.kind == Identifier) => true,
        (Identifier | Number, OpenBracket) => false,
        (closing, OpenBracket) if closing.bracket_change() < 0 => false,
        (Not, _) => false,
        (Minus, _) => !before.is_none_or(|before| expects_operand(before.kind)),
        (OpenBrace, CloseBrace) => false,
        // Braces stand apart, unlike other brackets; also from the `${` and `}` around them.
        (OpenBrace, _) | (_, CloseBrace) | (OpenSequence, OpenBrace) | (CloseBrace, CloseSequence) => true,
        (CloseSequence, OpenSequence) => false,
        (subject, after) => subject.bracket_change() <= 0 && after.bracket_change() >= 0,
    }
}

/// Whether a minus behind it negates what follows.
fn expects_operand(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        OpenParenthesis | OpenBrace | OpenBracket | Assign | Colon | Comma | Question | Operator | Minus | Not
    )
}
