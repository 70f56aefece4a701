//! The installed server: one directory in the user's cache, complete or absent.
//!
//! The directory's name carries ministack's version and a hash of everything that decides what is in it, so that
//! versions of this program and of Python live side by side. It is filled under a name of its own and renamed
//! when it is complete and has been tried.
//!
//! Three ways lead there, whichever the machine has: `python3 -m venv` and its pip; `python3 -m pip install
//! --target` where the venv module is missing (Debian splits it off); uv, which can also bring its own Python.
//! A way that is not available is passed over; a way that is available and fails ends the installation, because
//! what fails then is the package index, and that would fail for the next way too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::lock::Lock;
use crate::programs::{self, Ended};
use crate::python::{self, Python};
use crate::{Attempt, Error, Event, MINISTACK_VERSION, Progress, Settings};

/// Every package, direct or not, with its exact version and the hashes of its files. Resolved for all Python
/// versions from 3.10 on; regenerated with
/// `echo ministack==VERSION | uv pip compile --universal --generate-hashes --python-version 3.10 --no-annotate
/// --no-header -`.
const REQUIREMENTS: &str = include_str!("assets/requirements.txt");
/// The program that runs the server; see its own description.
const SERVE: &str = include_str!("assets/serve.py");

const REQUIREMENTS_NAME: &str = "requirements.txt";
const SERVE_NAME: &str = "serve.py";
/// Written last: a directory that holds it is complete.
const MANIFEST_NAME: &str = "installation.json";
const VENV_NAME: &str = "venv";
/// `serve.py` knows this name.
const SITE_PACKAGES_NAME: &str = "site-packages";
/// Where the interpreter of a virtual environment is.
const VENV_PYTHON: &str = "venv/bin/python";

/// The Python that uv brings: one for which every package has a compiled file, which the newest may lack.
const UV_PYTHON: &str = ">=3.10,<3.14";

/// Settings of pip that say where to put packages. We say that; all other settings are the user's.
const PIP_PLACE_VARIABLES: [&str; 6] =
    ["PIP_DRY_RUN", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PIP_TARGET", "PIP_USER"];

/// An installed server that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installation {
    directory: PathBuf,
    interpreter: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    /// Relative to the installation, or absolute where it is the machine's own.
    interpreter: PathBuf,
}

impl Installation {
    /// Finds the installation, or makes it. Concurrent callers wait for each other.
    pub(crate) fn ensure(settings: &Settings, progress: &dyn Progress) -> Result<Self, Error> {
        let tools = Tools::find(settings)?;
        let cache = &settings.cache_directory;
        let directory = cache.join(tools.directory_name());
        if let Some(installation) = Self::open(&directory) {
            return Ok(installation);
        }
        if tools.python.is_none() && tools.uv.is_none() {
            return Err(Error::NoInstaller { attempts: tools.attempts });
        }
        fs::create_dir_all(cache).map_err(|source| Error::File { action: "create", path: cache.clone(), source })?;
        let _lock = Lock::acquire(&directory.with_added_extension("lock"), progress)?;
        if let Some(installation) = Self::open(&directory) {
            return Ok(installation);
        }

        let started = Instant::now();
        progress.report(Event::InstallationStarted { version: MINISTACK_VERSION, directory: &directory });
        // One name is enough: whoever holds the lock is the only one here, and cleans up after the last.
        let unfinished = directory.with_added_extension("unfinished");
        for leftover in [&unfinished, &directory] {
            remove_directory(leftover)?;
        }
        let made = tools.install(&unfinished, settings, progress);
        if made.is_err() {
            // The first error is the one to report; the leftover is removed by the next attempt.
            let _ = fs::remove_dir_all(&unfinished);
        }
        made?;
        fs::rename(&unfinished, &directory).map_err(|source| Error::File {
            action: "create",
            path: directory.clone(),
            source,
        })?;
        progress.report(Event::InstallationDone { elapsed: started.elapsed() });
        Self::open(&directory).ok_or_else(|| Error::Installation {
            step: "finding the interpreter",
            directory: directory.clone(),
            status: "it is gone".to_owned(),
            output: String::new(),
        })
    }

    /// `None` if the directory is absent or no longer works because its Python was removed or replaced; it is
    /// then made anew.
    fn open(directory: &Path) -> Option<Self> {
        let manifest = fs::read(directory.join(MANIFEST_NAME)).ok()?;
        let manifest: Manifest = serde_json::from_slice(&manifest).ok()?;
        let interpreter = directory.join(manifest.interpreter);
        interpreter.exists().then(|| Self { directory: directory.to_owned(), interpreter })
    }

    /// A command that runs `serve.py`, with an empty environment.
    pub(crate) fn serve(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command
            .env_clear()
            // -I: packages come from the installation alone, whatever PYTHONPATH and the user's own packages are.
            .arg("-I")
            .arg(self.directory.join(SERVE_NAME));
        command
    }
}

/// What the machine has to install with.
struct Tools {
    python: Option<Python>,
    uv: Option<PathBuf>,
    /// What was looked for in vain.
    attempts: Vec<Attempt>,
}

impl Tools {
    fn find(settings: &Settings) -> Result<Self, Error> {
        let (python, mut attempts) = match python::find(settings)? {
            Ok(python) => (Some(python), Vec::new()),
            Err(attempts) => (None, attempts),
        };
        let uv = programs::find("uv", &settings.search_path);
        if uv.is_none() {
            attempts.push(Attempt { what: "uv".to_owned(), why: "not in the search path".to_owned() });
        }
        Ok(Self { python, uv, attempts })
    }

    fn directory_name(&self) -> String {
        let build = match &self.python {
            Some(python) => python.build.clone(),
            None => format!("uv {} {}", std::env::consts::OS, std::env::consts::ARCH),
        };
        let mut hash = Sha256::new();
        for part in [REQUIREMENTS, SERVE, &build] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        // 48 bits: names only have to differ among the few that one user ever has.
        let hash: String = hash.finalize()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("ministack-{MINISTACK_VERSION}-{hash}")
    }

    fn install(mut self, directory: &Path, settings: &Settings, progress: &dyn Progress) -> Result<(), Error> {
        create_directory(directory)?;
        write(&directory.join(REQUIREMENTS_NAME), REQUIREMENTS)?;
        write(&directory.join(SERVE_NAME), SERVE)?;
        let site = Site { directory, settings, progress };
        let interpreter = self.install_packages(&site)?;

        let installation = Installation { directory: directory.to_owned(), interpreter: directory.join(&interpreter) };
        let mut check = installation.serve();
        check.arg("--check");
        site.require("trying the installed server", check)?;
        let manifest = serde_json::to_string(&Manifest { interpreter }).map_err(|error| Error::File {
            action: "write",
            path: directory.join(MANIFEST_NAME),
            source: error.into(),
        })?;
        write(&directory.join(MANIFEST_NAME), &manifest)
    }

    /// Installs the packages in the first way there is, and returns the interpreter that has them.
    fn install_packages(&mut self, site: &Site<'_>) -> Result<PathBuf, Error> {
        let mut attempts = Vec::new();
        if let Some(python) = &self.python {
            for way in [with_venv, with_target] {
                match way(site, python)? {
                    Ok(interpreter) => return Ok(interpreter),
                    Err(attempt) => attempts.push(attempt),
                }
            }
        }
        if let Some(uv) = &self.uv {
            match with_uv(site, uv, self.python.as_ref())? {
                Ok(interpreter) => return Ok(interpreter),
                Err(attempt) => attempts.push(attempt),
            }
        }
        attempts.append(&mut self.attempts);
        Err(Error::NoInstaller { attempts })
    }
}

/// The interpreter, or why this way is not available on this machine.
type Way = Result<PathBuf, Attempt>;

fn with_venv(site: &Site<'_>, python: &Python) -> Result<Way, Error> {
    let mut create = site.command(&python.program);
    create.args(["-m", "venv"]).arg(site.directory.join(VENV_NAME));
    let ended = site.run(create)?;
    if !ended.status.success() {
        remove_directory(&site.directory.join(VENV_NAME))?;
        return Ok(Err(unavailable(&python.program, "-m venv", &ended)));
    }
    let mut install = site.command(&site.directory.join(VENV_PYTHON));
    // -I: pip would take packages found through PYTHONPATH for installed ones.
    install.arg("-I");
    pip_install(&mut install);
    site.require("installing its packages with pip", install)?;
    Ok(Ok(PathBuf::from(VENV_PYTHON)))
}

fn with_target(site: &Site<'_>, python: &Python) -> Result<Way, Error> {
    let mut version = site.command(&python.program);
    version.args(["-m", "pip", "--version"]);
    let ended = site.run(version)?;
    if !ended.status.success() {
        return Ok(Err(unavailable(&python.program, "-m pip", &ended)));
    }
    let mut install = site.command(&python.program);
    pip_install(&mut install);
    install.arg("--target").arg(site.directory.join(SITE_PACKAGES_NAME));
    site.require("installing its packages with pip", install)?;
    Ok(Ok(python.executable.clone()))
}

fn pip_install(command: &mut Command) {
    command
        .args(["-m", "pip", "install", "--no-user", "--no-input"])
        .args(["--progress-bar", "off", "--disable-pip-version-check"])
        .args(["--require-hashes", "-r", REQUIREMENTS_NAME]);
    for variable in PIP_PLACE_VARIABLES {
        command.env_remove(variable);
    }
}

fn with_uv(site: &Site<'_>, uv: &Path, python: Option<&Python>) -> Result<Way, Error> {
    let mut create = site.command(uv);
    create.args(["venv", "--no-project", "--python"]);
    match python {
        Some(python) => create.arg(&python.executable),
        // Where the machine has none, uv downloads one.
        None => create.arg(UV_PYTHON),
    };
    create.arg(VENV_NAME);
    let ended = site.run(create)?;
    if !ended.status.success() {
        return Ok(Err(unavailable(uv, "venv", &ended)));
    }
    let mut install = site.command(uv);
    install.args(["pip", "install", "--python", VENV_PYTHON]).args(["--require-hashes", "-r", REQUIREMENTS_NAME]);
    site.require("installing its packages with uv", install)?;
    Ok(Ok(PathBuf::from(VENV_PYTHON)))
}

fn unavailable(program: &Path, arguments: &str, ended: &Ended) -> Attempt {
    Attempt { what: format!("{} {arguments}", program.display()), why: ended.last_line() }
}

/// Where an installation is made, and what its steps have in common.
struct Site<'a> {
    directory: &'a Path,
    settings: &'a Settings,
    progress: &'a dyn Progress,
}

impl Site<'_> {
    /// Runs in the directory, so that no project file of the user's current one is read.
    fn command(&self, program: &Path) -> Command {
        let mut command = programs::command(program, self.settings);
        command.current_dir(self.directory);
        command
    }

    fn run(&self, command: Command) -> Result<Ended, Error> {
        programs::run(command, "install the sandbox server", self.progress)
    }

    fn require(&self, step: &'static str, command: Command) -> Result<(), Error> {
        let ended = self.run(command)?;
        if ended.status.success() {
            return Ok(());
        }
        Err(Error::Installation {
            step,
            directory: self.directory.to_owned(),
            status: ended.status.to_string(),
            output: ended.tail,
        })
    }
}

fn create_directory(path: &Path) -> Result<(), Error> {
    fs::create_dir(path).map_err(|source| Error::File { action: "create", path: path.to_owned(), source })
}

fn remove_directory(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Error::File { action: "remove", path: path.to_owned(), source }),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| Error::File { action: "write", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_pinned_and_has_hashes() {
        let joined = REQUIREMENTS.replace("\\\n", "");
        for line in joined.lines() {
            assert!(line.contains("==") && line.contains(" --hash=sha256:"), "{line}");
        }
        assert!(joined.starts_with("botocore=="));
        assert!(joined.contains(&format!("\nministack=={MINISTACK_VERSION} ")));
    }

    #[test]
    fn the_name_follows_version_and_python() {
        let tools = |build: Option<&str>| Tools {
            python: build.map(|build| Python {
                program: "/usr/bin/python3".into(),
                executable: "/usr/bin/python3".into(),
                build: build.to_owned(),
            }),
            uv: None,
            attempts: Vec::new(),
        };
        let names =
            [None, Some("3.11 linux-x86_64"), Some("3.12 linux-x86_64")].map(|build| tools(build).directory_name());
        for name in &names {
            let hash = name.strip_prefix(&format!("ministack-{MINISTACK_VERSION}-"));
            assert_eq!(hash.map(str::len), Some(12), "{name}");
        }
        assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2]);
        assert_eq!(tools(None).directory_name(), names[0]);
    }
}
