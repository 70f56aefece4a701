//! `-target` and `-exclude` with the files that list addresses for them.

use std::fs;

use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_values::address::Target;

use crate::arguments::PlanningArguments;
use crate::project::Session;

/// The addresses that a flag gives, and those in the files of its second flag: one a line, behind `#` a remark.
pub fn targets(
    session: &Session<'_>,
    flag: &str,
    given: &[String],
    files: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<Target> {
    let mut targets = Vec::new();
    for text in given {
        match text.parse::<Target>() {
            Ok(target) => targets.push(target),
            Err(error) => diagnostics.push(invalid_address(flag, text, &error.to_string())),
        }
    }
    for file in files {
        let text = match fs::read_to_string(session.directory.join(file)) {
            Ok(text) => text,
            Err(error) => {
                diagnostics.push(Diagnostic::error(
                    format!("Cannot read the file of -{flag}-file"),
                    format!(
                        "The addresses of -{flag}-file are to be read from {file}, which failed: {error}. Name a file \
                         with one address a line."
                    ),
                ));
                continue;
            }
        };
        let lines: Vec<(usize, &str)> = text.lines().map(without_remark).enumerate().collect();
        if lines.iter().all(|(_, address)| address.is_empty()) {
            // Without any, the flag would have no effect, and everything would be planned.
            diagnostics.push(Diagnostic::error(
                format!("No addresses for -{flag}-file"),
                format!("The file {file} holds no address. Write one a line, or leave the flag out."),
            ));
        }
        for (index, address) in lines.into_iter().filter(|(_, address)| !address.is_empty()) {
            match address.parse::<Target>() {
                Ok(target) => targets.push(target),
                Err(error) => {
                    let place = format!("{error}, in line {} of {file}", index + 1);
                    diagnostics.push(invalid_address(flag, address, &place));
                }
            }
        }
    }
    targets
}

/// A line up to a `#` that is in no quoted key.
fn without_remark(line: &str) -> &str {
    let mut is_quoted = false;
    let end = line.find(|character| {
        is_quoted ^= character == '"';
        character == '#' && !is_quoted
    });
    line[..end.unwrap_or(line.len())].trim()
}

/// Targets and exclusions say the same thing from two sides.
pub fn check(arguments: &PlanningArguments) -> Diagnostics {
    let is_targeted = !arguments.target.is_empty() || !arguments.target_file.is_empty();
    let excludes = !arguments.exclude.is_empty() || !arguments.exclude_file.is_empty();
    if !is_targeted || !excludes {
        return Diagnostics::new();
    }
    Diagnostic::error(
        "Both targets and exclusions",
        "-target says what alone is to be planned and -exclude what is not. Use one of them.",
    )
    .into()
}

/// An address that cannot be read.
pub fn invalid_address(flag: &str, text: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid {flag} \"{text}\""),
        format!("{reason}. An address looks like aws_s3_bucket.data or module.network.aws_vpc.main[0]."),
    )
}
