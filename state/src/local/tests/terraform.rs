//! The real Terraform against our lock, and the other way round. Without it these tests only say so.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{add, state_at, store_in};
use crate::StateError;
use crate::store::StateStore;
use crate::store::suite::lock_request;

/// Announces itself with a file, and waits for another.
const SLOW: &str = r#"
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch started; n=0; while [ ! -e go ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done"
  }
}
"#;

const QUICK: &str = r#"
resource "terraform_data" "quick" {}
"#;

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("terraform");
    command.args(arguments).arg("-no-color").current_dir(directory).env_remove("TF_CLI_CONFIG_FILE");
    command
}

/// A directory with a configuration, initialised; `None` where there is no terraform.
fn configured(configuration: &str) -> Option<TempDir> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("main.tf"), configuration).unwrap();
    match command(directory.path(), &["init"]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", text(&output));
            Some(directory)
        }
        Err(_) => {
            eprintln!("skipped: terraform is not installed");
            None
        }
    }
}

fn text(output: &Output) -> String {
    // Terraform breaks lines to fit the terminal.
    let both = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    both.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn terraform_holds_the_lock() {
    let Some(directory) = configured(SLOW) else {
        return;
    };
    let mut terraform = command(directory.path(), &["apply", "-auto-approve"]).stdout(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !directory.path().join("started").exists() {
        assert!(Instant::now() < deadline, "terraform did not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let store = store_in(directory.path());
    store.read().await.unwrap();
    let Err(StateError::Locked { info: Some(info), .. }) = store.lock(&lock_request("me", Duration::ZERO)).await else {
        panic!("both have the lock")
    };
    assert_eq!((info.operation.as_str(), info.version.as_str()), ("OperationTypeApply", "1.11.4"));
    assert!(info.who.contains('@') && info.created.ends_with('Z'), "{info:?}");

    fs::write(directory.path().join("go"), "").unwrap();
    let lock = store.lock(&lock_request("me", Duration::from_secs(30))).await.unwrap();
    let state = store.read().await.unwrap().state;
    assert_eq!(state.resources.len(), 1, "what terraform wrote before it gave the lock up");
    add(&store, "terraform_data.ours").await;
    store.unlock(&lock).await.unwrap();
    assert!(terraform.wait().unwrap().success());
    assert_eq!(state_at(&directory.path().join("terraform.tfstate")).resources.len(), 2);
}

#[tokio::test]
async fn we_hold_the_lock() {
    let Some(directory) = configured(QUICK) else {
        return;
    };
    let store = store_in(directory.path());
    let lock = store.lock(&lock_request("ada@engine", Duration::ZERO)).await.unwrap();
    for round in 0..3 {
        let output = command(directory.path(), &["plan"]).output().unwrap();
        let said = text(&output);
        assert!(!output.status.success(), "round {round}: {said}");
        for part in ["Error acquiring the state lock", &lock.0, "Who: ada@engine", "Operation: OperationTypeApply"] {
            assert!(said.contains(part), "round {round}: {said}");
        }
        // Each round replaces the file; reading it must not give up the lock either.
        add(&store, &format!("terraform_data.ours[{round}]")).await;
        store_in(directory.path()).read().await.unwrap();
    }
    store.unlock(&lock).await.unwrap();
    let output = command(directory.path(), &["plan"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("1 to add, 0 to change, 3 to destroy"), "{}", text(&output));
}

/// Terraform opens the file once and then waits for that file's lock. When the file has been replaced meanwhile, it
/// would go on with one that has lost its name, and all it does would be lost.
#[tokio::test]
async fn a_terraform_that_waits_does_not_go_on_with_a_replaced_file() {
    let Some(directory) = configured(QUICK) else {
        return;
    };
    let store = store_in(directory.path());
    let lock = store.lock(&lock_request("me", Duration::ZERO)).await.unwrap();
    let mut terraform = command(directory.path(), &["apply", "-auto-approve", "-lock-timeout=60s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(terraform.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("Acquiring state lock")));
    add(&store, "terraform_data.ours").await;
    store.unlock(&lock).await.unwrap();
    let output = terraform.wait_with_output().unwrap();
    assert!(!output.status.success());
    assert!(text(&output).contains("format version 99"), "{}", text(&output));
    let state = state_at(&directory.path().join("terraform.tfstate"));
    assert_eq!((state.resources.len(), state.serial), (1, 1));
}
