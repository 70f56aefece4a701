//! Which files belong to a local state.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The paths of a local state, as the flags `-state`, `-state-out` and `-backup` set them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPaths {
    /// Where the state is read.
    pub state: PathBuf,
    /// Where it is written, if elsewhere.
    pub state_out: Option<PathBuf>,
    /// Where the state that was there before is kept.
    pub backup: Backup,
}

/// The folder in which the states of workspaces other than the default one are, each in a folder of its name.
pub const WORKSPACES_FOLDER: &str = "terraform.tfstate.d";

/// Where the previous state is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Backup {
    /// Beside the state that is written, with the suffix `.backup`.
    #[default]
    Beside,
    /// Beside it, with the suffix `.SECONDS.backup`: a backup that replaces no other one. Seconds since 1970.
    BesideWithTime(i64),
    /// Here.
    At(PathBuf),
    /// Nowhere (`-backup=-`).
    Off,
}

impl LocalPaths {
    /// A state that is read and written at one place.
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into(), state_out: None, backup: Backup::Beside }
    }

    /// `terraform.tfstate` in a directory.
    pub fn in_directory(directory: &Path) -> Self {
        Self::new(directory.join("terraform.tfstate"))
    }

    /// The state of a workspace: `terraform.tfstate.d/<workspace>/terraform.tfstate` in a directory, or
    /// [`in_directory`](Self::in_directory) for the one called `default`.
    pub fn of_workspace(directory: &Path, workspace: &str) -> Self {
        if workspace == "default" {
            Self::in_directory(directory)
        } else {
            Self::in_directory(&directory.join(WORKSPACES_FOLDER).join(workspace))
        }
    }

    /// Where the state is written.
    pub fn out(&self) -> &Path {
        self.state_out.as_deref().unwrap_or(&self.state)
    }

    /// Where the previous state is kept, if anywhere.
    pub fn backup_path(&self) -> Option<PathBuf> {
        match &self.backup {
            Backup::Beside => Some(self.out().with_file_name(with_suffix(self.name(), ".backup"))),
            Backup::BesideWithTime(seconds) => {
                Some(self.out().with_file_name(with_suffix(self.name(), &format!(".{seconds}.backup"))))
            }
            Backup::At(path) => Some(path.clone()),
            Backup::Off => None,
        }
    }

    /// The note about who holds the lock: `.terraform.tfstate.lock.info`.
    pub fn lock_info_path(&self) -> PathBuf {
        let mut name = OsString::from(".");
        let own = self.name().to_string_lossy();
        name.push(own.strip_prefix('.').unwrap_or(&own));
        self.out().with_file_name(with_suffix(&name, ".lock.info"))
    }

    fn name(&self) -> &OsStr {
        self.out().file_name().unwrap_or(OsStr::new("terraform.tfstate"))
    }
}

/// Where in a directory a state is saved that cannot be saved in its own place: what an earlier run saved there is not
/// replaced.
pub fn unused_refuge(directory: &Path) -> PathBuf {
    let first = directory.join("errored.tfstate");
    let further = (2_u32..).map(|count| directory.join(format!("errored.{count}.tfstate")));
    std::iter::once(first.clone()).chain(further).find(|path| !path.exists()).unwrap_or(first)
}

fn with_suffix(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

#[cfg(test)]
mod tests {
    use super::{Backup, LocalPaths};
    use std::path::{Path, PathBuf};

    #[test]
    fn names() {
        let plain = LocalPaths::of_workspace(Path::new(""), "default");
        let timed = LocalPaths { backup: Backup::BesideWithTime(17), ..plain.clone() };
        let elsewhere = LocalPaths { state_out: Some("out/x.tfstate".into()), ..plain.clone() };
        let hidden = LocalPaths { backup: Backup::Off, ..LocalPaths::new("a/.hidden") };
        let workspace = LocalPaths { backup: Backup::At("b".into()), ..LocalPaths::of_workspace(Path::new("d"), "w") };
        for (paths, out, backup, info) in [
            (plain, "terraform.tfstate", Some("terraform.tfstate.backup"), ".terraform.tfstate.lock.info"),
            (timed, "terraform.tfstate", Some("terraform.tfstate.17.backup"), ".terraform.tfstate.lock.info"),
            (elsewhere, "out/x.tfstate", Some("out/x.tfstate.backup"), "out/.x.tfstate.lock.info"),
            (hidden, "a/.hidden", None, "a/.hidden.lock.info"),
            (
                workspace,
                "d/terraform.tfstate.d/w/terraform.tfstate",
                Some("b"),
                "d/terraform.tfstate.d/w/.terraform.tfstate.lock.info",
            ),
        ] {
            assert_eq!(paths.out(), Path::new(out));
            assert_eq!(paths.backup_path(), backup.map(PathBuf::from));
            assert_eq!(paths.lock_info_path(), Path::new(info));
        }
    }
}
