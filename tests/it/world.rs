//! What a black-box test starts from: a directory with a configuration, the binary to run in it, and ways to read
//! what it said and wrote.
//!
//! ```ignore
//! let world = World::new("output \"a\" {\n  value = 1\n}\n");
//! assert_snapshot!(world.shows(&["plan"]), @"");
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use infra_test_support::command::{TestCommand, TestDirectory};
use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::filters::Filters;
use infra_test_support::process::Output;
use serde_json::Value;

/// The binary under test.
pub const INFRA: &str = env!("CARGO_BIN_EXE_infra");

/// A dependency lock file that selects the generation of the AWS provider that answers were recorded with.
pub const LOCK_FILE_5_100: &str = "provider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"5.100.0\"\n}\n";

/// A directory with a configuration, and where its AWS is, if it has any.
pub struct World {
    directory: TestDirectory,
    endpoint: Option<String>,
    filters: Filters,
    /// Where commands run, below the directory.
    folder: String,
    /// How wide output may be.
    columns: &'static str,
}

impl World {
    /// A directory with this `main.tf`, and neither an endpoint nor credentials.
    pub fn new(main: &str) -> Self {
        let directory = TestDirectory::new();
        directory.write("main.tf", main);
        Self::in_directory(directory, "")
    }

    /// A copy of the checked-in environments, to run commands in that one: `oratio/dev`. Backends are set aside: the
    /// state is a local file.
    pub fn of_environment(name: &str) -> Self {
        let directory = TestDirectory::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("environments");
        for path in files_below(&source) {
            let below = path.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
            if !below.ends_with("backend.tf") {
                directory.write(&below, fs::read(&path).unwrap());
            }
        }
        Self::in_directory(directory, name)
    }

    fn in_directory(directory: TestDirectory, folder: &str) -> Self {
        let filters = Filters::standard(directory.path());
        Self { directory, endpoint: None, filters, folder: folder.to_owned(), columns: "100" }
    }

    /// The same, with that endpoint and credentials for it.
    pub fn at(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.to_owned());
        self
    }

    /// The same, on the emulator that the tests of this process share. Its objects need names of their own.
    pub fn on_shared(self, kind: Kind) -> Self {
        let emulator = Emulator::shared(kind).unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        self.at(emulator.endpoint())
    }

    /// The same, with a further filter for snapshots.
    pub fn with_filter(mut self, name: &str, pattern: &str, replacement: &str) -> Self {
        self.filters = self.filters.with(name, pattern, replacement);
        self
    }

    /// The same, with lines that are never broken: where a line breaks depends on how long the paths in it are.
    pub fn with_long_lines(mut self) -> Self {
        self.columns = "10000";
        self
    }

    /// The same, speaking the generation of the AWS provider that answers were recorded with.
    pub fn with_provider_5_100(self) -> Self {
        self.write(".terraform.lock.hcl", LOCK_FILE_5_100);
        self
    }

    /// Tells Terraform's provider to address buckets as emulators want it, which ours does by itself.
    pub fn use_path_style(&self) {
        let block = "provider \"aws\" {\n";
        let settings = "  s3_use_path_style       = true\n  skip_metadata_api_check = true\n";
        self.edit("main.tf", block, &format!("{block}{settings}"));
    }

    /// The emulator's endpoint, if there is one.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// The directory itself, for what [`TestDirectory`] can do.
    pub fn directory(&self) -> &TestDirectory {
        &self.directory
    }

    /// Where commands run.
    pub fn path(&self) -> PathBuf {
        self.directory.path().join(&self.folder)
    }

    /// Writes a file beside `main.tf`.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.directory.write(&self.below(path), text);
    }

    /// Reads a file beside `main.tf`.
    pub fn read(&self, path: &str) -> String {
        self.directory.read(&self.below(path))
    }

    /// Whether a file is there beside `main.tf`.
    pub fn exists(&self, path: &str) -> bool {
        self.directory.exists(&self.below(path))
    }

    /// Replaces text that occurs exactly once in a file beside `main.tf`.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        self.directory.edit(&self.below(path), from, to);
    }

    fn below(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }

    /// `infra` with these arguments, not started yet.
    pub fn infra(&self, arguments: &[&str]) -> TestCommand {
        let command = self.directory.command(INFRA).in_directory(&self.folder).args(arguments);
        let command = command.env("COLUMNS", self.columns);
        match &self.endpoint {
            Some(endpoint) => command.aws(endpoint),
            // Not even the address where a machine in AWS would ask for credentials.
            None => command.env("AWS_EC2_METADATA_DISABLED", "true"),
        }
    }

    /// Runs `infra` to its end, whatever that is.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.infra(arguments).run()
    }

    /// Runs `infra`, which must succeed.
    #[track_caller]
    pub fn succeed(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert_eq!(output.exit_code, Some(0), "infra {arguments:?} failed:\n{}", errors(&output));
        output
    }

    /// Runs `infra` and gives exit code and both streams, what varies replaced.
    #[track_caller]
    pub fn shows(&self, arguments: &[&str]) -> String {
        self.filtered(&self.run(arguments))
    }

    /// As [`shows`](Self::shows), without standard output: for plans that say nothing about what went wrong. One object
    /// at a time, so that the lines have one order.
    #[track_caller]
    pub fn complains(&self, arguments: &[&str]) -> String {
        let output = self.infra(arguments).arg("-parallelism=1").run();
        self.filtered(&Output { stdout: "[PLAN]\n".to_owned(), ..output })
    }

    /// Runs `infra`, which must print JSON, and gives the exit code, that JSON spread over lines, and standard error.
    #[track_caller]
    pub fn shows_json(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stdout = format!("{:#}", json(&output.stdout));
        self.filtered(&Output { stdout, ..output })
    }

    /// A text with what varies replaced.
    pub fn filtered_text(&self, text: &str) -> String {
        self.filters.apply(text)
    }

    /// An output as [`shows`](Self::shows) gives it.
    pub fn filtered(&self, output: &Output) -> String {
        output.snapshot(&self.filters)
    }

    /// Applies without asking; it must succeed.
    #[track_caller]
    pub fn apply(&self) -> Output {
        self.succeed(&["apply", "-auto-approve"])
    }

    /// Destroys without asking; it must succeed.
    #[track_caller]
    pub fn destroy(&self) -> Output {
        self.succeed(&["destroy", "-auto-approve"])
    }

    /// Fails the test unless a plan finds nothing to do, and says so.
    #[track_caller]
    pub fn assert_settled(&self) {
        let output = self.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(output.exit_code, Some(0), "there should be nothing left to do:\n{output}");
        assert!(output.stdout.contains("No changes"), "{output}");
    }

    /// Makes a plan and gives it as `show -json` describes it.
    #[track_caller]
    pub fn plan_json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = ["plan", "-out=test.plan"].into_iter().chain(arguments.iter().copied()).collect();
        let _ = self.succeed(&arguments);
        json(&self.succeed(&["show", "-json", "test.plan"]).stdout)
    }

    /// Makes a plan and gives what it would do, by address: `create`, `update`, `delete+create`. Without what stays
    /// and what is only read.
    #[track_caller]
    pub fn planned(&self, arguments: &[&str]) -> BTreeMap<String, String> {
        actions(&self.plan_json(arguments))
    }

    /// Carries out what [`planned`](Self::planned) showed.
    #[track_caller]
    pub fn apply_planned(&self) -> Output {
        self.succeed(&["apply", "test.plan"])
    }

    /// The state file as JSON.
    pub fn state(&self) -> Value {
        json(&self.read("terraform.tfstate"))
    }

    /// Addresses without keys of all managed resources in the state, with how many instances each has.
    pub fn managed(&self) -> BTreeMap<String, usize> {
        let state = self.state();
        let resources = state["resources"].as_array().unwrap();
        let managed = resources.iter().filter(|resource| resource["mode"] == "managed");
        managed
            .map(|resource| {
                let text = |name: &str| resource[name].as_str().unwrap_or_default();
                let module = if text("module").is_empty() { String::new() } else { format!("{}.", text("module")) };
                let address = format!("{module}{}.{}", text("type"), text("name"));
                (address, resource["instances"].as_array().unwrap().len())
            })
            .collect()
    }
}

/// What went wrong, without the plan and the progress before it.
pub fn errors(output: &Output) -> &str {
    output.stderr.find("error:").map_or(&*output.stderr, |start| &output.stderr[start..])
}

/// Parses JSON that a command printed or wrote.
#[track_caller]
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON: {error}\n{text}"))
}

/// What a plan in JSON would do, by address.
pub fn actions(plan: &Value) -> BTreeMap<String, String> {
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    changes
        .filter_map(|change| {
            let actions: Vec<&str> = change["change"]["actions"].as_array()?.iter().filter_map(Value::as_str).collect();
            let does_something = !matches!(actions[..], ["no-op"] | ["read"]);
            does_something.then(|| (change["address"].as_str().unwrap_or_default().to_owned(), actions.join("+")))
        })
        .collect()
}

/// All files below a directory.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
