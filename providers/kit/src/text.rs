//! Bytes that AWS gives, as text.

use crate::Error;

/// The text that these bytes are. `what` begins the sentence if they are none: `The secret`. The error holds nothing of
/// the bytes.
pub fn text_of(bytes: Vec<u8>, what: &str) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|_| {
        Error::told(format!(
            "{what} is binary data and no text in UTF-8, so that no value here can hold it unharmed. Store it as text, for \
             instance as base64, and decode it where it is used."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_text() {
        assert_eq!(text_of(b"caf\xc3\xa9\0".to_vec(), "It").ok().as_deref(), Some("caf\u{e9}\0"));
        let diagnostics = text_of(vec![b'a', 0xff], "The secret").unwrap_err().into_diagnostics("opening secret");
        assert_eq!(diagnostics.0[0].summary, "opening secret");
        assert!(diagnostics.0[0].detail.starts_with("The secret is binary data"), "{}", diagnostics.0[0].detail);
    }
}
