//! What the libraries log, on standard error: warnings and errors always, more with `TF_LOG`.
//!
//! `TF_LOG_CORE` and `TF_LOG_PROVIDER` say it for a part alone, and `TF_LOG_PATH` names a file to which it is appended
//! instead. Only this project's own crates are listened to: those of others may log requests with everything in them.

use std::fs::{File, OpenOptions};
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::environment::Environment;

/// Crates that are not about a provider.
const CORE: &[&str] = &["infra", "infra_engine", "infra_modules", "infra_sandbox", "infra_state", "infra_values"];

/// Begins to listen, for the rest of the process. Gives what is wrong with the file that the log was to go to.
pub fn start(environment: &Environment, color: bool) -> Option<String> {
    let everywhere = environment.get("TF_LOG");
    let core = level(environment.get("TF_LOG_CORE").or(everywhere));
    let provider = level(environment.get("TF_LOG_PROVIDER").or(everywhere));
    let (file, problem) = match log_file(environment) {
        Some(Ok(file)) => (Some(file), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
    let is_ours = move |metadata: &tracing::Metadata<'_>| {
        let crate_name = metadata.target().split("::").next().unwrap_or_default();
        let most = if CORE.contains(&crate_name) { core } else { provider };
        crate_name.starts_with("infra") && most.is_some_and(|most| *metadata.level() <= most)
    };
    let is_for_people = file.is_none();
    let writer = match file {
        Some(file) => BoxMakeWriter::new(Mutex::new(file)),
        None => BoxMakeWriter::new(std::io::stderr),
    };
    let lines = fmt::layer().with_writer(writer).with_ansi(color && is_for_people).with_target(!is_for_people);
    let lines = match is_for_people {
        true => lines.without_time().with_filter(filter_fn(is_ours)).boxed(),
        false => lines.with_filter(filter_fn(is_ours)).boxed(),
    };
    // A second start, in a test of several commands, changes nothing.
    if tracing_subscriber::registry().with(lines).try_init().is_err() {
        tracing::debug!("somebody listens already");
    }
    problem
}

/// The least important that is said; `None`: nothing.
fn level(text: Option<&str>) -> Option<Level> {
    match text.map(str::to_lowercase).as_deref() {
        Some("trace" | "json") => Some(Level::TRACE),
        Some("debug") => Some(Level::DEBUG),
        Some("info") => Some(Level::INFO),
        Some("error") => Some(Level::ERROR),
        Some("off") => None,
        _ => Some(Level::WARN),
    }
}

/// The file named by `TF_LOG_PATH`, to be appended to.
fn log_file(environment: &Environment) -> Option<Result<File, String>> {
    let path = environment.get("TF_LOG_PATH")?;
    let opened = OpenOptions::new().create(true).append(true).open(environment.current_directory.join(path));
    Some(opened.map_err(|error| format!("The file {path} that TF_LOG_PATH names could not be opened: {error}.")))
}
