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
                    format!("The addresses of -{flag}-file are to be read from {file}, which failed: {error}."),
                ));
                continue;
            }
        };
        for (index, line) in text.lines().enumerate() {
            let address = line.split('#').next().unwrap_or_default().trim();
            if address.is_empty() {
                continue;
            }
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
