"""Texts that expressions are made of, by what they are for, and what can be changed in them."""

NUMBERS = ["0", "1", "2", "-1", "3.5", "1e3", "local.n", '"7"', "100000000000000000001", "0.1", "-0", "-0.0", "1E-5", "9007199254740993",
           "18446744073709551616", "-9223372036854775808", "9223372036854775807", "1e100", "0.30000000000000004", "1e-40", "-2.5", "0.5",
           '"1e2"', '"-0"', '" 1"', "123456789.987654321", "4.35", "2.675", "1.10", "100", "12"]

REFERENCES = ["local.o.a", "local.o.d.e", 'local.o["b"]', "local.l[0]", "local.l[local.n]", "local.none", "local.m.x", "local.o.missing",
              "local.l", "local.m", "local.o", "var.numbers", "var.words", "var.set", "var.tags", "var.object", "var.objects", "var.anything",
              "var.set_of_objects", "var.nested", "var.pair", "var.flag", "var.number", "var.text", "var.nothing", "var.nulls", "local.empty",
              "var.object.b", "var.objects[0]", "var.objects[*].a", "var.nested.x", "var.nested.x[0]", "var.pair[1]", "local.lines",
              "local.unicode", "local.secret", "local.deep_secret", "var.set[0]", 'var.tags["a"]', "var.tags.a", "path.module", "path.root",
              "terraform.workspace", "var.typed_none", "local.typed_empty"]

# What stands in templates between what is put in.
PIECES = ["x", " ", "", "a b", "$", "%", "$${", "%%{", "\\", "é", "{", "}", "~", "#", "//", "\t", "$$", "$ {", "e\u0301", "'", "a=1", "<", "👍"]

WORDS = ["", "a", "b c", "abc", "a,b,c", "Hello, World", "é", "e\u0301", "1", "true", " x ", "a\nb", "a\nb\n", "\n", "\r\n", "a\r\nb\n\n", "\t", "👍🏽👨‍👩‍👧", "🇦🇹🇩🇪",
         "ÀÉÎ straße", "ǆ ﬁ ŉ", "İı", "\u00a0x\u2003", "x" * 90, "a-b_c.d", "foo bar-baz qux", "$x", "${x}", "%{x}", '"quoted"', "back\\slash", "<a&b>",
         "\u2028", "\u0001", "日本語", "한국어", "\u1112\u1161\u11ab", "á" * 3, "aXbXc", "aaa", "0", "-1.5", "null", "/", "a/b/c", "key=value", "\ufeffbom", "x\u200dy", "Ω≈ç",
         "Ab1", "ABC", "it's", "  two  spaces  ", "line one\n  line two\n\nline four\n", "\u0130", "ΑΣ", "σς", "\u0344"]

POOLS = {
    "words": WORDS,
    "key_text": ["a", "b", "c", "x", "missing", "", "1", "é"],
    "numerals": ["1", "-1", "1.5", "0x10", "1e5", "1E+5", " 1", "1 ", "", "+1", ".5", "5.", "1_000", "١", "1e", "--1", "00012", "0b1", "1,5", "-0", "0.0", "true",
                 "123456789012345678901234567890.5", "1e-7", "0x1p4", "0o7", "1e1000"],
    "digits": ["0", "10", "ff", "FF", "-1", "zz", "Zz", "1.5", "", "+7", "0x1f", "1_0", " 1", "99999999999999999999", "755", "777", "-", "é", "0b1", "07"],
    "path": ["a.txt", "b.json", "sub", "sub/c.tmpl", ".", "..", "missing", "", "/", "//a//b/", "a/../b", "./x/./y", "~", "~/x", "binary", "sub/", "a/b/", "é.txt",
             "../x", "/a/b/../../..", "latin1.txt", "~nobody", "a.txt/x", "sub//c.tmpl", "\u0000", "x/~"],
    "folder": ["deep/tree", "deep/tree/", "./deep/tree", "deep/tree/sub", "deep//tree/./sub/..", "deep/tree/a.txt", "missing", "deep/tree/missing", "~", "~nobody", "deep/tree/sub/below"],
    "template_path": ["sub/c.tmpl", "sub/d.tmpl", "a.txt", "missing", "binary", "sub/e.tmpl", "b.json"],
    "pattern": ["*", "**", "*.txt", "**/*.tmpl", "{a,b}.*", "sub/*", "[a-b]*", "?.txt", "**/*", "*/*", "[^a]*", "[!a]*", "sub/**", "[", "{a", "\\*", "", "./*", "../s*", "*.{txt,json}",
                "**/c*", "a**", "sub/{c,d}.tmpl", "[a", "{}", "{,sub/}*", "[a-]*", "[]a]", "**/"],
    "base64": ["", "aGk=", "aGk", "w6k=", "/+8=", "_-8=", "aGVsbG8gd29ybGQ=", "a", "AAAA", "4pyT", "Zm9v\nYmFy", "////", "aA==", "YQ==", "aABpAA==", "gA==", "/v8AYQ==", "YR=="],
    "cidr": ["10.0.0.0/8", "10.1.2.3/16", "192.168.1.0/24", "0.0.0.0/0", "fd00::/8", "2001:db8::/32", "fe80::1/64", "::/0", "10.0.0.0/32", "10.0.0.0/33", "10.0.0.0", "::ffff:10.0.0.0/104",
             "1.2.3.4/31", "010.0.0.0/8", "10.0.0/8", "::1/128", "256.0.0.0/8", "a", "10.0.0.0/08", "2001:db8::/127", " 10.0.0.0/8", "172.16.0.0/12", "fd00:fd12:3456:7890:00a2::/72", "1::2::3/8", "10.0.0.0/-1"],
    "csv": ["a,b\n1,2", "a,b\n1,2\n3,4\n", "a\n", "", "a,a\n1,2", "a,b\n1", "a,b\n1,2,3", 'a,b\n"x,y","q""q"', 'a\n"x\ny"', "a,b\r\n1,2\r\n", "\n\na\n1", ' a, b\n 1 , 2 ', 'a\n"x', 'a\nx"y', "a;b\n1;2",
            "é\nü", "a,\n1,2", '"a"\n"1"\n', "a\n\n1", "a,b\n,\n", '"a""b"\n1', "a\n#x", "a\r1"],
    "date": ["2017-11-22T00:00:00Z", "2024-02-29T23:59:59Z", "2020-01-01T12:34:56+02:00", "2020-12-31T23:59:60Z", "1999-06-07T08:09:10.123Z", "2020-01-01T00:00:00-11:30", "2020-01-01", "2020-01-01T00:00:00",
             "2021-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2020-01-01t00:00:00z", "2020-1-1T00:00:00Z", "2020-01-01 00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T00:00Z", "",
             "2020-13-01T00:00:00Z", "2020-01-01T00:00:00.999999999Z", "2020-01-01T00:00:00+00:00", "2022-07-04T15:04:05-07:00", "2020-01-01T00:00:00,5Z", "2020-01-01T00:00:00+24:00", "0000-01-01T00:00:00Z"],
    "date_form": ["DD MMM YYYY hh:mm ZZZ", "EEEE, DD-MMM-YY hh:mm:ss ZZZ", "YYYY-MM-DD'T'hh:mm:ssZ", "h'o''clock' AA", "H:mm aa", "D M YY", "MMMM", "EEE", "ZZZZZ", "ZZZZ", "Z", "HH", "s m", "YYY", "x", "'a", "''", "", "DDD", "E", "ss.s", "hhh",
                  "A", "aaa", "-/:. ,", "é", "'é'", "yyyy", "MMMMM", "AA'x'aa", "{}", "''''", "ZZZZZZ", "T", "Q", "dd", "_", "1"],
    "duration": ["1h", "-1h30m", "10s", "1.5h", "100ms", "1us", "1µs", "1ns", "", "1", "1d", "+5m", "1h1h", "-", ".5s", "1.s", "0", "876000h", "1h 1m", "9999999h", "1μs", "0.1ns", "-0", "1e3s", "3000000h", "00h"],
    "format": ["%s", "%d", "%v", "%#v", "%q", "%5d|%-5d|%05d", "%x %X %o %b", "%e %g %f", "%.2f", "%8.3f", "%-8s|", "%5s|", "%.1s", "%t", "%%", "%s-%s", "%[2]s %[1]s", "%[1]s %[1]q", "%*d", "%+d", "% d", "%#x", "%c", "%j", "%G %E", "%",
               "a%", "%z", "%[3]s", "%[0]s", "plain", "", "%s é %s", "%5.1f|", "%v %v", "%#q", "%05s", "%-05d", "%+.3e", "%08.2f", "%x", "%.3g", "%#.3g", "% x", "%+q", "%.0f", "%6.2f%%", "%[1]*d", "%U", "%T", "%p", "%-v|", "%10v|", "%3c", "%.2v", "%b", "%.10d", "%+s",
               "%05v", "% v", "%-10q|", "%.2q", "%#v %v", "%20e|", "%-20g|", "%+g", "%#X", "%#o", "%#b", "%O", "%s%d", "%.f", "%5.d", "%-+5d|", "%0-5d|"],
    "json": ["null", "1", "1.50", "-0", "1e3", "\"x\"", "[]", "{}", "[1, \"a\", null]", '{"a":1,"b":[true]}', '{"a":{"b":{}}}', '"\\u00e9\\n"', '{"a":1,"a":2}', "", " ", "[1,]", "{a:1}", "'x'", "01", "1.", "NaN", "tru", '"a', "[1 2]", '{"a":1}}', "12345678901234567890.123",
             '"\\ud83d\\ude00"', '"\\ud83d"', '{"":""}', "\ufeff1", "1e400", "/**/1", '[[[[]]]]', '"\t"', '"\\x"', "-", "+1", "true false", '{"é":"e\\u0301"}', "1e-5", '[{"a":1},{"a":"b"}]', '"</a>&"', '1E2', '-1.5e-3', '"\\/"'],
    "yaml": ["null", "~", "", "a: 1", "- 1\n- b", "a: {b: [1, 2]}", "x: yes", "x: 'yes'", "true", "True", "1.5", "0x1F", "0o17", "017", "1_000", "1e3", "2020-01-01", "2020-01-01T00:00:00Z", "a: |\n  x\n  y\n", "a: >-\n  x\n  y\n", "&a 1", "a: &x 1\nb: *x", "<<: {a: 1}", "a: 1\na: 2", "!!str 1",
             "!!int \"1\"", "- - 1\n  - 2", "\"\\u00e9\"", "'it''s'", "---\na: 1", "a: 1\n---\nb: 2", "# c\na: 1 # d", "a:\n- 1\n- 2", "? a\n: 1", "{a: 1, b}", "[a, b,]", "a: b: c", "- a\n b", "x", "a:   b  ", "!!binary aGk=", "!!set {a, b}", "12:30:45", "- !!float 1", "a: \"x\\\n  y\"", "no", "off",
             "1.", ".5", "+1", "-1", "1e", "=", "a: *b", "{", "- [", "\"x", "key: - a", "a:\n  b:\n    c: d\n", "null: 1", "1: 2", "true: x", "- ~\n- null\n- Null", "a: !!null x", "a: 1\n b: 2", "%YAML 1.1\n---\na", "a: >\n  one\n  two\n\n  three\n", "a: |+\n  x\n\n", "a: |-\n  x\n", "1e1000", "12345678901234567890", "a: @b", "- '", "[{a: 1}, {b: 2}]"],
    "regex": ["a", ".*", "(a)(b)?", "(?P<x>[a-z]+)", "[0-9]+", "^\\s*$", "\\w+", "(?i)HELLO", "a|b", "[[:alpha:]]+", "\\pL+", "\\p{Greek}", "(", "[", "a{2}", "a{,2}", "(?s).", "(?m)^", "\\bx", "\\d{1,3}", "(?:a)(b)", "x*", "", "[^a]", "\\Q.\\E", "a**", "(?P<n>a)|(?P<m>b)", "(?U)a+", "\\z", "\\Aa", "(?=a)",
              "(a)|b", "\\x41", "\\x{1F44D}", "\\C", "[a-\\d]", "\\1", "(?<name>a)", "[[:word:]]", "\\h", "\\R", "a{1001}", "(?-i)a", "[\\w-]+", "é", "\\PL", "[\\pN]", "a+?", "(|a)*", "(a+)(b+)", "$", "^", "\\n", "[^\\n]+", "(?i:a)B", "(?P<a-b>x)", "[]a]", "[a", "a)", "\\", "{", "}", "]"],
    "replaced": ["a", "", "b", "/a/", "/[a-z]+/", "/(a)(b)/", "/./", "/", "//", "/a", "a/", "/(?P<x>.)/", "é", "/\\s/", "/^/", "/$/", "/x*/", "/(/", "\n", "/\\n/", "/a|b/", "aa"],
    "replacement": ["", "x", "$1", "${1}x", "$1x", "$x", "${x}", "$$", "$", "$0", "[$0]", "$2", "\\1", "é", "${", "$1$1", "$é", "a$"],
    "encoding": ["UTF-8", "UTF-16LE", "utf-16be", "ISO-8859-1", "Windows-1252", "Shift_JIS", "EUC-KR", "GBK", "Big5", "US-ASCII", "UTF-16", "latin1", "nope", "KOI8-R", "macintosh", "gb18030", "iso-8859-15", "EUC-JP", "utf8", "windows-1251", "ISO-2022-JP", ""],
    "namespace": ["dns", "url", "oid", "x500", "DNS", "", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b8109dad11d180b400c04fd430c8", "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "nope", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"],
}

# How often a text is changed, where it is not as usual.
CHANGED = {"words": 0.1, "json": 0.35, "yaml": 0.25, "csv": 0.35, "format": 0.3, "regex": 0.3, "date": 0.25, "date_form": 0.4, "duration": 0.3, "cidr": 0.2,
           "encoding": 0.03, "key_text": 0.03, "path": 0.05, "folder": 0, "template_path": 0.02, "pattern": 0.15, "numerals": 0.3}


def changed(random, text, others):
    """A text with a character less, one more, or two texts in one."""
    for _ in range(random.randrange(1, 3)):
        place = random.randrange(len(text) + 1)
        form = random.randrange(4)
        if form == 0:
            text = text[:place] + text[place + 1:]
        elif form == 1:
            other = random.choice(others)
            text = text[:place] + (random.choice(other) if other else "") + text[place:]
        elif form == 2:
            text = text[:place] + random.choice(others) + text[place:]
        else:
            end = random.randrange(len(text) + 1)
            text = text[:min(place, end)] + text[max(place, end):]
    return text


def shorter(text):
    """The text with parts left out."""
    size = len(text) // 2
    while size:
        for start in range(0, len(text), size):
            yield text[:start] + text[start + size:]
        size //= 2


ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text):
    """The text as an expression."""
    escaped = "".join(ESCAPES.get(character, character) for character in text)
    escaped = "".join(f"\\u{ord(character):04x}" if character < " " or character in "\u2028\ufeff\u200d\u00a0" else character for character in escaped)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def unquoted(expression):
    """What `quoted` was given."""
    text, result = expression[1:-1].replace("$${", "${").replace("%%{", "%{"), ""
    back = {written[1]: character for character, written in ESCAPES.items()}
    while text:
        if text.startswith("\\u"):
            result, text = result + chr(int(text[2:6], 16)), text[6:]
        elif text.startswith("\\"):
            result, text = result + back[text[1]], text[2:]
        else:
            result, text = result + text[0], text[1:]
    return result


def plain(text):
    """The text as it stands in a heredoc."""
    return text.replace("${", "$${").replace("%{", "%%{") if text not in ("$${", "%%{") else text
