//! `terraform` with its AWS provider, where they are installed: the answer to "what would Terraform do?".
//!
//! Nothing is downloaded and nothing of the user's is read: `terraform` is taken from `PATH`, the provider from
//! a filesystem mirror on this machine, and both run with an environment that holds nothing else.
//!
//! ```no_run
//! use infra_test_support::{command::TestDirectory, skip_without_oracle};
//!
//! fn plans_are_the_same() {
//!     let oracle = skip_without_oracle!("plans_are_the_same");
//!     let world = TestDirectory::new();
//!     world.write("main.tf", "resource \"terraform_data\" \"a\" {}\n");
//!     for arguments in [&["init"][..], &["apply", "-auto-approve"]] {
//!         let output = oracle.run(world.path(), arguments, Some("http://127.0.0.1:4566")).unwrap();
//!         println!("{} s, {:?} bytes", output.seconds, output.peak_memory_bytes);
//!     }
//! }
//! # plans_are_the_same();
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::SupportError;
use crate::command::aws_environment;
use crate::process::{Output, Running};

/// Names the directory that holds `registry.terraform.io/hashicorp/aws`, if it is in no usual place.
pub const MIRROR_VARIABLE: &str = "INFRA_ORACLE_MIRROR";

/// Provider settings without which Terraform's AWS provider cannot use an emulator's S3. Write it to a file
/// ending in `_override.tf` in a directory that has a `provider "aws"` block.
pub const S3_OVERRIDE: &str =
    "provider \"aws\" {\n  s3_use_path_style       = true\n  skip_metadata_api_check = true\n}\n";

/// Long enough for the largest comparison: destroying a thousand objects.
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// An installed `terraform` that can use the AWS provider without a network.
#[derive(Debug)]
pub struct Oracle {
    terraform: PathBuf,
    /// Holds the CLI configuration, and is the home directory.
    home: TempDir,
}

/// Evaluates to the [`Oracle`], or returns from the test after saying that it is skipped.
#[macro_export]
macro_rules! skip_without_oracle {
    ($test_name:expr) => {
        match $crate::oracle::Oracle::find_or_say_skipped($test_name) {
            Some(oracle) => oracle,
            None => return,
        }
    };
}

impl Oracle {
    /// Looks for `terraform` on `PATH` and for its AWS provider in `INFRA_ORACLE_MIRROR` or the usual places.
    /// `None` if either is missing.
    pub fn find() -> Option<Self> {
        let terraform = find_program("terraform")?;
        let mirror = find_mirror()?;
        let home = TempDir::with_prefix("infra-oracle-").ok()?;
        let configuration =
            format!("provider_installation {{\n  filesystem_mirror {{\n    path = {}\n  }}\n}}\n", quoted(&mirror));
        std::fs::write(home.path().join("terraformrc"), configuration).ok()?;
        Some(Self { terraform, home })
    }

    /// As [`find`](Self::find); where there is none, prints that the test is skipped, and why.
    #[expect(clippy::print_stderr, reason = "a skipped test must not look like one that passed")]
    pub fn find_or_say_skipped(test_name: &str) -> Option<Self> {
        let oracle = Self::find();
        if oracle.is_none() {
            eprintln!("skipped: {test_name}: terraform or its AWS provider is not installed");
        }
        oracle
    }

    /// The `terraform` program.
    pub fn program(&self) -> &Path {
        &self.terraform
    }

    /// Runs `terraform` with these arguments in a directory, which needs `init` once. AWS calls go to
    /// `endpoint`; without one there are no credentials, and none can be made.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or has not ended after 20 minutes. Whatever exit code it ends with is no error.
    pub fn run(&self, directory: &Path, arguments: &[&str], endpoint: Option<&str>) -> Result<Output, SupportError> {
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("TF_CLI_CONFIG_FILE", self.home.path().join("terraformrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_INPUT", "0")
            .env("CHECKPOINT_DISABLE", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // Without a limit the provider tries a broken endpoint 25 times.
            .env("AWS_MAX_ATTEMPTS", "3");
        if let Some(endpoint) = endpoint {
            command.envs(aws_environment(endpoint));
        }
        Running::start(command, None)?.wait(TIMEOUT)
    }
}

fn find_program(name: &str) -> Option<PathBuf> {
    let search_path = std::env::var_os("PATH")?;
    std::env::split_paths(&search_path).map(|directory| directory.join(name)).find(|candidate| candidate.is_file())
}

fn find_mirror() -> Option<PathBuf> {
    let named = std::env::var_os(MIRROR_VARIABLE).map(PathBuf::from);
    let in_home = std::env::home_dir()
        .into_iter()
        .flat_map(|home| [".terraform.d/plugins", ".local/share/terraform/plugins"].map(|path| home.join(path)));
    let on_machine =
        ["/opt/tf-plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"].map(PathBuf::from);
    named
        .into_iter()
        .chain(in_home)
        .chain(on_machine)
        .find(|mirror| mirror.join("registry.terraform.io/hashicorp/aws").is_dir())
}

/// A path as a string in Terraform's language.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::command::TestDirectory;

    #[test]
    fn the_provider_is_found_and_asks_only_the_endpoint() {
        let oracle = crate::skip_without_oracle!("the_provider_is_found_and_asks_only_the_endpoint");
        let world = TestDirectory::new();
        world.write(
            "main.tf",
            "provider \"aws\" {}\ndata \"aws_region\" \"here\" {}\noutput \"region\" {\n  value = data.aws_region.here.name\n}\n",
        );
        world.write(
            "test_override.tf",
            S3_OVERRIDE
                .replace("\n}", "\n  skip_credentials_validation = true\n  skip_requesting_account_id = true\n}"),
        );
        let run = |arguments: &[&str]| {
            oracle.run(world.path(), arguments, Some("http://127.0.0.1:1")).unwrap().assert_exit_code(0)
        };
        let _ = run(&["init"]);
        let output = run(&["plan", "-no-color"]);
        assert!(output.stdout.contains("+ region = \"us-east-1\""), "{output}");
        // terraform and its provider, which is the larger one, are separate processes.
        let megabytes = output.peak_memory_bytes.unwrap() / 1_000_000;
        assert!(megabytes > 200, "{megabytes} MB");
    }

    #[test]
    fn paths_are_quoted_for_the_configuration() {
        assert_eq!(quoted(Path::new("/a \"b\"/${c}")), "\"/a \\\"b\\\"/$${c}\"");
    }
}
