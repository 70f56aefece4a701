//! `fileset`: the files below a folder whose paths match a pattern.
//!
//! `*`, `?` and `[a-z]` stand for characters of one name, `**` for any number of folders, and `{a,b}` for
//! alternatives.

use std::collections::BTreeSet;
use std::path::Path;

use infra_values::{Type, Value};

use super::arguments::{Outcome, string, text};
use super::filesystem::cleaned;
use super::{Context, Function, FunctionError, Parameter, Returns};

pub(super) const FILESET: Function = Function::new(
    "fileset",
    "Returns the paths of the files below a folder that match a pattern such as `**/*.txt`, relative to the folder.",
    &[Parameter::new("path", string), Parameter::new("pattern", string)],
    Returns::Fixed(|| Type::set(Type::String)),
    files,
);

fn files(context: &dyn Context, arguments: &[Value]) -> Outcome {
    // A `~` is a folder's name here, and no home directory.
    let (folder, pattern) = (cleaned(text(&arguments[0])), text(&arguments[1]));
    let base = context.base_directory();
    let mut found = BTreeSet::new();
    let Some(paths) = paths_of(pattern) else {
        // Where there is nothing to match, Terraform does not look at the pattern.
        let start = base.join(&folder).join(literal_beginning(pattern));
        let is_empty = std::fs::read_dir(start).map_or(true, |mut entries| entries.next().is_none());
        return if is_empty { Ok(Value::set(Type::String, [])) } else { Err(malformed(pattern)) };
    };
    for path in &paths {
        let (start, left, rest) = climbed(&folder, path);
        let start = base.join(start);
        let mut below = BTreeSet::new();
        if rest != "." {
            walk(&start, "", &rest.split('/').collect::<Vec<_>>(), &mut below)?;
        } else if start.is_file() {
            below.insert(String::new());
        }
        found.extend(below.iter().map(|file| relative(&left, file)));
    }
    Ok(Value::set(Type::String, found.into_iter().map(Value::string)))
}

/// Goes up from a folder, by its name alone, as often as a path says: where that is, which folders were left, and the
/// rest of the path.
fn climbed<'p>(folder: &'p str, path: &'p str) -> (String, Vec<&'p str>, &'p str) {
    let mut kept: Vec<&str> = folder.split('/').collect();
    let (mut left, mut rest) = (Vec::new(), path);
    while (rest == ".." || rest.starts_with("../")) && kept.last().is_some_and(|name| !matches!(*name, "" | "." | ".."))
    {
        left.extend(kept.pop());
        rest = rest.get("../".len()..).unwrap_or(".");
    }
    left.reverse();
    let start = match kept.as_slice() {
        [] => ".".to_owned(),
        [""] => "/".to_owned(),
        names => names.join("/"),
    };
    (start, left, rest)
}

/// The path of a file as it is from inside the folders that were left.
fn relative(left: &[&str], file: &str) -> String {
    let names: Vec<&str> = file.split('/').filter(|name| !name.is_empty()).collect();
    let common = left.iter().zip(&names).take_while(|(left, name)| left == name).count();
    let path = [&vec![".."; left.len() - common], &names[common..]].concat();
    if path.is_empty() { ".".to_owned() } else { path.join("/") }
}

/// The folders that a pattern names before it leaves anything open.
fn literal_beginning(pattern: &str) -> &str {
    let open = pattern.find(['*', '?', '[', '{', '\\']).unwrap_or(pattern.len());
    let end = pattern[..open].rfind('/').unwrap_or(0);
    pattern[..end].trim_start_matches('/')
}

/// The patterns without braces that a pattern stands for; `None` where it cannot be read.
fn paths_of(pattern: &str) -> Option<Vec<String>> {
    // Two stars from within and behind braces stand for one name, not for any depth.
    let plain = |path: &str| -> String {
        let parts = path.split('/').zip(pattern.split('/'));
        parts
            .map(|(part, written)| if part == "**" && written != "**" { "*" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    // What braces leave of a name is a name, even where it looks like a way up: no file is called so.
    let is_possible = |path: &str| {
        let parts = path.split('/').zip(pattern.split('/'));
        parts
            .into_iter()
            .all(|(part, written): (&str, &str)| !written.contains('{') || !matches!(part, "" | "." | ".."))
    };
    let possible = alternatives(pattern)?.into_iter().filter(|path| is_possible(path));
    let paths: Vec<String> = possible.map(|path| cleaned(plain(&path).trim_start_matches('/'))).collect();
    let is_readable = |part: &str| matches_name(part, "").is_some();
    paths.iter().all(|path| path.split('/').all(is_readable)).then_some(paths)
}

fn malformed(pattern: &str) -> FunctionError {
    FunctionError::new(format!(
        "the pattern {pattern:?} cannot be read: brackets and braces must be closed, and braces hold neither braces nor slashes"
    ))
}

/// The patterns that braces stand for; `None` when braces are not closed, nested or have slashes in them.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut written = vec![String::new()];
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next()?;
                written.iter_mut().for_each(|one| one.extend(['\\', escaped]));
            }
            '{' => {
                let (mut options, mut option) = (Vec::new(), String::new());
                loop {
                    match characters.next()? {
                        '{' | '/' => return None,
                        '}' => break,
                        ',' => options.push(std::mem::take(&mut option)),
                        '\\' => option.extend(['\\', characters.next()?]),
                        other => option.push(other),
                    }
                }
                options.push(option);
                written = written
                    .iter()
                    .flat_map(|before| options.iter().map(move |option| format!("{before}{option}")))
                    .collect();
            }
            other => written.iter_mut().for_each(|one| one.push(other)),
        }
    }
    Some(written)
}

/// Adds the files below `folder` that match; `prefix` is the path of that folder with a slash behind.
fn walk(folder: &Path, prefix: &str, parts: &[&str], found: &mut BTreeSet<String>) -> Result<(), FunctionError> {
    let Some((part, rest)) = parts.split_first() else { return Ok(()) };
    if *part == ".." {
        return walk(&folder.join(part), &format!("{prefix}../"), rest, found);
    }
    let any_depth = *part == "**";
    if any_depth && !rest.is_empty() {
        walk(folder, prefix, rest, found)?;
    }
    // A folder that is not there or may not be read holds nothing.
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !any_depth && matches_name(part, &name) != Some(true) {
            continue;
        }
        let path = format!("{prefix}{name}");
        // Links are followed.
        let metadata = match std::fs::metadata(entry.path()) {
            Ok(metadata) => metadata,
            Err(_) if any_depth || !rest.is_empty() => continue,
            Err(error) => return Err(FunctionError::new(format!("the file {path:?} cannot be looked at: {error}"))),
        };
        if metadata.is_dir() {
            let further = if any_depth { parts } else { rest };
            walk(&entry.path(), &format!("{path}/"), further, found)?;
        } else if rest.is_empty() && metadata.is_file() {
            found.insert(path);
        }
    }
    Ok(())
}

/// Whether a name matches a pattern without slashes; `None` for a pattern that cannot be read.
fn matches_name(pattern: &str, name: &str) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    check(&pattern)?;
    Some(matches_here(&pattern, &name.chars().collect::<Vec<_>>()))
}

/// Every class must be closed and have something in it.
fn check(pattern: &[char]) -> Option<()> {
    let mut rest = pattern;
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            '\\' => behind.get(1..)?,
            '[' => class(behind)?.behind,
            _ => behind,
        };
    }
    Some(())
}

struct Class<'p> {
    is_negated: bool,
    ranges: Vec<(char, char)>,
    behind: &'p [char],
}

/// A class behind its opening bracket.
fn class(pattern: &[char]) -> Option<Class<'_>> {
    let (is_negated, mut rest) = match pattern.split_first() {
        Some(('^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    let one = |rest: &mut &[char]| -> Option<char> {
        let (first, behind) = rest.split_first()?;
        let (character, behind) = match first {
            '\\' => behind.split_first().map(|(escaped, behind)| (*escaped, behind))?,
            '-' | ']' => return None,
            other => (*other, behind),
        };
        *rest = behind;
        Some(character)
    };
    let mut ranges = Vec::new();
    loop {
        if let Some((']', behind)) = rest.split_first()
            && !ranges.is_empty()
        {
            return Some(Class { is_negated, ranges, behind });
        }
        let low = one(&mut rest)?;
        let high = match rest.split_first() {
            Some(('-', behind)) => {
                rest = behind;
                one(&mut rest)?
            }
            _ => low,
        };
        ranges.push((low, high));
    }
}

fn matches_here(pattern: &[char], name: &[char]) -> bool {
    let Some((first, behind)) = pattern.split_first() else { return name.is_empty() };
    match first {
        '*' => (0..=name.len()).any(|taken| matches_here(behind, &name[taken..])),
        '?' => !name.is_empty() && matches_here(behind, &name[1..]),
        '[' => match (class(behind), name.split_first()) {
            (Some(class), Some((character, rest))) => {
                let is_inside = class.ranges.iter().any(|(low, high)| (low..=high).contains(&character));
                is_inside != class.is_negated && matches_here(class.behind, rest)
            }
            _ => false,
        },
        '\\' => match (behind.split_first(), name.split_first()) {
            (Some((escaped, behind)), Some((character, rest))) => escaped == character && matches_here(behind, rest),
            _ => false,
        },
        literal => name.first() == Some(literal) && matches_here(behind, &name[1..]),
    }
}
