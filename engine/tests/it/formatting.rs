//! Messy texts in canonical layout, as terraform brings them into it.
//!
//! `tests/goldens/format/messy.txt` holds the texts, each after `=== name`; `canonical.txt` what terraform made of them.
//! Where terraform is installed it formats them anew, and must say the same. To record, run with
//! `INFRA_RECORD_GOLDENS=1`.

use std::path::{Path, PathBuf};
use std::process::Command;

use infra_engine::syntax::{SourceMap, format_source, parse_bytes};

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/format")
}

fn cases(file: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(goldens().join(file)).unwrap();
    let parts = text.split("=== ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap()).map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// What terraform makes of texts; `None` where it is not installed.
fn by_terraform(cases: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let folder = std::env::temp_dir().join(format!("infra-format-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(format!("{}.tf", name.replace(' ', "_")));
    for (name, text) in cases {
        std::fs::write(path(name), text).unwrap();
    }
    let output = Command::new("terraform").args(["fmt", "-no-color"]).current_dir(&folder).output();
    let formatted = output.ok().map(|output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        cases.iter().map(|(name, _)| (name.clone(), std::fs::read_to_string(path(name)).unwrap())).collect()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    formatted
}

#[test]
fn messy_texts_become_what_terraform_makes_of_them() {
    let messy = cases("messy.txt");
    let terraform = by_terraform(&messy);
    if terraform.is_none() {
        println!("terraform is not installed: the recorded texts stand in for it");
    }
    if let Some(terraform) = &terraform
        && std::env::var_os("INFRA_RECORD_GOLDENS").is_some()
    {
        let text: String = terraform.iter().map(|(name, text)| format!("=== {name}\n{text}")).collect();
        std::fs::write(goldens().join("canonical.txt"), text).unwrap();
    }
    let canonical = cases("canonical.txt");
    if let Some(terraform) = terraform {
        assert_eq!(terraform, canonical, "terraform says something else than what is recorded");
    }
    assert_eq!(messy.len(), canonical.len());
    for ((name, messy), (_, canonical)) in messy.iter().zip(&canonical) {
        let (_, _, mistakes) = parse_bytes(&SourceMap::new(), name, messy.as_bytes());
        assert!(mistakes.is_empty(), "{name}: {mistakes:?}");
        assert_eq!(&format_source(messy), canonical, "{name}");
        assert_eq!(&format_source(canonical), canonical, "{name}, a second time");
    }
}

#[test]
fn bytes_that_cannot_be_seen_are_kept_or_left_out() {
    let table = [
        ("", ""),
        ("\u{feff}a=1\n", "a = 1\n"),
        ("a=1\r\nbb=2 # x\r\nc=<<E\r\n ${ a }\r\nE\r\n", "a  = 1\r\nbb = 2 # x\r\nc  = <<E\r\n ${a}\r\nE\r\n"),
        ("a=1", "a = 1"),
        ("a\t=\t1\t\t\n\n\t ", "a = 1\n\n  "),
        ("a=1 /* x */", "a = 1 /* x */"),
        ("a { # x\n}", "a { # x\n}"),
        // Terraform loses a label in which a dollar sign stands.
        ("a b \"$${c}\" {}\n", "a \"b\" \"$${c}\" {}\n"),
    ];
    for (messy, canonical) in table {
        assert_eq!(format_source(messy), canonical, "{messy:?}");
    }
}
