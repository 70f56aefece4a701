//! `infra sandbox status|stop|reset`

use infra_sandbox::Status;

use crate::arguments::{SandboxAction, SandboxArguments};
use crate::command_error::{CommandResult, EXIT_OK};
use crate::project::Session;
use crate::sandbox::{Shown, diagnostic, of_directory};

/// Looks after the sandbox of this git checkout.
pub fn run(session: &Session<'_>, arguments: &SandboxArguments) -> CommandResult {
    let sandbox = of_directory(&session.directory, &session.environment);
    let progress = Shown(session.printer);
    let text = match arguments.action {
        SandboxAction::Status => describe(&sandbox.status().map_err(|error| diagnostic(&error))?),
        SandboxAction::Stop => {
            let stopped = sandbox.stop(&progress).map_err(|error| diagnostic(&error))?;
            if stopped.was_running {
                "The sandbox was stopped; its contents stay."
            } else {
                "The sandbox was not running."
            }
            .to_owned()
        }
        SandboxAction::Reset => {
            sandbox.reset(&progress).map_err(|error| diagnostic(&error))?;
            "The sandbox was stopped and wiped, with the states made in it.".to_owned()
        }
    };
    session.printer.result(&text);
    Ok(EXIT_OK)
}

fn describe(status: &Status) -> String {
    match status {
        Status::Running { endpoint_url, pid, version, answers, .. } => {
            let readiness = if *answers { "" } else { ", and is still starting" };
            format!("The sandbox runs at {endpoint_url} (process {pid}, ministack {version}{readiness}).")
        }
        Status::Stopped { has_contents: true } => {
            "The sandbox is stopped. Its contents are kept for the next use; `infra sandbox reset` wipes them."
                .to_owned()
        }
        Status::Stopped { has_contents: false } => "The sandbox is stopped and empty.".to_owned(),
    }
}
