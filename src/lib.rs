//! The `infra` command line: arguments, commands, rendering and exit codes.
//!
//! Only this crate knows the terminal, the environment variables, the wall clock and exit codes. Each command is a file
//! in [`commands`], named as the user types it; what several share is in the modules beside it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking"))]

use std::ffi::OsString;
use std::process::ExitCode;

mod arguments;
mod backend;
mod backend_pin;
mod command_error;
mod commands;
mod environment;
mod extra_arguments;
mod generated_config;
mod generation;
mod local_exec;
mod logging;
mod modules;
mod narrowing;
mod operation;
mod printer;
mod project;
mod registry;
pub mod render;
mod sandbox;
mod sandbox_provider;
mod state_access;
mod variables;

/// The version that states, plans and `required_version` speak of: that of Terraform whose behaviour this is.
pub const TERRAFORM_VERSION: &str = "1.11.4";

/// Bytes of stack for the thread that does everything: deeply nested configurations walk deep.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Runs a command line (without the program's name) and gives the exit code.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let environment = environment::Environment::of_process();
    let printer = printer::Printer::of_process(&environment);
    if let Some(problem) = logging::start(&environment, printer.has_live_progress() && printer.color()) {
        printer.note(&format!("warning: Log not written\n\n  {problem}"));
    }
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let code = commands::run(arguments, environment, &printer);
        printer.flush();
        code
    });
    let code = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic's own message is on standard error already.
        Ok(Err(_)) | Err(_) => command_error::EXIT_INTERNAL,
    };
    ExitCode::from(code)
}
