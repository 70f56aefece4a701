//! Finds the modules that are installed, for the engine's loader, and notes those that are not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use infra_engine::config::{Files, ModulePart, ModuleProblem, ModuleRequest, ModuleResolver, join_directories};
use infra_values::version::VersionConstraint;

use crate::manifest::{Entry, MANIFEST_FILE, Manifest};
use crate::source::{ModuleSource, SourceError};

/// A called module that must be installed.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The calls that lead to it, with dots between.
    pub key: String,
    /// Where it is; never a local path.
    pub source: ModuleSource,
    /// Which versions will do.
    pub constraint: Option<VersionConstraint>,
}

/// What one pass over a configuration found out.
#[derive(Debug, Default)]
struct Findings {
    /// Modules found where they are installed.
    found: Manifest,
    /// Modules that are not installed, by key.
    missing: BTreeMap<String, Wanted>,
}

/// What is installed in a folder of modules.
pub(crate) struct Installed<'i> {
    files: &'i dyn Files,
    /// The folder of modules, as `path.module` shows it.
    folder: &'i str,
    /// What `modules.json` says.
    manifest: Manifest,
    /// Keys that count as not installed, because they are to be fetched anew.
    outdated: &'i dyn Fn(&str) -> bool,
    /// Why some modules could not be installed.
    failed: &'i BTreeMap<String, ModuleProblem>,
    findings: Mutex<Findings>,
}

impl<'i> Installed<'i> {
    /// Reads `modules.json` of a folder, through `files`, so that a saved plan remembers it.
    pub fn read(
        files: &'i dyn Files,
        folder: &'i str,
        outdated: &'i dyn Fn(&str) -> bool,
        failed: &'i BTreeMap<String, ModuleProblem>,
    ) -> Self {
        let text = files.read(&format!("{folder}/{MANIFEST_FILE}")).unwrap_or_default();
        Self { files, folder, manifest: Manifest::parse(&text), outdated, failed, findings: Mutex::default() }
    }

    /// Modules that are called and not installed.
    pub fn missing(&self) -> Vec<Wanted> {
        self.findings().missing.values().cloned().collect()
    }

    /// Modules that are called and where they are, local ones included.
    pub fn found(&self) -> Manifest {
        self.findings().found.clone()
    }

    /// What `modules.json` said.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn findings(&self) -> MutexGuard<'_, Findings> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of a local module, which must be in the same package as its caller.
    fn local(&self, request: &ModuleRequest<'_>, path: &str) -> Result<String, ModuleProblem> {
        let directory = join_directories(request.caller_directory, path);
        let Some((source, root)) = self.package_of_caller(request) else { return Ok(directory) };
        if path.starts_with("../") && !Path::new(&directory).starts_with(&root) {
            return Err(ModuleProblem::new(
                ModulePart::Source,
                "Local module path escapes module package",
                format!(
                    "The path \"{}\" leads outside of the package \"{source}\" that holds the calling module, and what is \
                     outside is not downloaded with it. Only paths within the package can be called.",
                    request.source
                ),
            ));
        }
        Ok(directory)
    }

    /// Source and root folder of the package that holds the calling module; `None` for what is beside the root module.
    fn package_of_caller(&self, request: &ModuleRequest<'_>) -> Option<(String, String)> {
        let names = &request.path.0;
        (1..names.len()).rev().find_map(|length| {
            let key = names[..length].join(".");
            let findings = self.findings();
            let entry = findings.found.0.get(&key)?;
            let package = match ModuleSource::parse(&entry.source).ok()? {
                ModuleSource::Local(_) => return None,
                ModuleSource::Registry(address, _) => address.to_string(),
                ModuleSource::Remote(package, _) => package.shown(),
            };
            Some((package, format!("{}/{key}", self.folder)))
        })
    }

    /// Notes where a module was found.
    fn note(&self, key: &str, source: &ModuleSource, version: Option<String>, dir: &str) {
        let entry = Entry { key: key.to_owned(), source: source.to_string(), version, dir: dir.to_owned() };
        self.findings().found.insert(entry);
    }

    /// The installed module that a call means, if there is one.
    fn entry(&self, wanted: &Wanted) -> Option<&Entry> {
        let entry = self.manifest.0.get(&wanted.key)?;
        let is_version_allowed = match (&wanted.constraint, &entry.version) {
            (Some(constraint), Some(version)) => version
                .parse()
                .is_ok_and(|version| constraint.allows_module(&version) || constraint.is_exactly(&version)),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let is_current =
            entry.source == wanted.source.to_string() && is_version_allowed && !(self.outdated)(&entry.key);
        (is_current && self.files.list(&entry.dir).is_ok()).then_some(entry)
    }
}

impl ModuleResolver for Installed<'_> {
    fn directory(&self, request: &ModuleRequest<'_>) -> Result<String, ModuleProblem> {
        let key = request.path.0.join(".");
        let source = read_source(request)?;
        let constraint = read_constraint(request)?;
        if let ModuleSource::Local(path) = &source {
            let directory = self.local(request, path)?;
            self.note(&key, &source, None, &directory);
            return Ok(directory);
        }
        if let Some(problem) = self.failed.get(&key) {
            return Err(problem.clone());
        }
        let wanted = Wanted { key, source, constraint };
        if let Some(entry) = self.entry(&wanted) {
            self.note(&wanted.key, &wanted.source, entry.version.clone(), &entry.dir);
            return Ok(entry.dir.clone());
        }
        let detail =
            format!("The module \"{}\" is not installed here. Run `infra init` to install it.", request.source);
        self.findings().missing.insert(wanted.key.clone(), wanted);
        Err(ModuleProblem::new(ModulePart::Call, "Module not installed", detail))
    }
}

fn read_source(request: &ModuleRequest<'_>) -> Result<ModuleSource, ModuleProblem> {
    let text = request.source;
    if request.version.is_some() {
        return ModuleSource::parse_with_version(text).map_err(|error| {
            ModuleProblem::new(
                ModulePart::Source,
                "Invalid registry module source address",
                format!(
                    "The argument \"version\" applies to modules of a registry only, and {error}. Remove \"version\", or \
                     give a registry address."
                ),
            )
        });
    }
    ModuleSource::parse(text).map_err(|error| {
        let detail = match &error {
            SourceError::Unknown(place) => format!(
                "There is no way to tell how to get \"{place}\": it is neither a local path, nor a registry address, nor \
                 a URL. If a folder beside this module is meant, write \"./{place}\"."
            ),
            _ => format!("\"{text}\" is no module source: {error}. Correct it."),
        };
        ModuleProblem::new(ModulePart::Source, "Invalid module source address", detail)
    })
}

fn read_constraint(request: &ModuleRequest<'_>) -> Result<Option<VersionConstraint>, ModuleProblem> {
    request
        .version
        .map(VersionConstraint::parse)
        .transpose()
        .map_err(|error| ModuleProblem::new(ModulePart::Version, "Invalid version constraint", format!("{error}.")))
}
