//! A directory that is worked on: its files, its providers, and where its state is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_engine::config::{Config, DiskFiles, Snapshot};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::graph::ConfigGraph;
use infra_engine::language::Language;
use infra_engine::validate::validate;
use infra_engine::world::{FunctionContext, Providers, Surroundings};
use infra_modules::{Loaded, Policy};
use infra_schema::Generation;
use infra_values::Str;
use infra_values::version::{Version, VersionConstraint};

use crate::environment::Environment;
use crate::generated_config::Overlay;
use crate::modules::{self, Tell};
use crate::printer::Printer;
use crate::{TERRAFORM_VERSION, generation, registry};

/// The workspace that is always there.
pub const DEFAULT_WORKSPACE: &str = "default";

/// What every command starts from.
pub struct Session<'p> {
    /// The environment variables.
    pub environment: Environment,
    /// The user.
    pub printer: &'p Printer,
    /// The directory worked on, after `-chdir` or the directory argument.
    pub directory: PathBuf,
    /// Whether what goes beyond Terraform is on.
    pub language: Language,
    /// The sandbox, if everything happens there.
    pub sandbox: Option<crate::sandbox::SandboxSession>,
}

impl Session<'_> {
    /// The session in a further directory, if one is given.
    pub fn in_directory(mut self, directory: Option<&str>) -> Result<Self, Diagnostic> {
        if let Some(directory) = directory {
            self.directory = existing_directory(&self.directory.join(directory), directory)?;
        }
        Ok(self)
    }

    /// The flags with which a command typed in the same folder comes back to this directory, with a space behind.
    pub fn flags_to_return(&self) -> String {
        let mut flags = String::new();
        if self.sandbox.is_some() {
            flags.push_str("-sandbox ");
        }
        if self.directory != self.environment.current_directory {
            let shown = self.directory.strip_prefix(&self.environment.current_directory).unwrap_or(&self.directory);
            flags.push_str(&format!("-chdir={} ", shown.display()));
        }
        flags
    }

    /// The time, in RFC 3339 and whole seconds.
    pub fn now(&self) -> String {
        now()
    }

    /// What the engine must know beside the files.
    pub fn surroundings(&self, timestamp: Option<&str>) -> Surroundings {
        Surroundings {
            original_directory: Str::from(self.environment.current_directory.to_string_lossy().as_ref()),
            workspace: self.workspace(),
            functions: FunctionContext {
                base_directory: Arc::new(self.directory.clone()),
                home_directory: self.environment.get("HOME").map(|home| Arc::new(PathBuf::from(home))),
                plan_timestamp: timestamp.map(Str::from),
                clock: Some(now),
                language: self.language,
            },
        }
    }

    /// The current workspace: `TF_WORKSPACE`, else what was selected, else `default`. Whoever works with its state
    /// calls [`check_workspace`](Self::check_workspace) before.
    pub fn workspace(&self) -> Str {
        let selected = std::fs::read_to_string(self.workspace_note()).ok();
        let selected = selected.as_deref().map(str::trim).filter(|name| !name.is_empty());
        Str::from(self.environment.get("TF_WORKSPACE").or(selected).unwrap_or(DEFAULT_WORKSPACE))
    }

    /// Fails where the note about the current workspace cannot be read, or the name of that is none.
    pub fn check_workspace(&self) -> Result<(), Diagnostic> {
        let note = self.workspace_note();
        match std::fs::read_to_string(&note) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Diagnostic::error(
                "Workspace not known",
                format!(
                    "{}, where the current workspace is noted, could not be read: {error}. Put it right, or name the \
                     workspace with TF_WORKSPACE.",
                    note.display()
                ),
            )),
            _ => check_workspace_name(&self.workspace()).map_err(|mut error| {
                if self.environment.get("TF_WORKSPACE").is_some() {
                    error.summary = "Invalid workspace name set using TF_WORKSPACE".to_owned();
                }
                error
            }),
        }
    }

    /// Where the selected workspace is noted. The sandbox has its own: what is selected there is not selected outside.
    pub fn workspace_note(&self) -> PathBuf {
        match &self.sandbox {
            Some(sandbox) => sandbox.folder_of(&self.directory).join("environment"),
            None => self.data_directory().join("environment"),
        }
    }

    /// `.terraform`, or what `TF_DATA_DIR` says.
    pub fn data_directory(&self) -> PathBuf {
        self.directory.join(self.environment.get("TF_DATA_DIR").unwrap_or(".terraform"))
    }
}

/// Whether a name of a workspace can be part of a path and of a URL as it is.
pub fn check_workspace_name(name: &str) -> Result<(), Diagnostic> {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_.~$&+=:@".contains(character);
    if !name.is_empty() && name.chars().all(is_allowed) && name != "." && name != ".." {
        return Ok(());
    }
    Err(Diagnostic::error(
        "Invalid workspace name",
        format!(
            "The workspace name \"{name}\" is not allowed. The name must contain only URL safe characters, and no path \
             separators."
        ),
    ))
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A directory as an absolute path, if it is one.
pub fn existing_directory(path: &Path, shown: &str) -> Result<PathBuf, Diagnostic> {
    match path.canonicalize() {
        Ok(path) if path.is_dir() => Ok(path),
        Ok(_) => Err(Diagnostic::error("Not a directory", format!("{shown} is not a directory. Name a directory."))),
        Err(error) => Err(Diagnostic::error(
            "Directory not usable",
            format!("The directory {shown} cannot be used: {error}. Check the path."),
        )),
    }
}

/// The configuration of a directory, free of the mistakes that its files alone can show.
pub struct Project {
    /// The files.
    pub config: Config,
    /// Who needs what.
    pub graph: ConfigGraph,
    /// The providers.
    pub providers: Providers,
    /// The generation of the AWS provider.
    pub generation: Generation,
    /// The files as they were read.
    pub files: Snapshot,
    /// Warnings.
    pub warnings: Diagnostics,
}

/// Refuses to go on without configuration files.
pub fn require_files(session: &Session<'_>, config: &Config, advice: &str) -> Result<(), Diagnostic> {
    if config.has_files {
        return Ok(());
    }
    let directory = session.directory.display();
    Err(Diagnostic::error(
        "No configuration files",
        format!("The directory {directory} contains no .tf files. {advice}"),
    ))
}

/// How much is checked before a project counts as loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Checks {
    /// Everything that the files alone can show.
    All,
    /// Whether they can be read.
    Readable,
}

/// Why a project could not be loaded, with the files to point into.
pub struct ProjectError {
    /// The mistakes, with warnings among them.
    pub diagnostics: Diagnostics,
    /// The files they point into.
    pub config: Config,
}

impl Project {
    /// Reads and checks the files of a directory.
    pub fn load(session: &Session<'_>) -> Result<Self, Box<ProjectError>> {
        let files = DiskFiles::new(&session.directory);
        let loaded = modules::load(&files, session, Policy::FetchMissing, Tell::InPassing);
        let project = Self::from_loaded(loaded, session, None, Checks::All);
        project.map(|mut project| {
            project.files = files.snapshot();
            project
        })
    }

    /// The same with one more file.
    pub fn load_with(session: &Session<'_>, files: &Overlay) -> Result<Self, Box<ProjectError>> {
        let loaded = modules::load(files, session, Policy::FetchMissing, Tell::InPassing);
        let mut project = Self::from_loaded(loaded, session, None, Checks::All)?;
        project.files = files.snapshot();
        Ok(project)
    }

    /// The same as far as evaluating the files needs it.
    pub fn load_with_unchecked(session: &Session<'_>, files: &Overlay) -> Result<Self, Box<ProjectError>> {
        let loaded = modules::load(files, session, Policy::FetchMissing, Tell::InPassing);
        Self::from_loaded(loaded, session, None, Checks::Readable)
    }

    /// What the files of a directory say, be it right or not.
    pub fn read_config(session: &Session<'_>) -> Config {
        let files = DiskFiles::new(&session.directory);
        modules::load(&files, session, Policy::FetchMissing, Tell::InPassing).config
    }

    /// Reads the files of a directory as far as evaluating them needs it. Mistakes that do not keep them from being
    /// read are left in [`Project::warnings`].
    pub fn load_unchecked(session: &Session<'_>) -> Result<Self, Box<ProjectError>> {
        let files = DiskFiles::new(&session.directory);
        let loaded = modules::load(&files, session, Policy::FetchMissing, Tell::InPassing);
        Self::from_loaded(loaded, session, None, Checks::Readable)
    }

    /// Reads and checks the files in a saved plan.
    pub fn from_snapshot(
        snapshot: &Snapshot,
        generation: Generation,
        session: &Session<'_>,
    ) -> Result<Self, Box<ProjectError>> {
        let mut project =
            Self::from_loaded(modules::load_installed(snapshot, session), session, Some(generation), Checks::All)?;
        project.files = snapshot.clone();
        Ok(project)
    }

    fn from_loaded(
        loaded: Loaded,
        session: &Session<'_>,
        generation: Option<Generation>,
        checks: Checks,
    ) -> Result<Self, Box<ProjectError>> {
        let Loaded { mut config, mut diagnostics, .. } = loaded;
        let fail =
            |diagnostics, config: Config| Err(Box::new(ProjectError { diagnostics: config.sift(diagnostics), config }));
        let (unsupported, invalid) = check_required_version(&config);
        if unsupported.has_errors() {
            // Other mistakes may only be what another version understands.
            return fail(unsupported, config);
        }
        diagnostics.extend(invalid);
        let is_unreadable = diagnostics.has_errors();
        let generation = match generation {
            Some(generation) => generation,
            None => match generation::of_directory(&session.directory, &config) {
                Ok(generation) => generation,
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    return fail(diagnostics, config);
                }
            },
        };
        let environment = crate::sandbox::aws_environment(session);
        let providers = registry::providers(generation, environment, session.sandbox.is_some(), &session.directory);
        diagnostics.extend(config.settle(&providers));
        let (graph, mistakes) = ConfigGraph::build(&config);
        diagnostics.extend(mistakes);
        // A mistake makes its own value unknown; everything else is checked all the same.
        if checks == Checks::All {
            diagnostics.extend(validate(&config, &graph, &providers, session.surroundings(None)));
        }
        let diagnostics = config.sift(diagnostics);
        if is_unreadable || (checks == Checks::All && diagnostics.has_errors()) {
            return fail(diagnostics, config);
        }
        Ok(Self { config, graph, providers, generation, files: Snapshot::default(), warnings: diagnostics })
    }
}

/// `required_version` is about Terraform, whose behaviour this is. Gives the versions that are not met, and those that
/// are none.
fn check_required_version(config: &Config) -> (Diagnostics, Diagnostics) {
    let (mut unsupported, mut invalid) = (Diagnostics::new(), Diagnostics::new());
    let Ok(current) = TERRAFORM_VERSION.parse::<Version>() else { return (unsupported, invalid) };
    for required in config.modules.iter().flat_map(|module| &module.required_versions) {
        let text = &required.constraint;
        match VersionConstraint::parse(text) {
            Ok(constraint) if constraint.named_versions().any(Version::is_prerelease) => invalid.push(
                Diagnostic::error(
                    "Invalid required_version constraint",
                    format!(
                        "The constraint \"{text}\" names a pre-release, and which pre-releases will do cannot be said \
                         here. Name releases only."
                    ),
                )
                .at(required.argument),
            ),
            Ok(constraint) if constraint.allows_module(&current) => {}
            Ok(_) => unsupported.push(
                Diagnostic::error(
                    "Unsupported Terraform Core version",
                    format!(
                        "This configuration requires Terraform \"{text}\", and infra behaves as Terraform \
                         {TERRAFORM_VERSION}. Change required_version if the configuration works with that."
                    ),
                )
                .at(required.argument),
            ),
            Err(error) => {
                invalid.push(Diagnostic::error("Invalid version constraint", format!("{error}.")).at(required.span));
            }
        }
    }
    (unsupported, invalid)
}
