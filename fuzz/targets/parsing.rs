//! Any bytes as a file, an expression and a template: nothing panics, what is reported lies in the text, and a file
//! without mistakes still has none in canonical layout, which formatting leaves as it is.

#![no_main]

use infra_engine::syntax::{
    FileId, SourceMap, format_source, parse_bytes, parse_expression, parse_template, references_in_body,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let sources = SourceMap::new();
    let (file, body, mistakes) = parse_bytes(&sources, "main.tf", bytes);
    let text = sources.text(file);
    for mistake in mistakes.iter() {
        let span = mistake.span.unwrap_or_else(|| panic!("no place: {mistake:?}"));
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{mistake:?}");
        assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize), "{mistake:?}");
    }
    let _ = references_in_body(&body);
    if mistakes.is_empty() {
        let formatted = format_source(&text);
        let (_, _, mistakes) = parse_bytes(&sources, "formatted.tf", formatted.as_bytes());
        assert!(mistakes.is_empty(), "{formatted:?}: {mistakes:?}");
        assert_eq!(format_source(&formatted), formatted);
    }
    let _ = parse_expression(&text, FileId::default(), 0);
    let _ = parse_template(&text, FileId::default(), 0);
});
