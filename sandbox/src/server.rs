//! One server process: its address, its environment, its log, and waiting until it answers.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::installation::Installation;
use crate::{ACCESS_KEY_ID, ACCOUNT_ID, Error, SECRET_ACCESS_KEY, Settings, health};

/// How long a server may take until it answers. It takes below a second; a loaded machine, ten times that.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(30);
/// One attempt within [`START_LIMIT`].
const ATTEMPT_LIMIT: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How much of the end of a log an error shows.
const LOG_TAIL_LINES: usize = 20;

/// What of the command's environment the server gets. Everything else stays out: credentials, and settings that
/// would change how ministack behaves.
const INHERITED_VARIABLES: [&str; 6] = ["HOME", "LANG", "LC_ALL", "LOGNAME", "TMPDIR", "USER"];

/// A server to be started.
pub(crate) struct Launch<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) settings: &'a Settings,
    /// Where it listens, already.
    pub(crate) listener: TcpListener,
    /// The file it writes to, emptied first.
    pub(crate) log: &'a Path,
    /// The server's current directory.
    pub(crate) directory: &'a Path,
    /// Where it keeps its contents; `None` for those that are gone with the process.
    pub(crate) contents: Option<&'a Path>,
    /// Whether it ends when this process does.
    pub(crate) ends_with_parent: bool,
}

/// The endpoint of a server on this port.
pub(crate) fn endpoint_url(port: u16) -> String {
    format!("http://{}:{port}", Ipv4Addr::LOCALHOST)
}

/// A listening loopback socket; `port` 0 means any that is free.
pub(crate) fn listen(port: u16) -> Result<(TcpListener, u16), Error> {
    let failed = |source| Error::Address { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, port))
}

impl Launch<'_> {
    /// Starts the process, in a session of its own. It does not answer yet.
    pub(crate) fn spawn(self) -> Result<Child, Error> {
        let log_failed = |source| Error::File { action: "write", path: self.log.to_owned(), source };
        let output = File::create(self.log).map_err(log_failed)?;
        let errors = output.try_clone().map_err(log_failed)?;
        let port = self.listener.local_addr().map_err(|source| Error::Address { port: 0, source })?.port();
        let mut command = self.installation.serve();
        if self.ends_with_parent {
            command.arg(format!("--exit-with-parent={}", std::process::id()));
        }
        let program = command.get_program().into();
        command
            .envs(environment(self.settings, port, self.contents))
            .current_dir(self.directory)
            .stdin(OwnedFd::from(self.listener))
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|source| Error::Program { program, purpose: "start the sandbox server", source })
    }
}

fn environment(settings: &Settings, port: u16, contents: Option<&Path>) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> = settings
        .environment
        .iter()
        .filter(|(name, _)| INHERITED_VARIABLES.iter().any(|inherited| name == inherited))
        .cloned()
        .collect();
    let port = port.to_string();
    let mut set = |name: &str, value: &std::ffi::OsStr| variables.push((name.into(), value.into()));
    set("PATH", &settings.search_path);
    for (name, value) in [
        // Unknown keys and missing permissions are refused, as AWS does.
        ("AUTH", "true"),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("MINISTACK_ACCOUNT_ID", ACCOUNT_ID),
        ("BIND_HOST", "127.0.0.1"),
        ("GATEWAY_PORT", &port),
        // It would listen on a fixed port, which the second sandbox on the machine could not have.
        ("IOT_MTLS_ENABLED", "0"),
    ] {
        set(name, value.as_ref());
    }
    if let Some(contents) = contents {
        set("PERSIST_STATE", "1".as_ref());
        set("STATE_DIR", contents.join("services").as_os_str());
        set("S3_PERSIST", "1".as_ref());
        set("S3_DATA_DIR", contents.join("s3").as_os_str());
    }
    variables
}

/// Waits until the server on this port answers. `ended` says how the process ended, if it has.
pub(crate) fn wait_until_ready(
    port: u16,
    log: &Path,
    mut ended: impl FnMut() -> Result<Option<String>, Error>,
) -> Result<(), Error> {
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let answer = health::check(port, ATTEMPT_LIMIT);
        // Asked in either case: if the process has ended, whoever answers on its port is another.
        if let Some(status) = ended()? {
            return Err(Error::ServerEnded { status, log: log.to_owned(), tail: log_tail(log) });
        }
        let Err(source) = answer else {
            return Ok(());
        };
        if Instant::now() >= deadline {
            return Err(Error::ServerSilent {
                port,
                waited_secs: START_LIMIT.as_secs(),
                log: log.to_owned(),
                tail: log_tail(log),
                source,
            });
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// How a child process ended, if it has, in the form [`wait_until_ready`] asks for.
pub(crate) fn exit_of(child: &mut Child) -> Result<Option<String>, Error> {
    let pid = child.id();
    child
        .try_wait()
        .map(|status| status.map(|status| status.to_string()))
        .map_err(|source| Error::Process { pid, source })
}

fn log_tail(log: &Path) -> String {
    let text = match fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return format!("(it cannot be read: {error})"),
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_gets_no_credentials_and_no_settings_of_the_users() {
        let pairs = [
            ("HOME", "/home/someone"),
            ("AWS_SESSION_TOKEN", "real"),
            ("AWS_ACCESS_KEY_ID", "real"),
            ("AWS_PROFILE", "real"),
            ("MINISTACK_HOST", "elsewhere"),
            ("PERSIST_STATE", "1"),
            ("PYTHONPATH", "/elsewhere"),
        ];
        let settings = Settings {
            cache_directory: "/cache".into(),
            search_path: "/usr/bin:/bin".into(),
            environment: pairs.map(|(name, value)| (name.into(), value.into())).into(),
        };
        let lines = |contents: Option<&Path>| -> String {
            let mut lines: Vec<String> = environment(&settings, 4321, contents)
                .iter()
                .map(|(name, value)| format!("{}={}\n", name.display(), value.display()))
                .collect();
            lines.sort();
            lines.concat()
        };
        let without = "\
AUTH=true
AWS_ACCESS_KEY_ID=test
AWS_CONFIG_FILE=/dev/null
AWS_EC2_METADATA_DISABLED=true
AWS_SECRET_ACCESS_KEY=test
AWS_SHARED_CREDENTIALS_FILE=/dev/null
BIND_HOST=127.0.0.1
GATEWAY_PORT=4321
HOME=/home/someone
IOT_MTLS_ENABLED=0
MINISTACK_ACCOUNT_ID=123456789012
PATH=/usr/bin:/bin
";
        assert_eq!(lines(None), without);
        assert_eq!(
            lines(Some(Path::new("/contents"))),
            format!(
                "{without}PERSIST_STATE=1\nS3_DATA_DIR=/contents/s3\nS3_PERSIST=1\n\
                 STATE_DIR=/contents/services\n"
            )
        );
    }
}
