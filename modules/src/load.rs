//! Reads a configuration with all modules it calls, and fetches those that are missing on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_engine::config::{Config, Files, ModuleProblem, load_with_modules};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::language::Language;

use crate::install::{Installer, Progress};
use crate::installed::Installed;
use crate::manifest::{Entry, Manifest, Record};
use crate::package::ObjectReader;
use crate::settings::Settings;
use crate::tree;

/// How deep packages may call packages that are not downloaded yet; deeper is a package that calls itself.
const ROUNDS_MAX: usize = 64;

/// What to do about modules that are not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Fetch them.
    FetchMissing,
    /// Fetch everything anew that is not a local path.
    FetchAll,
}

/// Where modules are installed, and how.
pub struct Options {
    /// Which language is read.
    pub language: Language,
    /// The folder that relative paths start from.
    pub base: PathBuf,
    /// The folder of modules as `path.module` shows it: `.terraform/modules`.
    pub folder: String,
    /// Environment and CLI configuration.
    pub settings: Arc<Settings>,
    /// Reads packages from S3.
    pub objects: Option<Arc<dyn ObjectReader>>,
    /// What to fetch.
    pub policy: Policy,
    /// Whether `modules.json` is written even if nothing was fetched, as `get` and `init` do.
    pub always_write: bool,
}

/// A configuration with its modules.
pub struct Loaded {
    /// What could be read.
    pub config: Config,
    /// All mistakes and warnings.
    pub diagnostics: Diagnostics,
    /// All called modules that were found.
    pub manifest: Manifest,
    /// Those of them that `modules.json` did not have before, or had differently.
    pub changed: Vec<Entry>,
}

/// Reads a configuration with what is installed, and fetches nothing: for saved plans, and where nothing may change.
pub fn load_installed(files: &dyn Files, folder: &str, language: Language) -> Loaded {
    let failed = BTreeMap::new();
    let installed = Installed::read(files, folder, &|_| false, &failed);
    let (config, diagnostics) = load_with_modules(files, ".", language, &installed);
    Loaded { config, diagnostics, manifest: installed.found(), changed: Vec::new() }
}

/// Reads a configuration and fetches the modules that are missing.
pub fn load(files: &dyn Files, options: &Options, progress: &dyn Progress) -> Loaded {
    let mut session = Session {
        options,
        progress,
        installer: None,
        failed: BTreeMap::new(),
        fetched: BTreeSet::new(),
        problems: Diagnostics::new(),
    };
    let mut before = None;
    for _ in 0..ROUNDS_MAX {
        let (loaded, missing, manifest) = session.read(files);
        let first = before.get_or_insert_with(|| manifest.clone()).clone();
        if missing.is_empty() || session.problems.has_errors() {
            return session.finish(loaded, files, &first);
        }
        session.fetch(missing, manifest);
    }
    session.problems.push(Diagnostic::error(
        "Modules nested too deeply",
        format!("More than {ROUNDS_MAX} packages call one another; a module probably calls itself."),
    ));
    let (loaded, ..) = session.read(files);
    let first = before.unwrap_or_default();
    session.finish(loaded, files, &first)
}

/// One run of [`load`].
struct Session<'o> {
    options: &'o Options,
    progress: &'o dyn Progress,
    /// Made when there is something to install.
    installer: Option<Installer>,
    /// What could not be installed, by key.
    failed: BTreeMap<String, ModuleProblem>,
    /// Keys that were installed in this run.
    fetched: BTreeSet<String>,
    /// What is wrong beside the configuration.
    problems: Diagnostics,
}

impl Session<'_> {
    fn folder(&self) -> PathBuf {
        self.options.base.join(&self.options.folder)
    }

    /// Reads everything that is there.
    fn read(&self, files: &dyn Files) -> (Loaded, Vec<crate::installed::Wanted>, Manifest) {
        let outdated = |key: &str| self.options.policy == Policy::FetchAll && !self.fetched.contains(key);
        let installed = Installed::read(files, &self.options.folder, &outdated, &self.failed);
        let (config, diagnostics) = load_with_modules(files, ".", self.options.language, &installed);
        let loaded = Loaded { config, diagnostics, manifest: installed.found(), changed: Vec::new() };
        (loaded, installed.missing(), installed.manifest().clone())
    }

    /// Installs what is missing and notes it in `modules.json`.
    fn fetch(&mut self, missing: Vec<crate::installed::Wanted>, mut manifest: Manifest) {
        let keys: Vec<String> = missing.iter().map(|wanted| wanted.key.clone()).collect();
        match self.fetch_into(missing, &mut manifest) {
            Ok(problems) => {
                self.failed.extend(problems);
                self.fetched.extend(keys);
                if let Err(error) = manifest.write(&self.folder()) {
                    self.not_writable(&error);
                }
            }
            Err(reason) => self.problems.push(Diagnostic::error(
                "Failed to install modules",
                format!("Modules could not be installed: {reason}. Correct this and run the command again."),
            )),
        }
    }

    fn fetch_into(
        &mut self,
        missing: Vec<crate::installed::Wanted>,
        manifest: &mut Manifest,
    ) -> Result<BTreeMap<String, ModuleProblem>, String> {
        let options = self.options;
        let installer = match &mut self.installer {
            Some(installer) => installer,
            None => self.installer.insert(Installer::new(
                options.settings.clone(),
                options.objects.clone(),
                options.base.join(&options.folder),
                options.folder.clone(),
            )?),
        };
        let progress = self.progress;
        // The caller may be inside of a runtime, where no other can be entered on the same thread.
        std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(|error| format!("network calls could not be started: {error}"))?;
                Ok(runtime.block_on(installer.install(missing, manifest, progress)))
            });
            worker.join().unwrap_or_else(|_| Err("the installation stopped unexpectedly".to_owned()))
        })
    }

    fn not_writable(&mut self, error: &std::io::Error) {
        self.problems.push(Diagnostic::error(
            "Failed to update module manifest",
            format!("modules.json in {} could not be written: {error}. Check the folder.", self.options.folder),
        ));
    }

    /// Writes what is installed now, and only that.
    fn finish(mut self, mut loaded: Loaded, files: &dyn Files, before: &Manifest) -> Loaded {
        loaded.changed =
            loaded.manifest.0.values().filter(|entry| before.0.get(&entry.key) != Some(*entry)).cloned().collect();
        let is_whole = !loaded.diagnostics.has_errors() && !self.problems.has_errors();
        if is_whole && (self.options.always_write || self.installer.is_some()) {
            if let Err(error) = loaded.manifest.write(&self.folder()) {
                self.not_writable(&error);
            }
            // A saved plan remembers the files that were read last.
            let _ = files.read(&format!("{}/{}", self.options.folder, crate::manifest::MANIFEST_FILE));
        }
        if self.options.always_write && is_whole {
            self.problems.extend(changed_since_installed(&self.folder(), &self.fetched, &loaded.manifest));
        }
        if let Some(installer) = &mut self.installer
            && let Err(error) = installer.write_record(&loaded.manifest)
        {
            self.not_writable(&error);
        }
        loaded.diagnostics.extend(self.problems);
        loaded
    }
}

/// Warns of modules whose files are not those that were installed.
fn changed_since_installed(folder: &Path, fetched: &BTreeSet<String>, manifest: &Manifest) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    for (key, package) in Record::read(folder).packages {
        if fetched.contains(&key) || !manifest.0.contains_key(&key) {
            continue;
        }
        let Some(expected) = package.sha256 else { continue };
        if tree::checksum(&folder.join(&key)).is_ok_and(|found| found != expected) {
            warnings.push(Diagnostic::warning(
                "Installed module was changed",
                format!(
                    "The files of module.{key} are not those that were installed from {}. They are used as they are; to \
                     have the original ones again, run `infra get -update`.",
                    package.package
                ),
            ));
        }
    }
    warnings
}
