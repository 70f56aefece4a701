//! What is wrong is named, in its place, once.

use super::super::{SourceMap, parse_bytes, print};
use super::{check, file_tree, mistakes, tree};

#[test]
fn mistakes_in_expressions() {
    check(
        &[
            ("", "1:1 Missing expression \"\""),
            ("1 +", "1:4 Missing expression \"\""),
            ("1 2", "1:3 Extra characters after expression \"2\""),
            ("(1", "1:3 Unbalanced parentheses \"\""),
            ("(1 2)", "1:4 Unbalanced parentheses \"2\""),
            ("[1 2]", "1:4 Missing item separator \"2\""),
            ("[1,,2]", "1:4 Invalid expression \",\""),
            ("[1", "1:1 Unterminated tuple constructor expression \"[\""),
            ("[1,", "1:4 Missing expression \"\""),
            ("{a = 1", "1:1 Unterminated object constructor expression \"{\""),
            ("{a", "1:1 Unterminated object constructor expression \"{\""),
            ("f(1", "1:1 Unterminated function call \"f\""),
            ("{a}", "1:3 Missing key/value separator \"}\""),
            ("{a 1}", "1:4 Missing key/value separator \"1\""),
            ("{a = 1 b = 2}", "1:8 Missing attribute separator \"b\""),
            ("{a = 1\n, b = 2}", "2:1 Invalid expression \",\""),
            ("{a = ", "1:6 Missing expression \"\""),
            ("f(1 2)", "1:5 Missing argument separator \"2\""),
            ("f(a...,)", "1:4 Missing closing parenthesis \"...\""),
            ("f(", "1:3 Missing expression \"\""),
            ("a::b", "1:5 Missing open parenthesis \"\""),
            ("a::1()", "1:4 Missing function name \"1\""),
            ("a ? b", "1:6 Missing false expression in conditional \"\""),
            ("a.", "1:3 Invalid attribute name \"\""),
            ("a.0.1", "1:3 Invalid legacy index syntax \"0.1\""),
            ("a[1, 2]", "1:4 Missing close bracket on index \",\""),
            ("a[*.b]", "1:6 Missing close bracket on splat index \"]\""),
            ("a[*.b", "1:4 Missing close bracket on splat index \".\""),
            ("1 << 2", "1:4 Invalid expression \"<\""),
            ("[for x y in z : x]", "1:8 Invalid 'for' expression \"y\""),
            ("[for x in z x]", "1:13 Invalid 'for' expression \"x\""),
            ("[for x in z : x => 1]", "1:15 Invalid 'for' expression \"x\""),
            ("[for x in z : x...]", "1:16 Invalid 'for' expression \"...\""),
            ("{for x in z : x}", "1:15 Invalid 'for' expression \"x\""),
            ("a & b", "1:3 Unsupported operator \"&\""),
            ("'a'", "1:1 Invalid character \"'\""),
            ("“a”", "1:1 Invalid character \"“\""),
            ("${a}", "1:1 Invalid character \"$\""),
            ("a /* b", "1:3 Unclosed comment \"/*\""),
            ("\"a", "1:1 Unterminated string \"\\\"\""),
            ("\"a\nb\"", "1:3 Invalid multi-line string \"\\n\""),
            ("\"a\rb\"", "1:3 Invalid multi-line string \"\\r\""),
            ("1 \r+ 2", "1:3 Invalid character \"\\r\""),
            ("(\r1)", "1:2 Invalid character \"\\r\""),
            ("<<E\na\rb\nE\n", "2:2 Invalid character \"\\r\""),
            (
                "\"\\q \\ud83d \\u12 \\n\"",
                "1:2 Invalid escape sequence \"\\\\q\"\n1:5 Invalid escape sequence \"\\\\ud83d\"\n1:12 Invalid \
                 escape sequence \"\\\\u12\"",
            ),
            ("\"${a b}\"", "1:6 Extra characters after interpolation expression \"b\""),
            ("\"x ${a\"", "1:4 Unclosed template interpolation sequence \"${\""),
            ("\"${}\"", "1:4 Invalid expression \"}\""),
            ("\"%{ iff x }\"", "1:5 Invalid template control keyword \"iff\""),
            ("\"%{ if a }\"", "1:11 Unexpected end of template \"\\\"\""),
            ("\"%{ if a }%{ for x in y }%{ endif }\"", "1:26 Unexpected endif directive \"%{ endif }\""),
            ("<<E\na\n", "3:1 Unterminated template string \"\""),
            ("<<E\na\nE", "3:2 Unterminated template string \"\""),
            ("<<E x\nE\n", "1:1 Invalid expression \"<<E\""),
            ("<<-\"E\"", "1:1 Invalid expression \"<<-\""),
        ],
        tree,
    );
}

#[test]
fn mistakes_in_bodies() {
    check(
        &[
            ("a = 1\na = 2\n", "2:1 Attribute redefined \"a\""),
            ("a = 1,\n", "1:6 Unexpected comma after argument \",\""),
            ("a = 1 b = 2\n", "1:7 Missing newline after argument \"b\""),
            ("a {} b {}\n", "1:6 Missing newline after block \"b\""),
            ("a\n", "1:1 Argument or block definition required \"a\""),
            ("a: 1\n", "1:1 Argument or block definition required \"a\""),
            ("a.b = 1\n", "1:2 Argument or block definition required \".\""),
            ("= 1\n", "1:1 Argument or block definition required \"=\""),
            ("\"a\" = 1\n", "1:1 Invalid argument name \"\\\"\""),
            ("a =\n", "1:4 Invalid expression \"\\n\""),
            ("a\n{\n}\n", "1:1 Argument or block definition required \"a\""),
            ("a b\n", "1:4 Invalid block definition \"\\n\""),
            ("a \"${b}\" {}\n", "1:4 Invalid string literal \"${b\""),
            ("a { b = 1, c = 2 }\n", "1:10 Invalid single-argument block definition \",\""),
            ("a { b = 1\n}\n", "1:10 Invalid single-argument block definition \"\\n\""),
            ("a { b {} }\n", "1:5 Argument definition required \"b\""),
            ("a {}\n}\n", "2:1 Argument or block definition required \"}\""),
            ("a = 1; b = 2\n", "1:6 Invalid character \";\""),
        ],
        file_tree,
    );
}

#[test]
fn one_run_reports_every_mistake_once() {
    check(
        &[
            // Several mistakes in one block, and in the next.
            (
                "a {\n  b = foo(1 2)\n  c = [1 2]\n  d = ]\n}\ne {\n  f = )\n}\n",
                "2:13 Missing argument separator \"2\"\n3:10 Missing item separator \"2\"\n4:7 Invalid expression \
                 \"]\"\n7:7 Invalid expression \")\"",
            ),
            // A bracket left open does not swallow the end of its block.
            ("a {\n  b = [1\n}\nc = ]\n", "3:1 Missing item separator \"}\"\n4:5 Invalid expression \"]\""),
            (
                "a {\n  b = f(1\n  c = 2\n}\nd = ]\n",
                "3:3 Missing argument separator \"c\"\n5:5 Invalid expression \"]\"",
            ),
            // A quote left open ends with its line; a text over several lines is one mistake.
            ("a {\n  b = \"x\n  c = ]\n}\n", "2:9 Invalid multi-line string \"\\n\"\n3:7 Invalid expression \"]\""),
            ("a = \"x\n  y ${z} \"\nb = ]\n", "1:7 Invalid multi-line string \"\\n\"\n3:5 Invalid expression \"]\""),
            // A block left open ends before the next one at the margin.
            (
                "a \"b\" {\n  c = 1\n\nd {\n  e = ]\n}\nf {\n  g {\n}\nh {}\n",
                "1:7 Unclosed configuration block \"{\"\n5:7 Invalid expression \"]\"\n7:3 Unclosed \
                 configuration block \"{\"",
            ),
            (
                "a {\n  b = {\n    c = 1\n}\nd {\n  e = ]\n}\n",
                "1:3 Unclosed configuration block \"{\"\n6:7 Invalid expression \"]\"",
            ),
            ("a {\n  b {\n", "2:5 Unclosed configuration block \"{\""),
            // A heredoc or comment left open.
            (
                "a {\n  b = <<E\n x\n}\nc {\n  d = ]\n}\n",
                "6:7 Invalid expression \"]\"\n8:1 Unterminated template string \"\"",
            ),
            ("a = 1 /* x\n}\nc {\n  d = ]\n}\n", "1:7 Unclosed comment \"/*\"\n4:7 Invalid expression \"]\""),
            // A head that cannot be read takes its body with it.
            (
                "a \"b\" = {\n  c = ]\n  d {\n  }\n}\ne = ]\n",
                "1:7 Invalid block definition \"=\"\n6:5 Invalid expression \"]\"",
            ),
            // A head that goes on in the next line, too.
            (
                "a {\n  b c\n  {\n    d = 1\n  }\n  d = ]\n}\n",
                "2:6 Invalid block definition \"\\n\"\n6:7 Invalid expression \"]\"",
            ),
            // Mistakes on neighbouring lines.
            (
                "a {\n  b: 1\n  c: 2\n  d = \"${e\"\n  f = ]\n}\n",
                "2:3 Argument or block definition required \"b\"\n3:3 Argument or block definition required \
                 \"c\"\n4:8 Unclosed template interpolation sequence \"${\"\n5:7 Invalid expression \"]\"",
            ),
            // Braces too many are one mistake.
            (
                "a = ]\n}\n}\nb = 1\n}\n",
                "1:5 Invalid expression \"]\"\n5:1 Argument or block definition required \"}\"",
            ),
            // Brackets in comments, texts and heredocs do not count.
            (
                "a = [ ] ] # }\nb {\n  c = f(\"}${\"}\"}\", <<E\n}}\nE\n  1) /* { */\n}\nd = ]\n",
                "1:9 Missing newline after argument \"]\"\n6:3 Missing argument separator \"1\"\n8:5 Invalid \
                 expression \"]\"",
            ),
            // Variable files have no blocks at all.
            ("a = [1\nb = 2\nc = ]\n", "2:1 Missing item separator \"b\"\n3:5 Invalid expression \"]\""),
        ],
        file_tree,
    );
}

#[test]
fn what_is_right_is_kept() {
    let sources = SourceMap::new();
    let text = "a {\n  b = 1\n  c = ]\n  d = 2\n}\ne = ]\nf {}\n";
    let (_, body, diagnostics) = parse_bytes(&sources, "main.tf", text.as_bytes());
    assert_eq!(diagnostics.0.len(), 2);
    assert_eq!(print::body(&body), "a {\n  b = 1\n  d = 2\n}\nf {\n}");
}

#[test]
fn bytes_that_are_not_text_are_a_mistake() {
    let sources = SourceMap::new();
    let (_, body, diagnostics) = parse_bytes(&sources, "main.tf", b"a = \"\xc3(\"\nb = \xff\nc = ]\n");
    assert_eq!(print::body(&body), "a = \"\u{fffd}(\"");
    let expected = "1:6 Invalid character encoding \"\u{fffd}\"\n2:5 Invalid character \"\u{fffd}\"\n3:5 Invalid \
                    expression \"]\"\n";
    assert_eq!(mistakes(&sources, &diagnostics), expected);
}
