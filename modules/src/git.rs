//! Clones git repositories with the machine's `git`, so that its credentials, keys and proxies work as they do for the
//! user.
//!
//! What a configuration says never becomes an option of `git`, and never a transport that runs programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use url::Url;

/// Transports that only transport.
const ALLOWED_PROTOCOLS: &str = "file:git:http:https:ssh";

/// Why a repository could not be cloned. Messages are clauses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("\"{0}\" is no URL of a git repository")]
    Url(String),
    #[error("the transport of \"{0}\" is not allowed; https, http, ssh, git and file are")]
    Transport(String),
    #[error("\"{0}\" is no name of a branch, tag or commit")]
    Reference(String),
    #[error("the program git could not be run: {0}. Install git")]
    Program(std::io::Error),
    #[error("git could not {what}: {said}")]
    Git { what: String, said: String },
    #[error("the SSH key could not be used: {0}")]
    Key(String),
}

/// What to clone.
#[derive(Debug)]
struct Clone {
    url: String,
    /// `ref`
    reference: Option<String>,
    /// `depth`; 0 is everything.
    depth: u32,
    /// `sshkey`: a private key.
    ssh_key: Option<Vec<u8>>,
    /// For messages.
    password: Option<String>,
}

/// Clones the repository of a URL with the arguments `ref`, `depth` and `sshkey`, with its submodules, and leaves the
/// files alone: nothing of git remains.
pub(crate) async fn clone(
    text: &str,
    into: &Path,
    scratch: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<(), GitError> {
    let wanted = Clone::parse(text)?;
    let mut git = Git { variables, ssh_command: None, password: wanted.password.clone() };
    if let Some(key) = &wanted.ssh_key {
        let file = scratch.join("key");
        write_private(&file, key).map_err(|error| GitError::Key(error.to_string()))?;
        git.ssh_command = Some(format!("ssh -i '{}' -o IdentitiesOnly=yes", file.display()));
    }
    let depth = wanted.depth.to_string();
    let mut arguments = vec!["clone", "--quiet"];
    if wanted.depth > 0 {
        arguments.extend(["--depth", &depth]);
        if let Some(reference) = &wanted.reference {
            arguments.extend(["--branch", reference]);
        }
    }
    let target = into.to_string_lossy();
    arguments.extend(["--", &wanted.url, &target]);
    let cloned = git.run("clone the repository", scratch, &arguments).await;
    cloned.map_err(|error| with_depth_hint(error, &wanted))?;
    if let (0, Some(reference)) = (wanted.depth, &wanted.reference) {
        let arguments = ["-c", "advice.detachedHead=false", "checkout", "--quiet", reference, "--"];
        git.run(&format!("check out \"{reference}\""), into, &arguments).await?;
    }
    if into.join(".gitmodules").exists() {
        let mut arguments = vec!["submodule", "--quiet", "update", "--init", "--recursive"];
        if wanted.depth > 0 {
            arguments.extend(["--depth", &depth]);
        }
        git.run("fetch the submodules", into, &arguments).await?;
    }
    Ok(())
}

impl Clone {
    fn parse(text: &str) -> Result<Self, GitError> {
        // `ext::…` and its like run programs.
        if text.contains("::") {
            return Err(GitError::Transport(text.to_owned()));
        }
        let mut url = Url::parse(text).map_err(|_| GitError::Url(text.to_owned()))?;
        if !ALLOWED_PROTOCOLS.split(':').any(|protocol| protocol == url.scheme()) {
            return Err(GitError::Transport(text.to_owned()));
        }
        // ssh would take it for an option.
        if url.host_str().is_some_and(|host| host.starts_with('-')) {
            return Err(GitError::Url(text.to_owned()));
        }
        let mut found = Self {
            url: String::new(),
            reference: None,
            depth: 0,
            ssh_key: None,
            password: url.password().map(str::to_owned),
        };
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "ref" if value.is_empty() => {}
                "ref" if value.starts_with('-') => return Err(GitError::Reference(value.into_owned())),
                "ref" => found.reference = Some(value.into_owned()),
                // What is no number counts as nothing, as for terraform.
                "depth" => found.depth = value.parse().unwrap_or(0),
                "sshkey" => {
                    let key = aws_smithy_types::base64::decode(value.trim());
                    found.ssh_key = Some(key.map_err(|error| GitError::Key(error.to_string()))?);
                }
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        found.url = url.to_string();
        Ok(found)
    }
}

/// How `git` is run.
struct Git<'v> {
    variables: &'v BTreeMap<String, String>,
    ssh_command: Option<String>,
    password: Option<String>,
}

impl Git<'_> {
    async fn run(&self, what: &str, directory: &Path, arguments: &[&str]) -> Result<(), GitError> {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(directory).env_clear().envs(self.variables);
        command.env("GIT_ALLOW_PROTOCOL", ALLOWED_PROTOCOLS);
        // Several clones at once cannot ask on one terminal.
        if !self.variables.contains_key("GIT_TERMINAL_PROMPT") {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        // A hook or alias that started this program must not make git work on another repository.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        if let Some(ssh) = &self.ssh_command {
            command.env("GIT_SSH_COMMAND", ssh);
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.map_err(GitError::Program)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut said = said.join("\n");
        if let Some(password) = self.password.as_ref().filter(|password| !password.is_empty()) {
            said = said.replace(password.as_str(), "redacted");
        }
        Err(GitError::Git { what: what.to_owned(), said })
    }
}

/// A shallow clone can only begin at a branch or tag.
fn with_depth_hint(error: GitError, wanted: &Clone) -> GitError {
    match (error, wanted.depth, &wanted.reference) {
        (GitError::Git { what, said }, 1.., Some(_)) => {
            GitError::Git { what, said: format!("{said}\nWith depth, ref must be the name of a branch or tag.") }
        }
        (error, ..) => error,
    }
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_an_option_or_a_program() {
        let refused = [
            "ext::sh -c id",
            "-oProxyCommand=id",
            "--upload-pack=id",
            "ssh://-oProxyCommand=id/x",
            "file:///tmp/x?ref=--upload-pack=id",
            "file:///tmp/x?ref=-x",
            "fd::17",
            "ftp://example.com/x",
        ];
        for text in refused {
            assert!(Clone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn arguments_are_taken_off() {
        let found = Clone::parse("https://me:pw@example.com/a.git?depth=2&x=1&ref=feature%2Fa").unwrap();
        assert_eq!(found.url, "https://me:pw@example.com/a.git?x=1");
        assert_eq!((found.reference.as_deref(), found.depth), (Some("feature/a"), 2));
        assert_eq!(Clone::parse("https://example.com/a.git?depth=x").unwrap().depth, 0);
    }
}
