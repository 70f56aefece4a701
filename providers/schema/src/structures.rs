//! The structure of every type of the older provider: names, types and flags of attributes and blocks.
//!
//! An archive with one entry a type, so that a single type costs one small entry and not ten megabytes of JSON.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::OnceLock;

use serde_json::Value;
use zip::ZipArchive;

use crate::TypeKind;

type Archive = ZipArchive<Cursor<&'static [u8]>>;

fn archive() -> &'static Archive {
    static ARCHIVE: OnceLock<Archive> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "the archive is part of the binary, and a test reads every entry")]
    ARCHIVE.get_or_init(|| {
        let bytes: &[u8] = include_bytes!("../data/structures-5.100.zip");
        ZipArchive::new(Cursor::new(bytes)).expect("the embedded archive can be read")
    })
}

/// The names of all types, sorted.
pub(crate) fn names(kind: TypeKind) -> &'static BTreeSet<String> {
    static RESOURCES: OnceLock<BTreeSet<String>> = OnceLock::new();
    static DATA_SOURCES: OnceLock<BTreeSet<String>> = OnceLock::new();
    static EPHEMERALS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let names = match kind {
        TypeKind::Resource => &RESOURCES,
        TypeKind::DataSource => &DATA_SOURCES,
        TypeKind::Ephemeral => &EPHEMERALS,
    };
    names.get_or_init(|| {
        archive()
            .file_names()
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.strip_prefix(kind.section())?.strip_prefix('/')?.strip_suffix(".json")?;
                Some(name.to_owned())
            })
            .collect()
    })
}

/// `{schema_version, attributes, blocks}` of a type of 5.100.0.
pub(crate) fn of_5_100(type_name: &str, kind: TypeKind) -> Option<Value> {
    let entry = format!("{}/{type_name}.json", kind.section());
    // Cloning shares the directory of entries.
    let mut archive = archive().clone();
    let file = archive.by_name(&entry).ok()?;
    #[expect(clippy::expect_used, reason = "the archive is part of the binary, and a test reads every entry")]
    Some(serde_json::from_reader(file).expect("embedded structures are JSON"))
}
