//! Where called modules are: the loader asks a [`ModuleResolver`], because the engine does no network.
//!
//! [`LocalModules`] knows the paths that begin with `./` or `../`; `infra-modules` knows what is installed and how to
//! install the rest.

use infra_values::address::ModulePath;

use crate::diagnostics::Diagnostic;

/// A `module` block, as far as it says which module is called.
#[derive(Clone, Copy, Debug)]
pub struct ModuleRequest<'r> {
    /// The calls that lead to the called module, this one included.
    pub path: &'r ModulePath,
    /// Folder of the calling module, as `path.module` shows it.
    pub caller_directory: &'r str,
    /// `source`
    pub source: &'r str,
    /// `version`
    pub version: Option<&'r str>,
}

/// The part of a `module` block that a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModulePart {
    /// The whole call.
    Call,
    /// The argument `source`.
    Source,
    /// The argument `version`.
    Version,
}

/// Why a module cannot be loaded.
#[derive(Clone, Debug)]
pub struct ModuleProblem {
    /// What to point at.
    pub part: ModulePart,
    /// What is wrong, without a place: the loader knows it.
    pub diagnostic: Box<Diagnostic>,
}

impl ModuleProblem {
    /// A problem with one part of the block.
    pub fn new(part: ModulePart, summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { part, diagnostic: Box::new(Diagnostic::error(summary, detail)) }
    }
}

/// Finds the folders of called modules.
pub trait ModuleResolver {
    /// The folder of a called module: relative to the current folder or absolute, as `path.module` shows it.
    fn directory(&self, request: &ModuleRequest<'_>) -> Result<String, ModuleProblem>;
}

/// Knows local paths only.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalModules;

impl ModuleResolver for LocalModules {
    fn directory(&self, request: &ModuleRequest<'_>) -> Result<String, ModuleProblem> {
        if is_local(request.source) {
            return Ok(join_directories(request.caller_directory, request.source));
        }
        Err(ModuleProblem::new(
            ModulePart::Source,
            "Module not installed",
            format!("The module \"{}\" is not installed here. Run `infra init` to install it.", request.source),
        ))
    }
}

/// Whether a module's source is a path relative to the calling module.
pub fn is_local(source: &str) -> bool {
    ["./", "../", ".\\", "..\\"].iter().any(|prefix| source.starts_with(prefix))
}

/// A folder relative to another one, without `.` and with `..` resolved where possible.
pub fn join_directories(directory: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in relative.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (joined.is_empty(), directory.starts_with('/')) {
        (true, false) => ".".to_owned(),
        (_, true) => format!("/{joined}"),
        (false, false) => joined,
    }
}
