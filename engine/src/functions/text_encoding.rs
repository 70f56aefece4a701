//! `textencodebase64` and `textdecodebase64`: texts in other encodings, by the names that IANA registers.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use infra_values::Value;
use yore::CodePage;
use yore::code_pages::{CP437, CP850, CP852, CP855, CP860, CP862, CP863, CP865};

use super::arguments::{Outcome, string, text};
use super::encoding::LENIENT;
use super::{Context, Function, FunctionError, Parameter, Returns};

const ENCODING: Parameter = Parameter::new("encoding", string);

pub(super) const TEXTENCODEBASE64: Function = Function::new(
    "textencodebase64",
    "Encodes a string in a character encoding such as `UTF-16LE`, and the bytes in Base64.",
    &[Parameter::new("string", string), ENCODING],
    Returns::Fixed(string),
    encode,
);

pub(super) const TEXTDECODEBASE64: Function = Function::new(
    "textdecodebase64",
    "Decodes Base64, and the bytes from a character encoding such as `UTF-16LE`.",
    &[Parameter::new("source", string), ENCODING],
    Returns::Fixed(string),
    decode,
);

/// How texts are turned into bytes.
#[derive(Clone, Copy)]
enum Charset {
    Ascii,
    /// The first 256 characters, one byte each.
    Latin1,
    /// Two bytes for most characters; whether the lower one comes first, and whether a mark at the beginning says so.
    Utf16 {
        little_endian: bool,
        has_mark: bool,
    },
    /// One of IBM's, of the times before there were others.
    CodePage(&'static dyn CodePage),
    /// One that the library for browsers has.
    Other(&'static Encoding),
}

/// Names that the library does not know, or takes for something else.
const OWN_NAMES: [(&[&str], Charset); 5] = [
    (
        &[
            "us-ascii",
            "ascii",
            "ansi_x3.4-1968",
            "ansi_x3.4-1986",
            "iso_646.irv:1991",
            "iso646-us",
            "iso-ir-6",
            "us",
            "ibm367",
            "cp367",
            "csascii",
        ],
        Charset::Ascii,
    ),
    (
        &[
            "iso-8859-1",
            "iso_8859-1:1987",
            "iso_8859-1",
            "iso-ir-100",
            "latin1",
            "l1",
            "ibm819",
            "cp819",
            "csisolatin1",
        ],
        Charset::Latin1,
    ),
    (&["utf-16", "csutf16"], Charset::Utf16 { little_endian: false, has_mark: true }),
    (&["utf-16be", "csutf16be"], Charset::Utf16 { little_endian: false, has_mark: false }),
    (&["utf-16le", "csutf16le"], Charset::Utf16 { little_endian: true, has_mark: false }),
];

/// Number of a code page and its name without number, which are registered beside `IBM…` and `cp…`.
const CODE_PAGES: [(&str, &str, &dyn CodePage); 8] = [
    ("437", "cspc8codepage437", &CP437),
    ("850", "cspc850multilingual", &CP850),
    ("852", "cspcp852", &CP852),
    ("855", "csibm855", &CP855),
    ("860", "csibm860", &CP860),
    ("862", "cspc862latinhebrew", &CP862),
    ("863", "csibm863", &CP863),
    ("865", "csibm865", &CP865),
];

/// The registered names among those the library knows: it has others, which only browsers use.
const LIBRARY_NAMES: &str = " utf-8 csutf8 iso-8859-2 iso_8859-2:1987 iso-ir-101 iso_8859-2 latin2 l2 csisolatin2 \
    iso-8859-3 iso_8859-3:1988 iso-ir-109 iso_8859-3 latin3 l3 csisolatin3 iso-8859-4 iso_8859-4:1988 iso-ir-110 \
    iso_8859-4 latin4 l4 csisolatin4 iso-8859-5 iso_8859-5:1988 iso-ir-144 iso_8859-5 cyrillic csisolatincyrillic \
    iso-8859-6 iso_8859-6:1987 iso-ir-127 iso_8859-6 ecma-114 asmo-708 arabic csisolatinarabic iso-8859-7 \
    iso_8859-7:1987 iso-ir-126 iso_8859-7 elot_928 ecma-118 greek greek8 csisolatingreek iso-8859-8 iso_8859-8:1988 \
    iso-ir-138 iso_8859-8 hebrew csisolatinhebrew iso-8859-10 iso-ir-157 l6 csisolatin6 latin6 iso-8859-13 \
    csiso885913 iso-8859-14 csiso885914 iso-8859-15 iso_8859-15 csiso885915 iso-8859-16 csiso885916 koi8-r cskoi8r \
    koi8-u cskoi8u macintosh mac csmacintosh windows-874 cswindows874 windows-1250 cswindows1250 windows-1251 \
    cswindows1251 windows-1252 cswindows1252 windows-1253 cswindows1253 windows-1254 cswindows1254 windows-1255 \
    cswindows1255 windows-1256 cswindows1256 windows-1257 cswindows1257 windows-1258 cswindows1258 ibm866 cp866 866 \
    csibm866 gbk csgbk gb18030 csgb18030 big5 csbig5 shift_jis ms_kanji csshiftjis euc-jp cseucpkdfmtjapanese \
    iso-2022-jp csiso2022jp euc-kr cseuckr ";

/// Bytes of Windows encodings without a character, which browsers take for control characters.
const UNDEFINED: std::ops::RangeInclusive<char> = '\u{80}'..='\u{9f}';

fn charset(name: &str) -> Result<Charset, FunctionError> {
    let lower = name.to_ascii_lowercase();
    if let Some((_, charset)) = OWN_NAMES.iter().find(|(names, _)| names.contains(&lower.as_str())) {
        return Ok(*charset);
    }
    let number = ["ibm", "cp"].iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    if let Some((.., page)) = CODE_PAGES.iter().find(|(page, name, _)| *page == number || *name == lower) {
        return Ok(Charset::CodePage(*page));
    }
    let is_registered = !lower.contains(' ') && LIBRARY_NAMES.contains(&format!(" {lower} "));
    // Short names that the library does not know.
    let label = match lower.as_str() {
        "csutf8" => "utf-8".to_owned(),
        "cskoi8u" => "koi8-u".to_owned(),
        "csgbk" => "gbk".to_owned(),
        "csgb18030" => "gb18030".to_owned(),
        other => match (other.strip_prefix("csiso8859"), other.strip_prefix("cswindows")) {
            (Some(part), _) => format!("iso-8859-{part}"),
            (_, Some(page)) => format!("windows-{page}"),
            _ => lower,
        },
    };
    Encoding::for_label(label.as_bytes()).filter(|_| is_registered).map(Charset::Other).ok_or_else(|| {
        FunctionError::argument(
            1,
            format!("{name:?} is not the name of a character encoding that is known here; UTF-8, UTF-16LE and windows-1252 are some"),
        )
    })
}

fn encode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (source, name) = (text(&arguments[0]), text(&arguments[1]));
    let bytes = to_bytes(source, charset(name)?)
        .ok_or_else(|| FunctionError::argument(0, format!("the string has characters that {name} cannot express")))?;
    Ok(Value::string(STANDARD.encode(bytes)))
}

fn to_bytes(source: &str, charset: Charset) -> Option<Vec<u8>> {
    match charset {
        Charset::Ascii => source.is_ascii().then(|| source.as_bytes().to_vec()),
        Charset::Latin1 => source.chars().map(|character| u8::try_from(character).ok()).collect(),
        Charset::Utf16 { little_endian, has_mark } => {
            let units = has_mark.then_some(0xfeff).into_iter().chain(source.encode_utf16());
            Some(units.flat_map(|unit| if little_endian { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect())
        }
        Charset::CodePage(page) => page.encode(source).ok().map(Cow::into_owned),
        Charset::Other(encoding) => {
            let (bytes, _, has_unmappable) = encoding.encode(source);
            (!has_unmappable && !has_undefined(source, encoding)).then(|| bytes.into_owned())
        }
    }
}

fn decode(_: &dyn Context, arguments: &[Value]) -> Outcome {
    let (source, name) = (text(&arguments[0]), text(&arguments[1]));
    let charset = charset(name)?;
    let bytes = LENIENT
        .decode(source.replace(['\n', '\r'], ""))
        .map_err(|error| FunctionError::argument(0, format!("{source:?} is not valid Base64: {error}")))?;
    let decoded = from_bytes(&bytes, charset)
        .ok_or_else(|| FunctionError::argument(0, format!("the bytes have parts that mean nothing in {name}")))?;
    Ok(Value::string(decoded))
}

fn from_bytes(bytes: &[u8], charset: Charset) -> Option<String> {
    match charset {
        Charset::Ascii => std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(str::to_owned),
        Charset::Latin1 => Some(bytes.iter().copied().map(char::from).collect()),
        Charset::Utf16 { little_endian, has_mark } => {
            let (little_endian, bytes) = match bytes {
                [0xfe, 0xff, rest @ ..] if has_mark => (false, rest),
                [0xff, 0xfe, rest @ ..] if has_mark => (true, rest),
                _ => (little_endian, bytes),
            };
            let (pairs, rest) = bytes.as_chunks::<2>();
            let unit =
                |pair: &[u8; 2]| if little_endian { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) };
            rest.is_empty().then(|| String::from_utf16(&pairs.iter().map(unit).collect::<Vec<_>>()).ok()).flatten()
        }
        Charset::CodePage(page) => page.decode(bytes).ok().map(Cow::into_owned),
        Charset::Other(encoding) => {
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
            (!has_undefined(&decoded, encoding)).then(|| decoded.into_owned())
        }
    }
}

/// Whether the library has a meaning for something that has none: a control character in a place that is left open.
fn has_undefined(text: &str, encoding: &'static Encoding) -> bool {
    let leaves_places_open = encoding.name().starts_with("windows-") || encoding.name().starts_with("ISO-8859-");
    leaves_places_open && text.contains(|character| UNDEFINED.contains(&character))
}
