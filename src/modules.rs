//! The modules of the directory that is worked on: where they are installed, and what is told about installing them.

use std::sync::Arc;

use infra_engine::config::Files;
use infra_modules::{Entry, Loaded, Options, Policy, Progress, Settings};

use crate::printer::Printer;
use crate::project::Session;

/// Where what is told about modules goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// It is the command's result.
    AsResult,
    /// It is said in passing.
    InPassing,
}

/// Reads the configuration of the session's directory, and fetches modules by a policy. `get` and `init` tell it as
/// their result, and leave a `modules.json` in any case.
pub fn load(files: &dyn Files, session: &Session<'_>, policy: Policy, tell: Tell) -> Loaded {
    let (settings, warnings) = Settings::read(session.environment.variables.clone());
    let options = Options {
        language: session.language,
        base: session.directory.clone(),
        folder: folder(session),
        settings: Arc::new(settings),
        objects: None,
        policy,
        always_write: tell == Tell::AsResult,
    };
    let teller = Teller { printer: session.printer, tell };
    let mut loaded = infra_modules::load(files, &options, &teller);
    let has_remote = loaded.manifest.0.values().any(|entry| !infra_engine::config::is_local(&entry.source));
    // What the CLI configuration says concerns nobody whose modules are all local.
    if has_remote || !loaded.changed.is_empty() || loaded.diagnostics.has_errors() {
        loaded.diagnostics.extend(warnings);
    }
    for Entry { key, dir, .. } in &loaded.changed {
        if tell == Tell::AsResult {
            teller.say(&format!("- {key} in {dir}"));
        }
    }
    loaded
}

/// Reads a configuration with the modules that are installed; nothing is fetched.
pub fn load_installed(files: &dyn Files, session: &Session<'_>) -> Loaded {
    infra_modules::load_installed(files, &folder(session), session.language)
}

/// The folder of modules as `path.module` shows it.
fn folder(session: &Session<'_>) -> String {
    format!("{}/modules", session.environment.get("TF_DATA_DIR").unwrap_or(".terraform").trim_end_matches('/'))
}

struct Teller<'p> {
    printer: &'p Printer,
    tell: Tell,
}

impl Teller<'_> {
    fn say(&self, text: &str) {
        match self.tell {
            Tell::AsResult => self.printer.result(text),
            Tell::InPassing => self.printer.note(text),
        }
    }
}

impl Progress for Teller<'_> {
    fn downloading(&self, what: &str, version: Option<&str>, key: &str) {
        let version = version.map(|version| format!(" {version}")).unwrap_or_default();
        self.say(&format!("Downloading {what}{version} for {key}..."));
    }
}
