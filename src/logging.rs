//! What the libraries log, on standard error: warnings and errors always, more with `TF_LOG`.
//!
//! Only this project's own crates are listened to: those of others may log requests with everything in them.

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::environment::Environment;

/// Begins to listen, for the rest of the process.
pub fn start(environment: &Environment, color: bool) {
    let most = match environment.get("TF_LOG").map(str::to_lowercase).as_deref() {
        Some("trace") => Level::TRACE,
        Some("debug" | "json") => Level::DEBUG,
        Some("info") => Level::INFO,
        Some("error") => Level::ERROR,
        _ => Level::WARN,
    };
    let ours = filter_fn(move |metadata| metadata.target().starts_with("infra") && *metadata.level() <= most);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(color).without_time().with_target(false);
    let lines = lines.with_filter(ours);
    // A second start, in a test of several commands, changes nothing.
    if tracing_subscriber::registry().with(lines).try_init().is_err() {
        tracing::debug!("somebody listens already");
    }
}
