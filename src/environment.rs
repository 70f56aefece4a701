//! The environment variables, read once at start.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// All environment variables of the process, and where it runs.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Name to value; values that are not Unicode are left out.
    pub variables: BTreeMap<String, String>,
    /// The folder the process was started in.
    pub current_directory: PathBuf,
}

/// Words that switch a variable off.
const OFF: &[&str] = &["", "0", "f", "false", "no", "off"];

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let current_directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        Self { variables, current_directory }
    }

    /// A variable that is set to something.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a variable is set to something that means yes.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !OFF.contains(&value.to_lowercase().as_str()))
    }

    /// Folder for what can be made again: `$XDG_CACHE_HOME/infra`, by default `~/.cache/infra`.
    pub fn cache_directory(&self) -> PathBuf {
        match (self.get("XDG_CACHE_HOME"), self.get("HOME")) {
            (Some(cache), _) => PathBuf::from(cache).join("infra"),
            (None, Some(home)) => PathBuf::from(home).join(".cache/infra"),
            (None, None) => std::env::temp_dir().join("infra-cache"),
        }
    }

    /// `user@host`, as a lock names its holder.
    pub fn user_at_host(&self) -> String {
        let user = self.get("USER").or(self.get("LOGNAME")).unwrap_or("unknown");
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        format!("{user}@{host}")
    }
}
