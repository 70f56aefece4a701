//! Text patterns in which `*` stands for any run of characters, as fault rules and ignored paths use them.

/// Whether `text` matches `pattern` from beginning to end.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty(); // no `*` at all
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let cases = [
            ("PutObject", "PutObject", true),
            ("PutObject", "PutObjectAcl", false),
            ("Put*", "PutObject", true),
            ("*", "", true),
            ("*Bucket*", "PutBucketPolicy", true),
            ("*Bucket", "PutBucketPolicy", false),
            ("a*a", "a", false),
            ("GET /*/functions/*", "GET /2015-03-31/functions/{}", true),
            ("", "x", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
