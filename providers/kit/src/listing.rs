//! A check for the lists of service crates: that they are in order and complete.
//!
//! A type's name and its file can be guessed from each other: `aws_s3_bucket` is `src/bucket.rs` (or
//! `src/bucket/mod.rs`) of the crate `s3`. Of the same name, a data source is in `src/data/`, an ephemeral resource in
//! `src/ephemeral/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use infra_engine::schema::facts::schema_from_facts;
use infra_schema::{Generation, TypeKind};

use crate::ServiceTypes;

/// Everything wrong with a service's list, one line each; empty if nothing is. `source` is the crate's `src` directory:
/// `concat!(env!("CARGO_MANIFEST_DIR"), "/src")`.
pub fn check(types: &ServiceTypes, source: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expected = BTreeSet::new();
    for (kind, names) in [
        (TypeKind::Resource, types.resource_names()),
        (TypeKind::DataSource, types.data_source_names()),
        (TypeKind::Ephemeral, types.ephemeral_names()),
    ] {
        if !names.is_sorted() {
            problems.push(format!("{names:?} is not in order"));
        }
        for name in names {
            problems.extend(facts_problem(name, kind));
            let stem = stem(types.name, name);
            let places = match kind {
                TypeKind::Resource => vec![format!("{stem}.rs"), format!("{stem}/mod.rs")],
                TypeKind::DataSource => vec![format!("data/{stem}.rs"), format!("{stem}.rs")],
                TypeKind::Ephemeral => vec![format!("ephemeral/{stem}.rs"), format!("{stem}.rs")],
            };
            match places.iter().find(|place| Path::new(source).join(place).is_file()) {
                Some(place) => {
                    expected.insert(place.clone());
                }
                None => problems.push(format!("{name} is not in {}", places.join(" nor in "))),
            }
        }
    }
    for file in files_with_types(Path::new(source), "") {
        if !expected.contains(&file) {
            problems.push(format!("{file} has a type that the list lacks"));
        }
    }
    problems
}

/// `aws_s3_bucket` in `s3` is `bucket`; `aws_region` in `meta` is `region`.
fn stem<'n>(service: &str, name: &'n str) -> &'n str {
    let rest = name.strip_prefix("aws_").unwrap_or(name);
    rest.strip_prefix(service).and_then(|rest| rest.strip_prefix('_')).unwrap_or(rest)
}

fn facts_problem(name: &str, kind: TypeKind) -> Vec<String> {
    let check = |generation| {
        let facts = infra_schema::type_facts(name, kind, generation);
        match facts.map(|facts| schema_from_facts(&facts)) {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(format!("{name}, {generation:?}: {error}")),
            None => Some(format!("{name}, {generation:?}: no facts")),
        }
    };
    [Generation::V5, Generation::V6].into_iter().filter_map(check).collect()
}

/// What makes a file that of a type.
const TRAITS: [&str; 3] = ["impl AwsResource for", "impl AwsDataSource for", "impl AwsEphemeral for"];

/// Files below `directory` that implement a type, as paths from the top.
fn files_with_types(directory: &Path, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            found.extend(files_with_types(&path, &format!("{name}/")));
        } else if fs::read_to_string(&path).is_ok_and(|text| TRAITS.iter().any(|line| text.contains(line))) {
            found.push(name);
        }
    }
    found
}
