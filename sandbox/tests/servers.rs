//! The real thing: installs ministack into a temporary cache, starts servers, and talks to them over HTTP.
//! Needs `python3` and a package index, as the sandbox itself does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set up its world may panic"
)]

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Barrier, OnceLock};
use std::time::{Duration, Instant};

use infra_sandbox::{EphemeralServer, Error, Event, Progress, Running, Sandbox, Settings, Silent, Status, Stopped};
use rustix::process::{Pid, Signal, getsid, kill_process, test_kill_process};
use tempfile::TempDir;

// ---------------------------------------------------------------------------------------------------------
// Worlds

/// One cache for all tests of this run, in the build directory so that it is on a disk with room.
fn shared_cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-cache");
        if cache.exists() {
            fs::remove_dir_all(&cache).unwrap();
        }
        cache
    })
}

fn machine(cache: &Path) -> Settings {
    Settings {
        cache_directory: cache.to_owned(),
        search_path: std::env::var_os("PATH").unwrap(),
        environment: std::env::vars_os().collect(),
    }
}

/// A machine on which only these programs (scripts) can be found, besides the system's shell tools.
struct Machine {
    world: TempDir,
}

impl Machine {
    fn with(programs: &[(&str, &str)]) -> Self {
        let world = tempfile::tempdir().unwrap();
        let directory = world.path().join("bin");
        fs::create_dir(&directory).unwrap();
        for (name, script) in programs {
            let path = directory.join(name);
            // Not written by this process: while another thread starts a program, that program's copy of the
            // open file would make the script "busy".
            let written = Command::new("/bin/sh")
                .args(["-c", "printf '%s\n' \"$1\" > \"$0\" && chmod 755 \"$0\""])
                .arg(&path)
                .arg(format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}"))
                .status()
                .unwrap();
            assert!(written.success());
        }
        Self { world }
    }

    fn settings(&self) -> Settings {
        let cache = self.world.path().join("cache");
        Settings { search_path: self.world.path().join("bin").into_os_string(), ..machine(&cache) }
    }

    fn cached(&self) -> Vec<String> {
        let mut names: Vec<String> = match fs::read_dir(self.world.path().join("cache")) {
            Ok(entries) => entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| !name.ends_with(".lock"))
                .collect(),
            Err(_) => Vec::new(),
        };
        names.sort();
        names
    }
}

/// The interpreter behind whatever `python3` in the search path is.
fn real_python() -> &'static str {
    static PYTHON: OnceLock<String> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    })
}

#[derive(Default)]
struct Recorder(RefCell<Vec<String>>);

impl Progress for Recorder {
    fn report(&self, event: Event<'_>) {
        self.0.borrow_mut().push(format!("{event:?}"));
    }
}

impl Recorder {
    fn count(&self, event: &str) -> usize {
        self.0.borrow().iter().filter(|line| line.starts_with(event)).count()
    }
}

// ---------------------------------------------------------------------------------------------------------
// Requests

/// One AWS request, as the account's root user unless another key is given. Returns status and body.
fn request(port: u16, key: &str, service: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
    let text = format!(
        "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nContent-Length: {}\r\n\
         X-Amz-Date: 20250101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential={key}/20250101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
         {headers}\r\n{body}",
        body.len()
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    (status, body.to_owned())
}

fn dynamodb(port: u16, operation: &str, body: &str) -> (u16, String) {
    let head =
        format!("POST /\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.{operation}\r\n");
    request(port, infra_sandbox::ACCESS_KEY_ID, "dynamodb", &head, body)
}

fn s3(port: u16, line: &str, body: &str) -> (u16, String) {
    request(port, infra_sandbox::ACCESS_KEY_ID, "s3", line, body)
}

fn create_contents(port: u16) {
    assert_eq!(s3(port, "PUT /a-bucket", "").0, 200);
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    assert_eq!(s3(port, "PUT /a-bucket?versioning", versioning).0, 200);
    let (status, reply) = dynamodb(
        port,
        "CreateTable",
        r#"{"TableName": "a-table", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}"#,
    );
    assert_eq!(status, 200, "{reply}");
}

fn write_value(port: u16, value: &str) {
    assert_eq!(s3(port, "PUT /a-bucket/a/key", value).0, 200);
    let item = format!(r#"{{"TableName": "a-table", "Item": {{"id": {{"S": "x"}}, "value": {{"S": "{value}"}}}}}}"#);
    assert_eq!(dynamodb(port, "PutItem", &item).0, 200);
}

fn assert_value(port: u16, value: &str) {
    assert_eq!(s3(port, "GET /a-bucket/a/key", ""), (200, value.to_owned()));
    let (_, versioning) = s3(port, "GET /a-bucket?versioning", "");
    assert!(versioning.contains("Enabled"), "{versioning}");
    let (_, items) = dynamodb(port, "Scan", r#"{"TableName": "a-table"}"#);
    assert!(items.contains(value), "{items}");
}

fn is_gone(pid: u32) -> bool {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // An orphan is there until the system's first process takes notice of its end.
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if test_kill_process(pid).is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

// ---------------------------------------------------------------------------------------------------------
// Sandboxes

#[test]
fn commands_that_start_at_once_share_one_server_and_its_contents_stay() {
    let root = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::in_git_root(root.path(), machine(shared_cache()));
    assert_eq!(sandbox.status().unwrap(), Status::Stopped { has_contents: false });
    assert_eq!(sandbox.stop(&Silent).unwrap(), Stopped { was_running: false });
    assert!(!sandbox.directory().exists());

    let first = four_at_once(&sandbox);
    let port = first.port;
    assert_eq!(first.endpoint_url, format!("http://127.0.0.1:{port}"));
    assert_eq!(fs::read_to_string(root.path().join(".infra/.gitignore")).unwrap(), "*\n");
    let leader = Pid::from_raw(i32::try_from(first.pid).unwrap()).unwrap();
    assert_eq!(getsid(Some(leader)).unwrap(), leader, "a session of its own");

    create_contents(port);
    write_value(port, "first");
    let started = Instant::now();
    let again = sandbox.ensure_running(&Silent).unwrap();
    let elapsed = started.elapsed();
    assert_eq!((again.pid, again.started_now), (first.pid, false));
    assert!(elapsed < Duration::from_millis(50), "took {elapsed:?}");

    // A clean stop.
    assert_eq!(sandbox.stop(&Silent).unwrap(), Stopped { was_running: true });
    assert!(is_gone(first.pid));
    assert_eq!(sandbox.status().unwrap(), Status::Stopped { has_contents: true });
    let second = sandbox.ensure_running(&Silent).unwrap();
    assert!(second.started_now && second.pid != first.pid);
    assert_eq!(second.port, port, "queue URLs carry the port");
    assert_value(port, "first");

    // A kill, as a crash or a power cut would do it.
    write_value(port, "second");
    std::thread::sleep(Duration::from_millis(1000));
    kill_process(Pid::from_raw(i32::try_from(second.pid).unwrap()).unwrap(), Signal::KILL).unwrap();
    assert!(is_gone(second.pid));
    let third = sandbox.ensure_running(&Silent).unwrap();
    assert!(third.started_now);
    assert_value(third.port, "second");
    let Status::Running { port: status_port, pid, answers, version, .. } = sandbox.status().unwrap() else {
        panic!("it runs");
    };
    assert_eq!((status_port, pid, answers), (third.port, third.pid, true));
    assert_eq!(version, infra_sandbox::MINISTACK_VERSION);

    // A reset.
    fs::create_dir(sandbox.state_directory()).unwrap();
    fs::write(sandbox.state_directory().join("terraform.tfstate"), "{}").unwrap();
    assert_eq!(sandbox.reset(&Silent).unwrap(), Stopped { was_running: true });
    assert!(is_gone(third.pid));
    assert!(!sandbox.state_directory().exists());
    let fourth = sandbox.ensure_running(&Silent).unwrap();
    assert_eq!(s3(fourth.port, "GET /a-bucket/a/key", "").0, 404);
    assert_eq!(dynamodb(fourth.port, "Scan", r#"{"TableName": "a-table"}"#).0, 400);
    sandbox.stop(&Silent).unwrap();
}

/// Four commands where nothing is running, and, unless another test was faster, nothing is installed.
fn four_at_once(sandbox: &Sandbox) -> Running {
    let barrier = Barrier::new(4);
    let found: Vec<(Running, usize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let recorder = Recorder::default();
                    barrier.wait();
                    let running = sandbox.ensure_running(&recorder).unwrap();
                    (running, recorder.count("ServerStarting"))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let pid = found[0].0.pid;
    assert!(found.iter().all(|(running, _)| running.pid == pid));
    let started_now = found.iter().filter(|(running, _)| running.started_now);
    assert_eq!(started_now.count(), 1);
    assert_eq!(found.iter().map(|(_, starts)| starts).sum::<usize>(), 1);
    found[0].0.clone()
}

#[test]
fn a_damaged_server_is_reported_with_the_end_of_its_log() {
    let python = real_python();
    let machine = Machine::with(&[(
        "python3",
        &format!(
            r#"case "$*" in
  *"-m venv "*)
    for last; do :; done
    mkdir -p "$last/bin"
    printf '#!/bin/sh\ncase "$*" in *--check|*pip*) exit 0;; esac\necho the roof is on fire; exit 7\n' > "$last/bin/python"
    chmod +x "$last/bin/python";;
  *) exec {python} "$@";;
esac"#
        ),
    )]);
    let root = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::in_git_root(root.path(), machine.settings());
    let error = sandbox.ensure_running(&Silent).unwrap_err();
    let log = sandbox.log();
    assert_eq!(
        error.to_string(),
        format!(
            "the sandbox server ended while starting (exit status: 7); its log `{}` ends with\n  \
             the roof is on fire",
            log.display()
        )
    );
    assert!(error.hint().unwrap().contains("infra sandbox reset"));
    assert_eq!(sandbox.stop(&Silent).unwrap(), Stopped { was_running: false });
}

// ---------------------------------------------------------------------------------------------------------
// Servers for tests

#[test]
fn a_test_gets_a_server_of_its_own() {
    let settings = machine(shared_cache());
    let one = EphemeralServer::start(&settings, None, &Silent).unwrap();
    let two = EphemeralServer::start(&settings, None, &Silent).unwrap();
    assert_eq!(s3(one.port(), "PUT /a-bucket", "").0, 200);
    assert_eq!(s3(one.port(), "HEAD /a-bucket", "").0, 200);
    assert_eq!(s3(two.port(), "HEAD /a-bucket", "").0, 404);
    assert_eq!(request(one.port(), "AKIASTRANGER", "s3", "GET /", "").0, 403, "strangers are refused");

    let (pid, port, log) = (one.pid(), one.port(), one.log());
    let error = EphemeralServer::start(&settings, Some(port), &Silent).unwrap_err();
    assert!(matches!(error, Error::Address { .. }), "{error}");
    drop(one);
    assert!(is_gone(pid));
    assert!(!log.exists());

    let three = EphemeralServer::start(&settings, Some(port), &Silent).unwrap();
    assert_eq!(three.endpoint_url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(s3(three.port(), "HEAD /a-bucket", "").0, 404);
}

const CHILD_ROOT: &str = "INFRA_SANDBOX_TEST_ROOT";

#[test]
fn a_sandbox_outlives_its_command_and_a_test_server_does_not() {
    let root = tempfile::tempdir().unwrap();
    // Installs, so that the child need not.
    drop(EphemeralServer::start(&machine(shared_cache()), None, &Silent).unwrap());
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "starts_two_servers_and_exits", "--ignored", "--nocapture"])
        .env(CHILD_ROOT, root.path())
        // Nobody removes what the test server leaves there.
        .env("TMPDIR", root.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let (_, pids) = text.split_once("PIDS ").unwrap_or_else(|| panic!("{output:?}"));
    let pids: Vec<u32> = pids.lines().next().unwrap().split(' ').map(|pid| pid.parse().unwrap()).collect();
    assert!(is_gone(pids[1]));
    let sandbox = Sandbox::in_git_root(root.path(), machine(shared_cache()));
    let running = sandbox.ensure_running(&Silent).unwrap();
    assert_eq!((running.pid, running.started_now), (pids[0], false));
    sandbox.stop(&Silent).unwrap();
}

#[test]
#[ignore = "the other half of `a_sandbox_outlives_its_command_and_a_test_server_does_not`"]
fn starts_two_servers_and_exits() {
    let root = std::env::var_os(CHILD_ROOT).expect("only run by the other half");
    // Not `shared_cache`, which empties it.
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-cache");
    let settings = machine(&cache);
    let ephemeral = EphemeralServer::start(&settings, None, &Silent).unwrap();
    let sandbox = Sandbox::in_git_root(Path::new(&root), settings);
    let running = sandbox.ensure_running(&Silent).unwrap();
    let mut output = std::io::stdout();
    writeln!(output, "\nPIDS {} {}", running.pid, ephemeral.pid()).unwrap();
    output.flush().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test is about a process that ends without dropping anything")]
    std::process::exit(0);
}

// ---------------------------------------------------------------------------------------------------------
// Ways to install

fn start_and_ask(settings: &Settings) -> Recorder {
    let recorder = Recorder::default();
    let server = EphemeralServer::start(settings, None, &recorder).unwrap();
    assert_eq!(s3(server.port(), "PUT /a-bucket", "").0, 200);
    recorder
}

#[test]
fn without_the_venv_module_pip_installs_into_a_directory() {
    let machine = Machine::with(&[(
        "python3",
        &format!(
            r#"case "$*" in
  *"-m venv "*) echo "ensurepip is not available" >&2; exit 1;;
  *) exec {} "$@";;
esac"#,
            real_python()
        ),
    )]);
    let mut settings = machine.settings();
    // Settings of the user's pip that would send the packages elsewhere.
    settings.environment.extend([
        (OsString::from("PIP_USER"), OsString::from("1")),
        (OsString::from("PIP_REQUIRE_VIRTUALENV"), OsString::from("1")),
    ]);
    let recorder = start_and_ask(&settings);
    assert_eq!(recorder.count("InstallationStarted"), 1);
    assert_eq!(recorder.count("InstallationDone"), 1);
    assert!(recorder.count("InstallationLine(\"Successfully installed ") == 1);
    assert_eq!(machine.cached().len(), 1);
    assert!(machine.world.path().join("cache").join(&machine.cached()[0]).join("site-packages/ministack").is_dir());

    // Installed once.
    assert_eq!(start_and_ask(&settings).count("InstallationStarted"), 0);

    // Without its interpreter it is made anew, or, where that is impossible, refused.
    let manifest = machine.world.path().join("cache").join(&machine.cached()[0]).join("installation.json");
    fs::write(&manifest, r#"{"interpreter": "/absent/python"}"#).unwrap();
    settings.environment.push((OsString::from("PIP_NO_INDEX"), OsString::from("1")));
    let error = EphemeralServer::start(&settings, None, &Silent).unwrap_err();
    assert!(matches!(error, Error::Installation { .. }), "{error}");
    assert_eq!(machine.cached(), Vec::<String>::new());
}

#[test]
fn where_there_is_only_uv_it_does_everything() {
    let python = real_python();
    // Stands in for uv: makes the environment and hands the rest to pip.
    let uv = format!(
        r#"echo "uv $*"
case "$1" in
  venv) for last; do :; done; exec {python} -m venv "$last";;
  pip) shift 3; python=$1; shift; exec "$python" -m pip install "$@";;
esac
exit 1"#
    );
    let machine = Machine::with(&[("uv", &uv)]);
    let recorder = start_and_ask(&machine.settings());
    assert_eq!(recorder.count("InstallationLine(\"uv venv --no-project --python >=3.10,<3.14 venv\")"), 1);
    assert_eq!(machine.cached().len(), 1);
}

#[test]
fn without_any_tool_the_error_says_what_was_looked_for() {
    let old = "echo '{\"version\": [3, 9, 6], \"executable\": \"/x\", \"build\": \"x\"}'";
    for (programs, expected) in [
        (&[][..], "python3: not in the search path\n  uv: not in the search path"),
        (
            &[("python3", old), ("python3.12", "echo broken >&2; exit 127")][..],
            "BIN/python3: is version 3.9.6, and at least 3.10 is needed\n  \
             BIN/python3.12: does not run: broken (exit status: 127)\n  \
             uv: not in the search path",
        ),
        (
            &[
                (
                    "python3",
                    "case \"$*\" in *\"-m venv\"*) echo no venv; exit 1;; *\"-m pip\"*) echo no pip; exit 1;; esac\n\
                     echo '{\"version\": [3, 12, 1], \"executable\": \"/x\", \"build\": \"x\"}'",
                ),
                ("uv", "echo no network; exit 2"),
            ][..],
            "BIN/python3 -m venv: no venv (exit status: 1)\n  \
             BIN/python3 -m pip: no pip (exit status: 1)\n  \
             BIN/uv venv: no network (exit status: 2)",
        ),
    ] {
        let machine = Machine::with(programs);
        let error = EphemeralServer::start(&machine.settings(), None, &Silent).unwrap_err();
        let bin = machine.world.path().join("bin");
        let text = error.to_string().replace(&*bin.to_string_lossy(), "BIN");
        assert_eq!(
            text,
            format!(
                "cannot install the sandbox server (ministack 1.5.33): it needs Python 3.10 or newer with \
                 venv or pip, or uv\n  {expected}"
            )
        );
        assert!(error.hint().unwrap().contains("AWS_ENDPOINT_URL"));
        assert_eq!(machine.cached(), Vec::<String>::new());
    }
}

#[test]
fn a_failing_package_index_is_reported_with_what_pip_said() {
    let machine = Machine::with(&[(
        "python3",
        &format!(
            r#"case "$*" in
  *"-m venv "*)
    for last; do :; done
    mkdir -p "$last/bin"
    printf '#!/bin/sh\necho no such index >&2; exit 1\n' > "$last/bin/python"
    chmod +x "$last/bin/python";;
  *) exec {} "$@";;
esac"#,
            real_python()
        ),
    )]);
    let error = EphemeralServer::start(&machine.settings(), None, &Silent).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("installing its packages with pip failed (exit status: 1)\n  no such index"), "{text}");
    assert!(error.hint().unwrap().contains("PIP_INDEX_URL"));
    assert_eq!(machine.cached(), Vec::<String>::new());
}
