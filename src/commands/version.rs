//! `infra version`

use serde_json::json;

use crate::TERRAFORM_VERSION;
use crate::arguments::VersionArguments;
use crate::command_error::{CommandResult, EXIT_OK};
use crate::printer::Printer;

/// Shows the version.
pub fn run(arguments: &VersionArguments, printer: &Printer) -> CommandResult {
    let own = env!("CARGO_PKG_VERSION");
    let platform = format!("{}_{}", std::env::consts::OS, architecture());
    if arguments.json {
        let report = json!({
            "terraform_version": TERRAFORM_VERSION,
            "platform": platform,
            "provider_selections": {},
            "terraform_outdated": false,
            "infra_version": own,
        });
        printer.result(&format!("{report:#}"));
    } else {
        printer.result(&format!("infra v{own}\non {platform}\nbehaves as Terraform v{TERRAFORM_VERSION}"));
    }
    Ok(EXIT_OK)
}

/// The machine's architecture as Terraform names it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
