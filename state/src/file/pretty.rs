//! Indents JSON text as Terraform does, without decoding it.

/// Characters of a string that are written as escapes, so that the text is safe inside HTML and JavaScript.
const LINE_SEPARATORS: [(&[u8], &[u8]); 2] = [("\u{2028}".as_bytes(), b"\\u2028"), ("\u{2029}".as_bytes(), b"\\u2029")];

/// Valid JSON, indented by two spaces, without a line break at the end. White space between tokens is replaced;
/// numbers and strings stay as they are, but for `<`, `>`, `&` and the two line separators of Unicode, which become
/// escapes.
pub(super) fn indent(json: &[u8]) -> Vec<u8> {
    let mut writer = Writer { out: Vec::with_capacity(json.len() * 2), depth: 0, opened: false };
    let mut rest = json;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => after,
            b'"' => {
                writer.before_value();
                writer.string(after)
            }
            _ => {
                writer.token(byte);
                after
            }
        };
    }
    writer.out
}

struct Writer {
    out: Vec<u8>,
    depth: usize,
    /// Whether the last token opened an object or array: it gets a line break only if something follows in it.
    opened: bool,
}

impl Writer {
    fn token(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => {
                self.before_value();
                self.out.push(byte);
                self.depth += 1;
                self.opened = true;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.opened {
                    self.opened = false;
                } else {
                    self.line_break();
                }
                self.out.push(byte);
            }
            b',' => {
                self.out.push(byte);
                self.line_break();
            }
            b':' => self.out.extend_from_slice(b": "),
            _ => {
                self.before_value();
                self.out.push(byte);
            }
        }
    }

    fn before_value(&mut self) {
        if self.opened {
            self.opened = false;
            self.line_break();
        }
    }

    fn line_break(&mut self) {
        self.out.push(b'\n');
        self.out.resize(self.out.len() + 2 * self.depth, b' ');
    }

    /// Copies a string whose opening quote is read; returns what follows the closing one.
    fn string<'j>(&mut self, json: &'j [u8]) -> &'j [u8] {
        self.out.push(b'"');
        let mut copied = 0;
        let mut at = 0;
        while let Some(&byte) = json.get(at) {
            match byte {
                b'"' => {
                    at += 1;
                    self.out.extend_from_slice(&json[copied..at]);
                    return &json[at..];
                }
                b'\\' => at += 2,
                b'<' | b'>' | b'&' => {
                    self.out.extend_from_slice(&json[copied..at]);
                    self.out.extend_from_slice(match byte {
                        b'<' => b"\\u003c",
                        b'>' => b"\\u003e",
                        _ => b"\\u0026",
                    });
                    at += 1;
                    copied = at;
                }
                0xe2 => {
                    let separator = LINE_SEPARATORS.iter().find(|(bytes, _)| json[at..].starts_with(bytes));
                    if let Some((bytes, escape)) = separator {
                        self.out.extend_from_slice(&json[copied..at]);
                        self.out.extend_from_slice(escape);
                        at += bytes.len();
                        copied = at;
                    } else {
                        at += 1;
                    }
                }
                _ => at += 1,
            }
        }
        self.out.extend_from_slice(&json[copied..]);
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::indent;

    #[test]
    fn text_in_text_out() {
        for (json, expected) in [
            ("{}", "{}"),
            ("[ ]", "[]"),
            ("{\"a\" :{ } , \"b\":[[],{}]}", "{\n  \"a\": {},\n  \"b\": [\n    [],\n    {}\n  ]\n}"),
            ("[1 ,-2.50e+3,\ttrue,null]", "[\n  1,\n  -2.50e+3,\n  true,\n  null\n]"),
            (r#"["{,:[ \" \\", "<&>"]"#, "[\n  \"{,:[ \\\" \\\\\",\n  \"\\u003c\\u0026\\u003e\"\n]"),
            ("\"a\u{2028}b\u{2029}c\u{2027}d\"", "\"a\\u2028b\\u2029c\u{2027}d\""),
            (r#""\u003c\n""#, r#""\u003c\n""#),
        ] {
            let text = String::from_utf8(indent(json.as_bytes())).unwrap();
            assert_eq!(text, expected);
            assert_eq!(String::from_utf8(indent(text.as_bytes())).unwrap(), expected, "twice");
        }
    }
}
