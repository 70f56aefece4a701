//! The two tools, asked the same way.

use std::path::PathBuf;
use std::time::Duration;

use infra_test_support::command::{TestCommand, TestDirectory};
use infra_test_support::process::Output;

use crate::cases::Invocation;
use crate::facts::Diagnostic;

/// Who is asked.
#[derive(Clone, Debug)]
pub enum Tool {
    /// The binary under test, as strict as Terraform.
    Infra,
    /// Terraform, where that program is.
    Terraform(PathBuf),
}

/// Long enough for a busy machine, short enough to see what hangs.
const TIMEOUT: Duration = Duration::from_secs(60);

impl Tool {
    /// The installed `terraform`, if there is one.
    pub fn oracle() -> Option<Self> {
        let search_path = std::env::var_os("PATH")?;
        let programs = std::env::split_paths(&search_path).map(|directory| directory.join("terraform"));
        programs.into_iter().find(|program| program.is_file()).map(Tool::Terraform)
    }

    /// A command that needs no special treatment.
    pub fn run(&self, world: &TestDirectory, invocation: &Invocation) -> Output {
        let arguments = invocation.arguments.iter().map(String::as_str);
        self.command(world, invocation).args(arguments).stdin(&invocation.stdin).run()
    }

    /// A command that plans, applies or destroys: how it ended, and what it found wrong.
    pub fn run_with_diagnostics(&self, world: &TestDirectory, invocation: &Invocation) -> (Output, Vec<Diagnostic>) {
        let mut command = self.command(world, invocation);
        if let Tool::Terraform(_) = self {
            command = command.arg("-json");
        }
        let arguments = invocation.arguments.iter().map(String::as_str);
        let output = command.arg("-input=false").args(arguments).stdin(&invocation.stdin).run();
        let diagnostics = match self {
            Tool::Terraform(_) => Diagnostic::of_json_lines(&output.stdout),
            Tool::Infra => Diagnostic::of_text(&output.stderr),
        };
        (output, diagnostics)
    }

    /// The same for both tools as a stream of events, on standard output.
    pub fn run_as_events(&self, world: &TestDirectory, invocation: &Invocation) -> (Output, Vec<Diagnostic>) {
        let arguments = invocation.arguments.iter().map(String::as_str);
        let command = self.command(world, invocation).args(["-json", "-input=false"]).args(arguments);
        let output = command.stdin(&invocation.stdin).run();
        let diagnostics = Diagnostic::of_json_lines(&output.stdout);
        (output, diagnostics)
    }

    /// Makes a directory ready, which only terraform needs, and only where there are modules. `Err` if it refuses.
    pub fn prepare(&self, world: &TestDirectory, invocation: &Invocation) -> Result<(), (Output, Vec<Diagnostic>)> {
        let Tool::Terraform(_) = self else { return Ok(()) };
        let is_needed = world.list().iter().filter(|path| !path.starts_with(".terraform/")).any(|path| {
            let is_configuration = path.ends_with(".tf") || path.ends_with(".tf.json");
            let text = if is_configuration { world.read(path) } else { String::new() };
            ["module", "required_providers", "backend"].iter().any(|word| text.contains(word))
        });
        if !is_needed {
            return Ok(());
        }
        let init = Invocation { command: "init".to_owned(), arguments: Vec::new(), ..invocation.clone() };
        let output = self.command(world, &init).args(["-json", "-input=false"]).run();
        let mut diagnostics = Diagnostic::of_json_lines(&output.stdout);
        // A preface, which is printed like a mistake.
        diagnostics.retain(|diagnostic| !diagnostic.summary.starts_with("Terraform encountered problems"));
        if output.is_success() { Ok(()) } else { Err((output, diagnostics)) }
    }

    /// The command's name with all that stands before it.
    fn command(&self, world: &TestDirectory, invocation: &Invocation) -> TestCommand {
        let command = match self {
            // One line for each message, however long.
            Tool::Infra => world.command(env!("CARGO_BIN_EXE_infra")).env("COLUMNS", "10000").env("INFRA_STRICT", "1"),
            Tool::Terraform(program) => world.command(program).env("CHECKPOINT_DISABLE", "1"),
        };
        let command = command.env("AWS_EC2_METADATA_DISABLED", "true").env("TF_CLI_CONFIG_FILE", "/dev/null");
        let environment = invocation.environment.iter();
        let command = environment.fold(command, |command, (name, value)| command.env(name, value));
        command.args(&invocation.global_flags).arg(&invocation.command).timeout(TIMEOUT)
    }
}
