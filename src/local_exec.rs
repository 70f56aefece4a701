//! `provisioner "local-exec"`: a command on this machine.
//!
//! The command gets a process group of its own, which ends with the run: dropping the future kills the whole group.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use async_trait::async_trait;
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::provider::provisioner::{Provisioner, Report};
use infra_values::Value;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// How much of the output the error shows: the end of it.
const OUTPUT_LEN_MAX: usize = 8 * 1024;

/// Runs commands in a folder with an environment.
pub struct LocalExec {
    /// The folder that `working_dir` is relative to.
    pub directory: PathBuf,
    /// What the command sees beside its own `environment`.
    pub environment: Vec<(String, String)>,
}

/// Kills a process group when it goes away before the command has ended.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0.take() {
            // A group that has ended by itself needs no killing.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn attribute<'c>(config: &'c Value, name: &str) -> Option<&'c Value> {
    config.as_entries()?.get(name)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_items).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn failed(detail: String) -> Diagnostics {
    Diagnostic::error("local-exec provisioner error", detail).into()
}

#[async_trait]
impl Provisioner for LocalExec {
    async fn run(&self, config: &Value, report: &dyn Report) -> Result<(), Diagnostics> {
        let command = attribute(config, "command").and_then(Value::as_str).unwrap_or_default();
        if command.is_empty() {
            return Err(Diagnostic::error(
                "Invalid local-exec provisioner command",
                "The command is empty. Say what to run.",
            )
            .into());
        }
        let mut words = texts(attribute(config, "interpreter"));
        if words.is_empty() {
            words = vec!["/bin/sh".to_owned(), "-c".to_owned()];
        }
        words.push(command.to_owned());
        if attribute(config, "quiet").and_then(Value::as_bool) == Some(true) {
            report.line("local-exec: Executing: Suppressed by quiet=true");
        } else {
            let shown: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            report.line(&format!("Executing: [{}]", shown.join(" ")));
        }
        let mut child = self
            .start(&words, config)
            .map_err(|error| failed(format!("{command:?} could not be started: {error}.")))?;
        let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
        let output = follow(&mut child, report).await;
        let status = child.wait().await;
        group.0 = None;
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(format!("Error running command '{command}': {status}. Output: {output}"))),
            Err(error) => Err(failed(format!("{command:?} was started, and then nothing more is known: {error}."))),
        }
    }
}

impl LocalExec {
    fn start(&self, words: &[String], config: &Value) -> std::io::Result<Child> {
        let [program, arguments @ ..] = words else { return Err(std::io::ErrorKind::InvalidInput.into()) };
        let own: BTreeMap<&str, &str> = attribute(config, "environment")
            .and_then(Value::as_entries)
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect();
        let working_directory = attribute(config, "working_dir").and_then(Value::as_str).unwrap_or(".");
        Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .envs(own)
            .current_dir(self.directory.join(working_directory))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

/// Reports what a command says while it runs; the end of it for the error.
async fn follow(child: &mut Child, report: &dyn Report) -> String {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let output = std::sync::Mutex::new(String::new());
    let told = |line: &str| {
        report.line(line);
        let mut output = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        output.push_str(line);
        output.push('\n');
        let excess = output.len().saturating_sub(OUTPUT_LEN_MAX);
        let cut = (excess..=output.len()).find(|at| output.is_char_boundary(*at)).unwrap_or_default();
        output.drain(..cut);
    };
    tokio::join!(lines(stdout, &told), lines(stderr, &told));
    output.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn lines(stream: Option<impl AsyncRead + Unpin>, told: &(impl Fn(&str) + Sync)) {
    let Some(stream) = stream else { return };
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    // A stream that cannot be read any more has nothing more to tell.
    while reader.read_until(b'\n', &mut line).await.is_ok_and(|read| read > 0) {
        told(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}
