//! Size, depth and damage.

use super::super::{SourceMap, parse_bytes, parse_expression, parse_template};
use super::{Diagnostics, file_tree, tree};

#[test]
fn nesting_is_limited_before_the_stack_is() {
    let nest = |open: &str, inner: &str, close: &str, levels: usize| {
        format!("a = {}{inner}{}\n", open.repeat(levels), close.repeat(levels))
    };
    let forms = [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{a=", "1", "}"),
        ("f(", "", ")"),
        ("-", "1", ""),
        ("\"${", "1", "}\""),
        ("1 ? 2 : ", "1", ""),
        ("a[", "1", "]"),
    ];
    for (open, inner, close) in forms {
        for (levels, expected) in [(400, 0), (100_000, 1)] {
            let sources = SourceMap::new();
            let (_, _, diagnostics) = parse_bytes(&sources, "x", nest(open, inner, close, levels).as_bytes());
            let summaries: Vec<_> = diagnostics.iter().map(|diagnostic| &*diagnostic.summary).collect();
            assert_eq!(summaries.len(), expected, "{open} {levels} {summaries:?}");
            assert!(summaries.iter().all(|summary| *summary == "Nesting too deep"), "{summaries:?}");
        }
    }
    let blocks = format!("{}{}", "a {\n".repeat(100_000), "}\n".repeat(100_000));
    assert!(file_tree(&blocks).contains("Nesting too deep"));
    assert!(file_tree(&format!("a = {}", "1 + ".repeat(100_000))).contains("Expression too long"));
    assert!(file_tree(&format!("a = x{}", ".*[0]".repeat(100_000))).contains("Expression too long"));
    assert!(file_tree(&format!("a = x{}", "[*]".repeat(100_000))).contains("Nesting too deep"));
    assert_eq!(tree(&format!("1{}", " + 1".repeat(900))).matches("Add").count(), 900);
}

/// All forms in one file, to be cut and damaged.
const SAMPLE: &str = r#"
# comment
variable "a" { default = "x" }
resource "t" "n" {
  count = length(var.a[*].b) > 0 ? 1 : 0 // why
  tags = merge(local.tags, { Name = "é-${var.a}", (var.k) = "%{ if x ~} y %{ else } z %{ endif }" }, [for k, v in m : k if v != null]...)
  policy = <<-EOT
    {
      "a": "${jsonencode({ for k, v in m : k => v... })}"
      %{ for x in xs ~}
      ${x.0.*.b[0]} $${no} %%{no}
      %{ endfor ~}
    }
  EOT
  dynamic "b" {
    for_each = -1.5e3 + !true
    content { c = core::f(1, "\u00e9\n") }
  }
  /* end */
}
"#;

#[test]
fn damaged_files_never_panic() {
    assert!(!file_tree(SAMPLE).contains("Invalid"), "{}", file_tree(SAMPLE));
    let places: Vec<_> = SAMPLE.char_indices().map(|(place, _)| place).collect();
    for place in places {
        let (before, after) = SAMPLE.split_at(place);
        // Cut, without one character, with one inserted that upsets the brackets.
        let mut rest = after.chars();
        rest.next();
        for text in [
            before.to_owned(),
            format!("{before}{}", rest.as_str()),
            format!("{before}\"{after}"),
            format!("{before}}}{after}"),
            format!("{before}({after}"),
        ] {
            let sources = SourceMap::new();
            let (file, _, diagnostics) = parse_bytes(&sources, "x", text.as_bytes());
            for diagnostic in diagnostics.iter() {
                let span = diagnostic.span.unwrap();
                assert_eq!(span.file, file);
                assert!(span.start <= span.end && span.end as usize <= text.len() + 2, "{span:?}");
            }
            parse_expression(&text, file, 0);
            parse_template(&text, file, 0);
        }
    }
}

#[expect(clippy::print_stdout, reason = "shown when a test fails")]
fn time(name: &str, text: &str) -> Diagnostics {
    let sources = SourceMap::new();
    let start = std::time::Instant::now();
    let (_, _, diagnostics) = parse_bytes(&sources, "x", text.as_bytes());
    println!("{name}: {} bytes in {:?}", text.len(), start.elapsed());
    diagnostics
}

#[test]
fn long_files_take_linear_time() {
    // Run with `--nocapture` to see the times; a quadratic step would take minutes.
    let good: String = (0..10_000).map(|index| SAMPLE.replace("\"n\"", &format!("\"n{index}\""))).collect();
    let unclosed = "a {\n  b = 1\n".repeat(10_000);
    let open_lists = "a = [\n".repeat(100_000);
    let wrong = "a = ]\n".repeat(100_000);
    let quotes = "a = \"${\"${\n".repeat(20_000);
    assert!(time("good", &good).is_empty());
    for (name, text, expected) in [
        ("unclosed", unclosed, 1000),
        ("open lists", open_lists, 50_000),
        ("wrong", wrong, 100_000),
        ("quotes", quotes, 10_000),
    ] {
        let diagnostics = time(name, &text);
        assert!(diagnostics.0.len() >= expected, "{name}");
    }
}
