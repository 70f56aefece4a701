//! What is right becomes the right tree.

use super::super::{SourceMap, parse_bytes, parse_expression, parse_template, print};
use super::{check, file_tree, mistakes, tree};

#[test]
fn expressions() {
    check(
        &[
            ("a", "a"),
            ("a.b[0].c[\"d\"].e[f.g]", "a.b[0].c[\"d\"].e[f.g]"),
            ("a . b [ 0 ]", "a.b[0]"),
            ("a.0.b", "a[0].b"),
            ("null", "null"),
            ("[true, false,]", "[true, false]"),
            ("true.a", "<true>.a"),
            ("f(x)[0].y", "<f(x)>[0].y"),
            ("(a).b", "<paren(a)>.b"),
            ("-a.b", "Negate(a.b)"),
            ("!a == b", "(Not(a) Equal b)"),
            ("- - 1", "Negate(Negate(1))"),
            ("a-b", "a-b"),
            ("a - b - c", "((a Subtract b) Subtract c)"),
            ("1 + 2 * 3 % 4 - 5", "((1 Add ((2 Multiply 3) Remainder 4)) Subtract 5)"),
            ("a || b && c == d < e + f * g", "(a Or (b And (c Equal (d Less (e Add (f Multiply g))))))"),
            ("a * b + c < d == e && f || g", "((((((a Multiply b) Add c) Less d) Equal e) And f) Or g)"),
            ("1 < 2 == true != false", "(((1 Less 2) Equal true) NotEqual false)"),
            (
                "a >= b && a <= b && a > b / 2",
                "(((a GreaterOrEqual b) And (a LessOrEqual b)) And (a Greater (b Divide 2)))",
            ),
            ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
            ("a == 1 ? b ? 1 : 2 : 3", "((a Equal 1) ? (b ? 1 : 2) : 3)"),
            ("(a\n+\nb)", "paren((a Add b))"),
            ("f()", "f()"),
            ("f (1, 2,)", "f(1, 2)"),
            ("f(\n  1,\n  xs...\n)", "f(1, xs...)"),
            ("core::f(1) + provider::aws::g(2)", "(core::f(1) Add provider::aws::g(2))"),
            ("{}", "{}"),
            ("{a=1, b:2\nc = 3\n\n# x\n\"d\" = 4, /* y */\n}", "{\"a\" = 1, \"b\" = 2, \"c\" = 3, \"d\" = 4}"),
            ("{(a) = 1, \"${a}\" = 2, (a.b) = 3}", "{paren(a) = 1, wrap(a) = 2, paren(a.b) = 3}"),
            ("{true = 1, null = 2, 3 = 4, if = 5}", "{\"true\" = 1, \"null\" = 2, 3 = 4, \"if\" = 5}"),
            ("{a = 1, a = 2}", "{\"a\" = 1, \"a\" = 2}"),
            ("{a = [\n1,\n2\n]\nb = f(\n1\n)}", "{\"a\" = [1, 2], \"b\" = f(1)}"),
            ("[for x in xs : x]", "for(x in xs : x)"),
            ("[for k, v in xs\n + ys : k if v\n != 1]", "for(k,v in (xs Add ys) : k if (v NotEqual 1))"),
            ("{for\nk, v in x : k\n=> v... if v}", "for(k,v in x : k => v... if v)"),
            ("[{a = 1}]", "[{\"a\" = 1}]"),
            ("\"é\\u00e9\\U0001F600\\n\\t\\\"\\\\\"", r#""éé😀\n\t\"\\""#),
        ],
        tree,
    );
}

#[test]
fn splats() {
    check(
        &[
            ("a[*]", "splat(a: )"),
            ("a[*].b.c[0]", "splat(a: .b.c[0])"),
            ("a.*.b.c[0]", "<splat(a: .b.c)>[0]"),
            ("a.*.b.0", "splat(a: .b[0])"),
            ("a.*.b[0].c", "<splat(a: .b)>[0].c"),
            ("a[*].b[*].c", "splat(a: .b[*: .c])"),
            ("a[*].b.*.c[0].d", "splat(a: .b[*: .c][0].d)"),
            ("a.*.b[*].c", "splat(splat(a: .b): .c)"),
            ("f(x)[*].y", "splat(f(x): .y)"),
            ("a.*.b.*", "1:7 Nested splat expression not allowed \"*\""),
        ],
        tree,
    );
}

#[test]
fn numbers_are_exact() {
    let thousand = format!("1{}", "0".repeat(1000));
    check(
        &[
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("18446744073709551617", "18446744073709551617"),
            ("1e1000", &thousand),
            ("0.1", "0.1"),
            ("1.50E-2", "0.015"),
            ("007", "7"),
            ("1.a", "<1>.a"),
        ],
        tree,
    );
}

#[test]
fn templates() {
    check(
        &[
            ("\"\"", "\"\""),
            ("\"a\"", "\"a\""),
            ("\"${a}\"", "wrap(a)"),
            ("\"${\n a\n}\"", "wrap(a)"),
            ("\"${~ a ~}\"", "wrap(a)"),
            ("\"${a} \"", "template(${a} \" \")"),
            ("\"${a ~} \"", "template(${a})"),
            ("\"${a}${b}\"", "template(${a} ${b})"),
            ("\"${\"${a}\"}\"", "wrap(wrap(a))"),
            ("\"${{a = \"}\"}}\"", "wrap({\"a\" = \"}\"})"),
            ("\"$${a} %%{b} $ % $$ $$${c} $%{if a}%{endif}\"", "template(\"${a} %{b} $ % $$ $${c} $\" if(a:  else ))"),
            ("\" a ${~ b ~} c \"", "template(\" a\" ${b} \"c \")"),
            ("\"%{if a}x%{else}y%{endif}\"", "template(if(a: \"x\" else \"y\"))"),
            ("\"a %{ if a ~} \\n b %{ endif ~} c \"", "template(\"a \" if(a: \"b \" else ) \"c \")"),
            (
                "\"%{ for k, v in a }${k}%{ for x in v }${x}%{ endfor }%{ endfor }\"",
                "template(for(k,v in a: ${k} for(x in v: ${x})))",
            ),
            ("\"%{ if a &&\n b }x%{ endif }\"", "template(if((a And b): \"x\" else ))"),
        ],
        tree,
    );
}

#[test]
fn heredocs() {
    check(
        &[
            ("<<E\nE\n", "\"\""),
            ("<<E\na \"b\" \\n $${c} %%{d}\n  E\n", "\"a \\\"b\\\" \\\\n ${c} %{d}\\n\""),
            ("<<E\nE is not the end\nEE\nx E\n\tE  \n", "\"E is not the end\\nEE\\nx E\\n\""),
            ("<<E\n${a}\nE\n", "template(${a} \"\\n\")"),
            ("<<E\r\na\r\n  E\r\n", "\"a\\r\\n\""),
            ("[<<A\nx\nA\n, <<-B\n  y\n   z\nB\n]", "[\"x\\n\", \"y\\n z\\n\"]"),
            ("<<-E\n      a\n    \n     ${b}\n   \t x\n    E\n", "template(\" a\\n    \\n\" ${b} \"\\nx\\n\")"),
            ("<<-E\n  ${a}\n    b\n  E\n", "template(${a} \"\\n  b\\n\")"),
            ("<<-E\n${a}\n    b\n  E\n", "template(${a} \"\\n    b\\n\")"),
            // A strip marker reaches to the end of its line, and what follows is no line of its own to `<<-`.
            (
                "<<E\na\n  %{ if x ~}\n\n    b\n  %{ endif ~}\n  c\nE\n",
                "template(\"a\\n  \" if(x: \"\\n    b\\n  \" else ) \"  c\\n\")",
            ),
            (
                "<<-E\n    %{ for x in y ~}\n    item ${x}\n    %{ endfor ~}\n    end\n    E\n",
                "template(for(x in y: \"    item \" ${x} \"\\n\") \"    end\\n\")",
            ),
            (
                "<<-E\n    a\n    %{ if x ~}\n      x\n    %{~ else ~}\n      y\n    %{~ endif }\n  b\n  E\n",
                "template(\"    a\\n    \" if(x: \"      x\\n\" else \"      y\\n\") \"\\n  b\\n\")",
            ),
        ],
        tree,
    );
}

#[test]
fn template_files() {
    let print = |text: &str| {
        let sources = SourceMap::new();
        let file = sources.add("x", text);
        match parse_template(text, file, 0) {
            (Some(expression), _) => print::expression(&expression),
            (None, diagnostics) => mistakes(&sources, &diagnostics),
        }
    };
    check(
        &[
            ("", "\"\""),
            ("a \"b\" \\n", "\"a \\\"b\\\" \\\\n\""),
            ("${a}", "wrap(a)"),
            ("${a}\n", "template(${a} \"\\n\")"),
            ("a\n%{ if x ~}\n\n   b\n%{ endif ~}\n  c\n", "template(\"a\\n\" if(x: \"\\n   b\\n\" else ) \"  c\\n\")"),
            ("\n\n${~ a ~}\n\n x", "template(\"\\n\" ${a} \"\\n x\")"),
            ("a %{ if", "1:8 Missing expression \"\""),
            ("a %{ if b }", "1:12 Unexpected end of template \"\""),
            ("%{ for a in b }%{ endif }", "1:16 Unexpected endif directive \"%{ endif }\""),
            ("%{ else }", "1:1 Unexpected else directive \"%{ else }\""),
        ],
        print,
    );
}

#[test]
fn bodies() {
    check(
        &[
            ("", ""),
            ("a = 1\nb = 2", "a = 1\nb = 2"),
            ("\u{feff}a = 1 # x\r\n// y\r\nb {\r\n}\r\n", "a = 1\nb {\n}"),
            ("a \"b\" c { d = 1 }\ne {}\n", "a \"b\" \"c\" {\n  d = 1\n}\ne {\n}"),
            (
                "a {\n  b {\n    c = <<E\n}\nE\n  }\n  d = [\n  1 ]\n}\n",
                "a {\n  d = [1]\n  b {\n    c = \"}\\n\"\n  }\n}",
            ),
            ("a \"$${x}\\n\" {}", "a \"${x}\\n\" {\n}"),
        ],
        file_tree,
    );
}

#[test]
fn spans_cover_the_text() {
    let sources = SourceMap::new();
    let text = "kind \"label\" {\n  name = a.b[0] + f(\"x\")\n}\n";
    let (_, body, _) = parse_bytes(&sources, "main.tf", text.as_bytes());
    let block = &body.blocks[0];
    let attribute = &block.body.attributes[0];
    let spans = [block.header_span, block.labels[0].span, attribute.span, attribute.expression.span];
    let texts: Vec<_> = spans.iter().map(|span| sources.slice(*span)).collect();
    assert_eq!(texts, ["kind \"label\"", "\"label\"", "name = a.b[0] + f(\"x\")", "a.b[0] + f(\"x\")"]);
    assert_eq!(sources.slice(block.span), text.trim_end());
    // An expression inside a larger file.
    let file = sources.add("x", "-var=v=[a, b]");
    let (expression, _) = parse_expression("[a, b]", file, 7);
    assert_eq!(sources.slice(expression.unwrap().span), "[a, b]");
}

#[test]
fn expressions_know_their_first_part() {
    let table = [
        ("\"ab\"", "ab"),
        ("\"\"", ""),
        ("\"a${b}\"", "a"),
        ("\"${\"b\"}c\"", "b"),
        ("\"${b}\"", "\"${b}\""),
        ("\"%{ if a }b%{ endif }\"", "a"),
        ("<<E\na\nb\nE\n", "a\n"),
        ("(\"a\" == b ? c : d)", "a"),
        ("a.b[*].c", "[*].c"),
        ("f(\"a\")", "f(\"a\")"),
    ];
    for (text, expected) in table {
        let sources = SourceMap::new();
        let file = sources.add("x", text);
        let (expression, _) = parse_expression(text, file, 0);
        assert_eq!(sources.slice(expression.unwrap().start), expected, "{text}");
    }
}
