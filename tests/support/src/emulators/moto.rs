//! moto: installed once per machine, started once per test that asks.
//!
//! An installation is a directory named after what is in it: a virtual environment with pinned packages, and
//! the script that runs the server. It is filled under another name and renamed when complete, under a file
//! lock, so that test processes that start together install it once.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::SupportError;
use crate::process::{describe, tail};

const VERSION: &str = "5.2.5";
const REQUIREMENTS: &str = include_str!("moto_requirements.txt");
const SERVE: &str = include_str!("serve_moto.py");

/// It takes one or two seconds; a machine with every core busy takes longer.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// How the tests want it to behave.
const SETTINGS: [(&str, &str); 4] = [
    // Policies such as AdministratorAccess exist, as they do in every AWS account.
    ("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"),
    // Functions from images that are not in ECR are refused, as AWS does.
    ("MOTO_LAMBDA_STUB_ECR", "false"),
    // Certificates and services become ready at the second look instead of the first.
    ("MOTO_ACM_VALIDATION_WAIT", "1"),
    ("MOTO_ECS_SERVICE_RUNNING", "1"),
];

/// Settings of pip that would put the packages elsewhere. All other settings are the machine's: mirrors,
/// proxies, certificates.
const PIP_PLACE_VARIABLES: [&str; 5] = ["PIP_DRY_RUN", "PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER"];

/// A running server.
#[derive(Debug)]
pub(super) struct MotoServer {
    child: Child,
    port: u16,
    /// Its home directory, and its log.
    _directory: TempDir,
}

impl MotoServer {
    pub(super) fn start(cache_directory: &Path) -> Result<Self, SupportError> {
        let installation = ensure_installed(cache_directory)?;
        let directory = TempDir::with_prefix("infra-moto-")
            .map_err(SupportError::file("create a directory in", &std::env::temp_dir()))?;
        let log_path = directory.path().join("server.log");
        let log = File::create(&log_path).map_err(SupportError::file("create", &log_path))?;
        let mut command = Command::new(interpreter(&installation));
        command
            .arg("-I")
            .arg(installation.join("serve_moto.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", directory.path())
            .envs(SETTINGS)
            // Held open by the child's handle: the server ends when it closes.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log);
        let child = command.spawn().map_err(|source| SupportError::Run { program: describe(&command), source })?;
        // From here on, dropping it ends the process.
        let mut server = Self { child, port: 0, _directory: directory };
        match server.read_port() {
            Some(port) => {
                server.port = port;
                Ok(server)
            }
            None => Err(SupportError::NotReady {
                name: "moto",
                problem: format!("did not name its port within {} s", START_TIMEOUT.as_secs()),
                output: tail(&fs::read_to_string(&log_path).unwrap_or_default()),
            }),
        }
    }

    /// The first line it prints; it listens by then.
    fn read_port(&mut self) -> Option<u16> {
        let stdout = self.child.stdout.take()?;
        let (sender, received) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(stdout).read_line(&mut line).is_ok() {
                // Nobody listens after the timeout.
                let _ = sender.send(line);
            }
        });
        received.recv_timeout(START_TIMEOUT).ok()?.trim().parse().ok()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        // It may have ended already; either way there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The directory of the installation, which is complete.
fn ensure_installed(cache_directory: &Path) -> Result<PathBuf, SupportError> {
    let contents = REQUIREMENTS.bytes().chain(SERVE.bytes());
    let name = format!("moto-{VERSION}-{:016x}", crate::hash::fnv1a(contents));
    let directory = cache_directory.join(&name);
    if is_usable(&directory) {
        return Ok(directory);
    }
    fs::create_dir_all(cache_directory).map_err(SupportError::file("create", cache_directory))?;
    let lock_path = cache_directory.join(format!("{name}.lock"));
    let lock = File::create(&lock_path).map_err(SupportError::file("create", &lock_path))?;
    // Released when the file is closed.
    lock.lock().map_err(SupportError::file("lock", &lock_path))?;
    if is_usable(&directory) {
        return Ok(directory); // another process was faster
    }
    let partial = cache_directory.join(format!("{name}.partial"));
    for leftover in [&partial, &directory] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(SupportError::file("remove", leftover))?;
        }
    }
    install(&partial)?;
    fs::rename(&partial, &directory).map_err(SupportError::file("rename", &partial))?;
    Ok(directory)
}

/// Whether the interpreter is still there: it is a link to the machine's own, which may have been upgraded.
fn is_usable(directory: &Path) -> bool {
    interpreter(directory).exists()
}

fn interpreter(directory: &Path) -> PathBuf {
    directory.join("venv/bin/python")
}

fn install(directory: &Path) -> Result<(), SupportError> {
    fs::create_dir_all(directory).map_err(SupportError::file("create", directory))?;
    let requirements = directory.join("requirements.txt");
    for (path, text) in [(&requirements, REQUIREMENTS), (&directory.join("serve_moto.py"), SERVE)] {
        fs::write(path, text).map_err(SupportError::file("write", path))?;
    }
    run_step(Command::new("python3").args(["-m", "venv"]).arg(directory.join("venv")))?;
    let mut pip = Command::new(interpreter(directory));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--no-deps"])
        .arg("--disable-pip-version-check")
        .arg("-r")
        .arg(&requirements);
    for variable in PIP_PLACE_VARIABLES {
        pip.env_remove(variable);
    }
    run_step(&mut pip)
}

fn run_step(command: &mut Command) -> Result<(), SupportError> {
    let line = describe(command);
    let output =
        command.stdin(Stdio::null()).output().map_err(|source| SupportError::Run { program: line.clone(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(SupportError::Install {
        what: format!("moto {VERSION}"),
        command: line,
        output: tail(&String::from_utf8_lossy(&text)),
    })
}
