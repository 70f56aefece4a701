//! The canonical layout of a file: what `fmt` makes of it, byte for byte as Terraform does.
//!
//! [`format_source`] cuts the text into [`tokens`], undoes a few outdated spellings ([`rewrite`]), splits the tokens into
//! [`lines`] of up to three cells and gives each token the number of spaces before it: indentation and alignment
//! belong to `lines`, the space between two neighbours to [`spacing`]. Line breaks, comments and what stands inside
//! quotes and heredocs are kept. The syntax tree has no comments and no spaces, so nothing here works on it.

mod lines;
mod rewrite;
mod spacing;
mod tokens;

/// The text in canonical layout. Of a text with mistakes the result means nothing: parse it first.
pub fn format_source(text: &str) -> String {
    let (mut tokens, trailing_spaces) = tokens::cut(text);
    rewrite::rewrite(&mut tokens);
    lines::lay_out(&mut tokens);
    let mut formatted = String::with_capacity(text.len() + text.len() / 8);
    for token in &tokens {
        formatted.extend(std::iter::repeat_n(' ', token.spaces_before));
        formatted.push_str(&token.text);
    }
    formatted.extend(std::iter::repeat_n(' ', trailing_spaces));
    formatted
}
