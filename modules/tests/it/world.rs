//! A directory with a configuration, and what installing its modules did.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use infra_engine::config::DiskFiles;
use infra_engine::language::Language;
use infra_modules::{Loaded, Options, Policy, Progress, Settings, load};
use tempfile::TempDir;

/// A directory with a configuration.
pub struct World {
    root: TempDir,
    /// Environment variables.
    pub variables: BTreeMap<String, String>,
}

/// What a run did.
pub struct Ran {
    pub loaded: Loaded,
    /// What was downloaded for whom.
    pub downloads: Vec<String>,
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn downloading(&self, what: &str, version: Option<&str>, key: &str) {
        let version = version.map(|version| format!(" {version}")).unwrap_or_default();
        self.0.lock().unwrap().push(format!("{what}{version} for {key}"));
    }
}

impl World {
    /// A directory with this `main.tf`.
    pub fn new(main: &str) -> Self {
        let root = TempDir::with_prefix("infra-modules-").unwrap();
        let variables =
            [("PATH", std::env::var("PATH").unwrap()), ("HOME", root.path().join("home").display().to_string())];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let world = Self { root, variables };
        fs::create_dir(world.root.path().join("home")).unwrap();
        world.write("main.tf", main);
        world
    }

    /// A directory that calls one module, `m`, by that source and version.
    pub fn calling(source: &str, version: Option<&str>) -> Self {
        let version = version.map(|version| format!("  version = {version:?}\n")).unwrap_or_default();
        Self::new(&format!("module \"m\" {{\n  source = {source:?}\n{version}}}\n"))
    }

    /// The same, where a registry's host is said to be at a URL.
    pub fn with_registry(mut self, host: &str, url: &str) -> Self {
        self.write(
            "../terraformrc",
            &format!("host {host:?} {{\n  services = {{\n    \"modules.v1\" = {url:?}\n  }}\n}}\n"),
        );
        let file = self.root.path().join("terraformrc").display().to_string();
        self.variables.insert("TF_CLI_CONFIG_FILE".to_owned(), file);
        self
    }

    pub fn path(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// A folder beside the one that is worked on.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(self.path()).unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }

    /// Installs what is missing.
    pub fn get(&self) -> Ran {
        self.run(Policy::FetchMissing, true)
    }

    pub fn run(&self, policy: Policy, always_write: bool) -> Ran {
        let options = Options {
            language: Language::Strict,
            base: self.path(),
            folder: ".terraform/modules".to_owned(),
            settings: Arc::new(Settings::read(self.variables.clone()).0),
            objects: None,
            policy,
            always_write,
        };
        let heard = Heard::default();
        let loaded = load(&DiskFiles::new(self.path()), &options, &heard);
        let mut downloads = heard.0.into_inner().unwrap();
        downloads.sort();
        Ran { loaded, downloads }
    }

    /// Nothing that is not whole is left behind.
    pub fn assert_tidy(&self) {
        let folder = self.path().join(".terraform/modules");
        let Ok(entries) = fs::read_dir(folder) else { return };
        let hidden: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_string_lossy().starts_with('.') && name != ".lock")
            .collect();
        assert!(hidden.is_empty(), "{hidden:?}");
    }
}

impl Ran {
    /// Where each module is, after a run without mistakes.
    #[track_caller]
    pub fn places(&self) -> Vec<String> {
        assert!(!self.loaded.diagnostics.has_errors(), "{:#?}", self.loaded.diagnostics);
        let entries = self.loaded.manifest.0.values();
        entries
            .map(|entry| {
                let version = entry.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
                format!("{}{version} in {}", entry.key, entry.dir)
            })
            .collect()
    }

    /// Summary, place and detail of each mistake.
    #[track_caller]
    pub fn mistakes(&self) -> Vec<String> {
        let sources = &self.loaded.config.sources;
        let errors = self.loaded.diagnostics.iter().filter(|found| found.is_error());
        errors
            .map(|found| {
                let line = found.span.map_or(0, |span| sources.line_column(span.file, span.start).0);
                format!("{}, line {line}: {}", found.summary, found.detail)
            })
            .collect()
    }

    /// The one mistake that was found, which must begin like this and say that.
    #[track_caller]
    pub fn assert_mistake(&self, beginning: &str, parts: &[&str]) {
        let mistakes = self.mistakes();
        let [mistake] = mistakes.as_slice() else { panic!("expected one mistake: {mistakes:#?}") };
        assert!(mistake.starts_with(beginning), "{mistake}");
        for part in parts {
            assert!(mistake.contains(part), "{part:?} is not in: {mistake}");
        }
    }
}

/// Runs a program, which must succeed.
#[track_caller]
pub fn run(program: &str, arguments: &[&str], directory: &Path) {
    let output = std::process::Command::new(program).args(arguments).current_dir(directory).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
