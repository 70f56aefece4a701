//! The command line as users of Terraform type it: one dash or two, `-flag=value`, `-flag value`, booleans with or
//! without a value.
//!
//! [`normalise`] turns that into the form that clap reads; [`Cli`] is what clap makes of it. The doc comments are the
//! help texts.

use std::ffi::OsString;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

mod setup;
mod state;

pub use setup::{
    GetArguments, InitArguments, ModulesArguments, ProvidersAction, ProvidersArguments, ProvidersSchemaArguments,
};
pub use state::{
    EditArguments, ForceUnlockArguments, LockArguments, ReplaceProviderArguments, StateAction, StateCommandArguments,
    StateListArguments, StateMoveArguments, StatePushArguments, StateRemoveArguments, StateShowArguments,
    TaintArguments, WorkspaceAction, WorkspaceArguments, WorkspaceDeleteArguments, WorkspaceNewArguments,
    WorkspaceSelectArguments,
};

/// Provisions AWS from Terraform-language directories, in one process.
#[derive(Debug, Parser)]
#[command(name = "infra", disable_version_flag = true, max_term_width = 100)]
pub struct Cli {
    /// Go to this directory before doing anything.
    #[arg(long, value_name = "DIR", global = true)]
    pub chdir: Option<String>,

    /// Work against an AWS-compatible server on this machine, which infra looks after itself.
    #[arg(long, global = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub sandbox: bool,

    /// Accept what Terraform accepts and nothing more. INFRA_STRICT=1 does the same.
    #[arg(long, global = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, action = ArgAction::Set)]
    pub strict: Option<bool>,

    /// Show the version.
    #[arg(long, action = ArgAction::SetTrue)]
    pub version: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prepare a directory: install modules, note the backend.
    Init(InitArguments),
    /// Install the modules that the configuration calls.
    Get(GetArguments),
    /// Show what apply would change.
    Plan(PlanArguments),
    /// Make reality what the files say.
    Apply(ApplyArguments),
    /// Destroy everything in the state.
    Destroy(ApplyArguments),
    /// Bring the state up to date with reality, without asking.
    Refresh(ApplyArguments),
    /// Check the configuration without looking at anything outside.
    Validate(ValidateArguments),
    /// Show what depends on what, in the DOT language.
    Graph(GraphArguments),
    /// Print what a shell needs to complete commands and flags.
    Completion(CompletionArguments),
    /// Bring files into canonical layout.
    Fmt(FormatArguments),
    /// Show the outputs of the root module.
    Output(OutputArguments),
    /// Show the state, or a saved plan.
    Show(ShowArguments),
    /// Take an object that exists into the state.
    Import(ImportArguments),
    /// Look at the state, or edit it.
    State(StateCommandArguments),
    /// Mark an object as to be replaced.
    Taint(TaintArguments),
    /// Take that mark away.
    Untaint(TaintArguments),
    /// Work with several states of the same files.
    Workspace(WorkspaceArguments),
    /// Take away a lock that nobody holds any more.
    ForceUnlock(ForceUnlockArguments),
    /// Show the modules that the configuration calls.
    Modules(ModulesArguments),
    /// Show the providers that the configuration needs.
    Providers(ProvidersArguments),
    /// Evaluate expressions.
    Console(ConsoleArguments),
    /// Describe what the language has.
    Metadata(MetadataArguments),
    /// Look after the sandbox of this git checkout.
    Sandbox(SandboxArguments),
    /// Show the version.
    Version(VersionArguments),
}

/// Flags about variables.
#[derive(Debug, Default, Clone, Args)]
pub struct VariableArguments {
    /// Give a root module variable a value: NAME=VALUE. May be repeated.
    #[arg(long = "var", value_name = "NAME=VALUE", action = ArgAction::Append)]
    pub var: Vec<String>,
    /// Read values of variables from a file. May be repeated.
    #[arg(long = "var-file", value_name = "FILE", action = ArgAction::Append)]
    pub var_file: Vec<String>,
    /// Both of the above in the order in which they stand; filled by [`ordered_values`].
    #[arg(skip)]
    pub ordered: Vec<ValueFlag>,
    /// Ask for missing variables on the terminal.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub input: bool,
}

/// A value given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueFlag {
    /// `-var NAME=VALUE`
    Value(String),
    /// `-var-file FILE`
    File(String),
}

/// The values given on a normalised command line, in order: a later one wins over an earlier one of either kind.
pub fn ordered_values(arguments: &[OsString]) -> Vec<ValueFlag> {
    let mut values = Vec::new();
    let mut rest = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = rest.next() {
        let Some(flag) = argument.strip_prefix("--") else { continue };
        if flag.is_empty() {
            break;
        }
        let (name, inline) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        let kind = match name {
            "var" => ValueFlag::Value,
            "var-file" => ValueFlag::File,
            _ => continue,
        };
        if let Some(value) = inline.or_else(|| rest.next()) {
            values.push(kind(value.to_owned()));
        }
    }
    values
}

/// Flags about the state.
#[derive(Debug, Default, Clone, Args)]
pub struct StateArguments {
    /// Hold the state's lock while working.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for a lock that another holds: 30s, 5m.
    #[arg(long = "lock-timeout", value_name = "DURATION", default_value = "0s")]
    pub lock_timeout: String,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
}

/// Flags about what is shown.
#[derive(Debug, Default, Clone, Args)]
pub struct ViewArguments {
    /// Do not use colours.
    #[arg(long = "no-color", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub no_color: bool,
    /// Show warnings as one line each.
    #[arg(long = "compact-warnings", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub compact_warnings: bool,
}

/// Flags about what is planned.
#[derive(Debug, Default, Clone, Args)]
pub struct PlanningArguments {
    /// Plan to destroy everything.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub destroy: bool,
    /// Only bring the state up to date with reality.
    #[arg(long = "refresh-only", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub refresh_only: bool,
    /// Read objects before planning.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub refresh: bool,
    /// Plan only this object, resource or module and what it needs. May be repeated.
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub target: Vec<String>,
    /// Plan everything but this object, resource or module and what needs it. May be repeated.
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub exclude: Vec<String>,
    /// Read addresses to target from this file, one a line. May be repeated.
    #[arg(long = "target-file", value_name = "FILE", action = ArgAction::Append)]
    pub target_file: Vec<String>,
    /// Read addresses to exclude from this file, one a line. May be repeated.
    #[arg(long = "exclude-file", value_name = "FILE", action = ArgAction::Append)]
    pub exclude_file: Vec<String>,
    /// Replace this object even if it could stay. May be repeated.
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub replace: Vec<String>,
    /// Do not tell what is being read.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub concise: bool,
    /// How many objects are worked on at once.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PARALLELISM, value_parser = parse_parallelism)]
    pub parallelism: usize,
}

/// `infra plan`
#[derive(Debug, Clone, Args)]
pub struct PlanArguments {
    /// The directory to plan; the current one by default.
    pub directory: Option<String>,
    #[command(flatten)]
    pub planning: PlanningArguments,
    #[command(flatten)]
    pub variables: VariableArguments,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub view: ViewArguments,
    /// Write the plan to this file, for apply.
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
    /// Say everything as JSON, one object a line.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    /// Write the plan to this file as a page for a browser.
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,
    /// Write the configuration of imported objects that no file declares to this new file.
    #[arg(long = "generate-config-out", value_name = "FILE")]
    pub generate_config_out: Option<String>,
    /// Exit with 2 when there are changes, with 0 when there are none.
    #[arg(long = "detailed-exitcode", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub detailed_exitcode: bool,
}

/// `infra apply` and `infra destroy`
#[derive(Debug, Clone, Args)]
pub struct ApplyArguments {
    /// The directory to apply, or a saved plan; the current directory by default.
    pub directory_or_plan: Option<String>,
    #[command(flatten)]
    pub planning: PlanningArguments,
    #[command(flatten)]
    pub variables: VariableArguments,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub view: ViewArguments,
    /// Say everything as JSON, one object a line.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    /// Do not ask before changing anything.
    #[arg(long = "auto-approve", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub auto_approve: bool,
    /// Write the state to this file instead of the one it was read from.
    #[arg(long = "state-out", value_name = "FILE")]
    pub state_out: Option<String>,
    /// Keep the former state in this file; `-` keeps none.
    #[arg(long, value_name = "FILE")]
    pub backup: Option<String>,
}

/// `infra import`
#[derive(Debug, Clone, Args)]
pub struct ImportArguments {
    /// Address of the resource instance, which the files must have.
    pub address: String,
    /// What the service knows the object by.
    pub id: String,
    /// The directory with the files; the current one by default.
    #[arg(long, value_name = "DIR")]
    pub config: Option<String>,
    /// How many objects are worked on at once.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PARALLELISM, value_parser = parse_parallelism)]
    pub parallelism: usize,
    /// Write the state to this file instead of the one it was read from.
    #[arg(long = "state-out", value_name = "FILE")]
    pub state_out: Option<String>,
    #[command(flatten)]
    pub variables: VariableArguments,
    #[command(flatten)]
    pub edit: EditArguments,
}

/// `infra validate`
#[derive(Debug, Clone, Args)]
pub struct ValidateArguments {
    /// The directory to check; the current one by default.
    pub directory: Option<String>,
    /// Show the result as JSON.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    /// Accepted: files of tests are not looked at.
    #[arg(long = "no-tests", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub no_tests: bool,
    /// Accepted: files of tests are not looked at.
    #[arg(long = "test-directory", value_name = "DIR", default_value = "tests")]
    pub test_directory: String,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra graph`
#[derive(Debug, Clone, Args)]
pub struct GraphArguments {
    /// Show everything that is evaluated instead of resources only.
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    pub graph_type: Option<GraphType>,
    /// Show the steps of this saved plan.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<String>,
    /// Accepted: a cycle is always an error that names its members.
    #[arg(long = "draw-cycles", num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub draw_cycles: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// What a detailed graph is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphType {
    /// Planning.
    Plan,
    /// Bringing the state up to date.
    PlanRefreshOnly,
    /// Destroying everything.
    PlanDestroy,
    /// Applying.
    Apply,
}

/// `infra completion`
#[derive(Debug, Clone, Args)]
pub struct CompletionArguments {
    /// The shell: `source <(infra completion bash)`.
    pub shell: clap_complete::Shell,
}

/// `infra fmt`
#[derive(Debug, Clone, Args)]
pub struct FormatArguments {
    /// Files and directories, or `-` for standard input; the current directory by default.
    pub targets: Vec<String>,
    /// Only check: exit with 3 if any file is not in canonical layout.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub check: bool,
    /// Show what changes, line by line.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub diff: bool,
    /// List the files that change.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub list: bool,
    /// Write the files that change.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = true, action = ArgAction::Set)]
    pub write: bool,
    /// Also look into the directories within.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub recursive: bool,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra output`
#[derive(Debug, Clone, Args)]
pub struct OutputArguments {
    /// Only this output.
    pub name: Option<String>,
    /// Show as JSON.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    /// Show a string, number or bool without quotes, for scripts.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub raw: bool,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra show`
#[derive(Debug, Clone, Args)]
pub struct ShowArguments {
    /// A saved plan or a state file; the current state by default.
    pub file: Option<String>,
    /// Show as JSON.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
    /// Write the plan to this file as a page for a browser, instead of showing it.
    #[arg(long, value_name = "FILE")]
    pub html: Option<String>,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra console`
#[derive(Debug, Clone, Args)]
pub struct ConsoleArguments {
    /// Make a plan first, and let resources be worth what they will be by it.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub plan: bool,
    /// Answer each line of the input with `= VALUE` or `! MISTAKE`, and go on after mistakes. Without this, input that
    /// is no terminal ends at the first mistake, and only the last answer is shown.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub each: bool,
    /// Read the state from this file.
    #[arg(long, value_name = "FILE")]
    pub state: Option<String>,
    #[command(flatten)]
    pub variables: VariableArguments,
    #[command(flatten)]
    pub view: ViewArguments,
}

/// `infra metadata`
#[derive(Debug, Clone, Args)]
pub struct MetadataArguments {
    /// What to describe.
    #[command(subcommand)]
    pub what: MetadataCommand,
}

/// What can be described.
#[derive(Debug, Clone, Subcommand)]
pub enum MetadataCommand {
    /// The functions of the language.
    Functions(MetadataFunctionsArguments),
}

/// `infra metadata functions`
#[derive(Debug, Clone, Args)]
pub struct MetadataFunctionsArguments {
    /// Show as JSON. There is no other form, so this must be given.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
}

/// `infra version`
#[derive(Debug, Clone, Args)]
pub struct VersionArguments {
    /// Show as JSON.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", require_equals = true, default_value_t = false, action = ArgAction::Set)]
    pub json: bool,
}

/// `infra sandbox`
#[derive(Debug, Clone, Args)]
pub struct SandboxArguments {
    /// What to do with it.
    #[command(subcommand)]
    pub action: SandboxAction,
}

/// What to do with the sandbox.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum SandboxAction {
    /// Show whether it runs, and where.
    Status,
    /// Stop the server; its contents stay.
    Stop,
    /// Stop the server and wipe its contents and the states made with it.
    Reset,
}

/// How many objects are worked on at once where nothing else is said.
pub const DEFAULT_PARALLELISM: usize = 10;

fn parse_parallelism(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Ok(DEFAULT_PARALLELISM),
        Ok(count) => Ok(count),
        _ => Err("give a whole number; 0 means the default".to_owned()),
    }
}

/// What clap reads the command line by. Switches are shown without their values, which everybody can guess.
pub fn command() -> clap::Command {
    fn tidy(command: clap::Command) -> clap::Command {
        let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        let command = command.mut_args(|argument| match argument.get_default_values() {
            [default] if default == "true" || default == "false" => {
                argument.hide_default_value(true).hide_possible_values(true).value_name("true|false")
            }
            _ => argument,
        });
        // Of a flag that is given twice, by the environment and by hand, the last one counts.
        let command = command.args_override_self(true);
        names.into_iter().fold(command, |command, name| command.mut_subcommand(name, tidy))
    }
    tidy(Cli::command())
}

/// Puts a second dash before flags that have one, as clap wants it: `-auto-approve` becomes `--auto-approve`.
///
/// A single letter stays as it is (`-h`), and so does everything after `--` and a lone `-`.
pub fn normalise(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut literal = false;
    arguments
        .into_iter()
        .map(|argument| {
            let Some(text) = argument.to_str() else { return argument };
            if literal {
                return argument;
            }
            if text == "--" {
                literal = true;
                return argument;
            }
            match text.strip_prefix('-') {
                Some(rest) if !rest.starts_with('-') && flag_name(rest).chars().count() > 1 => {
                    OsString::from(format!("--{rest}"))
                }
                _ => argument,
            }
        })
        .collect()
}

/// A text of clap with flags as they are written here and in Terraform: `-auto-approve`.
pub fn with_single_dashes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(position) = rest.find("--") {
        let (before, from_dashes) = rest.split_at(position);
        shown.push_str(before);
        let begins_word = before.chars().next_back().is_none_or(|last| !last.is_alphanumeric() && last != '-');
        let names_flag = from_dashes[2..].starts_with(|first: char| first.is_ascii_alphabetic());
        shown.push_str(if begins_word && names_flag { "-" } else { "--" });
        rest = &from_dashes[2..];
    }
    shown + rest
}

fn flag_name(text: &str) -> &str {
    text.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_shown_with_one_dash() {
        assert_eq!(
            with_single_dashes("error: '--auto-approve[=x]' -- a--b\n  -h, --help  x"),
            "error: '-auto-approve[=x]' -- a--b\n  -h, -help  x"
        );
    }

    fn parse(line: &[&str]) -> Result<Cli, clap::Error> {
        let arguments = normalise(line.iter().map(OsString::from).collect());
        Cli::try_parse_from(std::iter::once(OsString::from("infra")).chain(arguments))
    }

    fn plan(line: &[&str]) -> PlanArguments {
        match parse(line).unwrap().command {
            Some(Command::Plan(plan)) => plan,
            other => panic!("not a plan: {other:?}"),
        }
    }

    #[test]
    fn flags_are_read_by_the_rules_of_go() {
        // What is typed, and what the same means in the form that clap reads.
        let table: &[(&[&str], &[&str])] = &[
            (&["-chdir=x", "plan"], &["--chdir=x", "plan"]),
            (&["plan", "-out", "p"], &["plan", "--out", "p"]),
            (&["plan", "--out", "p"], &["plan", "--out", "p"]),
            (&["plan", "-var", "a=-b"], &["plan", "--var", "a=-b"]),
            (&["-h"], &["-h"]),
            (&["-help"], &["--help"]),
            (&["output", "--", "-json"], &["output", "--", "-json"]),
            (&["show", "-"], &["show", "-"]),
        ];
        for (typed, expected) in table {
            let expected: Vec<OsString> = expected.iter().map(OsString::from).collect();
            assert_eq!(normalise(typed.iter().map(OsString::from).collect()), expected, "{typed:?}");
        }
    }

    #[test]
    fn switches_take_a_value_only_after_an_equals_sign() {
        assert!(plan(&["plan"]).planning.refresh);
        assert!(!plan(&["plan", "-refresh=false"]).planning.refresh);
        assert!(plan(&["plan", "-destroy"]).planning.destroy);
        let with_directory = plan(&["plan", "-destroy", "envs/dev"]);
        assert!(with_directory.planning.destroy);
        assert_eq!(with_directory.directory.as_deref(), Some("envs/dev"));
        assert!(parse(&["plan", "-destroy=maybe"]).is_err());
    }

    #[test]
    fn values_keep_their_order() {
        let line = ["plan", "-var", "a=1", "-var-file=f", "-var=b=--var-file", "--", "-var", "c=1"];
        let values = ordered_values(&normalise(line.iter().map(OsString::from).collect()));
        let value = |text: &str| ValueFlag::Value(text.into());
        assert_eq!(values, [value("a=1"), ValueFlag::File("f".into()), value("b=--var-file")]);
    }

    #[test]
    fn global_flags_stand_before_or_after_the_command() {
        assert!(parse(&["-sandbox", "plan"]).unwrap().sandbox);
        assert!(parse(&["plan", "-sandbox"]).unwrap().sandbox);
        assert_eq!(parse(&["plan"]).unwrap().strict, None);
        assert_eq!(parse(&["-strict", "plan"]).unwrap().strict, Some(true));
        assert_eq!(parse(&["plan", "-strict=false"]).unwrap().strict, Some(false));
        assert_eq!(parse(&["-chdir=a", "plan"]).unwrap().chdir.as_deref(), Some("a"));
    }

    #[test]
    fn repeated_flags_add_up_in_order() {
        let plan = plan(&["plan", "-var", "a=1", "-target=x.y", "-var=b=2", "-target", "x.z"]);
        assert_eq!(plan.variables.var, ["a=1", "b=2"]);
        assert_eq!(plan.planning.target, ["x.y", "x.z"]);
    }
}
