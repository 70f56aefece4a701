//! `-generate-config-out`: files for objects that are to be imported and that no file declares.
//!
//! The objects are read first, with empty blocks in place of the missing ones. Blocks with what was found are then
//! planned as if they were in the directory, and written to a file of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_engine::config::{
    DiskFiles, Files, Snapshot, VariableValues, block_of_object, is_configuration_file, placeholders,
    undeclared_imports,
};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::drive::drive;
use infra_engine::events::Events;
use infra_engine::language::Language;
use infra_engine::plan::{Options, Plan, Planner};
use infra_state::store::StateStore;
use infra_values::address::{AbsoluteResource, ModuleInstance, ResourceInstance, Target};

use crate::command_error::CommandError;
use crate::project::{Project, ProjectError, Session};

/// What a generated file begins with.
const HEADER: &str = "\
# Generated from objects that exist. Look these resources through, and move them into your own files.\n";

/// The file to be generated.
pub struct Generator {
    path: PathBuf,
    /// As it was given.
    shown: String,
}

/// Blocks that were generated.
#[derive(Default)]
pub struct Generated {
    blocks: BTreeMap<ResourceInstance, Block>,
}

/// A block for one object.
struct Block {
    /// The id under which the object was found.
    id: String,
    text: String,
}

impl Generator {
    /// Fails when the file is there already: nothing of yours is overwritten.
    pub fn new(session: &Session<'_>, out: &str) -> Result<Self, Diagnostic> {
        let path = session.directory.join(out);
        if path.exists() {
            return Err(Diagnostic::error(
                "Target generated file already exists",
                format!(
                    "Generated configuration goes into a new file, and {out} is there. Name another one, or move it."
                ),
            ));
        }
        Ok(Self { path, shown: out.to_owned() })
    }

    /// The warning that Terraform gives.
    pub fn warning(&self, session: &Session<'_>) -> Diagnostics {
        if session.language != Language::Strict {
            return Diagnostics::new();
        }
        Diagnostic::warning(
            "Config generation is experimental",
            "What is generated may look different with another version.",
        )
        .into()
    }

    /// The project with empty blocks in place of those that are missing; only what can be read is checked.
    pub fn project_with_placeholders(&self, session: &Session<'_>) -> Result<Project, Box<ProjectError>> {
        let config = Project::read_config(session);
        let text = placeholders(&undeclared_imports(&config));
        Project::load_with_unchecked(session, &self.overlay(session, text))
    }

    /// Reads the objects and gives the blocks for them, with the project that has these.
    pub async fn generate(
        &self,
        session: &Session<'_>,
        project: &Project,
        store: &Arc<dyn StateStore>,
        variables: &VariableValues,
        parallelism: usize,
        events: &dyn Events,
    ) -> Result<(Project, Generated), GenerationError> {
        let config = Project::read_config(session);
        let imports = undeclared_imports(&config);
        if imports.is_empty() {
            return reload(session, &self.overlay(session, String::new()))
                .map(|project| (project, Generated::default()));
        }
        let addresses = imports.iter().map(|import| address_of(&import.target.resource));
        let options = Options {
            refresh: true,
            targets: addresses.map(|address| Target::Resource(address.absolute_resource())).collect(),
            ..Options::default()
        };
        let state = store.read().await.map_err(|error| GenerationError::Other(error.into()))?.state;
        let surroundings = session.surroundings(Some(&session.now()));
        let (mut planner, found) =
            Planner::new(&project.config, &project.graph, &project.providers, surroundings, variables, state, options);
        if found.has_errors() {
            // That the reading of these objects is a narrowed plan is nobody's concern.
            let errors = found.0.into_iter().filter(Diagnostic::is_error).collect();
            return Err(GenerationError::Other(Diagnostics(errors).into()));
        }
        drive(&mut planner, parallelism, events).await;
        let mut generated = Generated::default();
        for import in imports {
            let address = address_of(&import.target.resource);
            // What could not be read is reported when the whole is planned.
            let Some((id, value, schema)) = planner.imported_object(&address) else { continue };
            let text = block_of_object(import, &value, schema);
            generated.blocks.insert(address, Block { id: id.to_string(), text });
        }
        let overlay = self.overlay(session, generated.text());
        match reload(session, &overlay) {
            Ok(project) => Ok((project, generated)),
            Err(error) => {
                // What is wrong with it is put right in the file.
                self.write(&generated)?;
                Err(error)
            }
        }
    }

    /// Writes the file, if there is anything to be written; whether there was.
    pub fn write(&self, generated: &Generated) -> Result<bool, Diagnostic> {
        if generated.blocks.is_empty() {
            return Ok(false);
        }
        std::fs::write(&self.path, generated.text()).map(|()| true).map_err(|error| {
            Diagnostic::error(
                "Generated configuration not written",
                format!("{} could not be written: {error}. Put that right, or name another file.", self.shown),
            )
        })
    }

    /// The files with one more, which is called as it will be unless that name is taken or means something else.
    fn overlay(&self, session: &Session<'_>, text: String) -> Overlay {
        let disk = DiskFiles::new(&session.directory);
        let taken = disk.list(".").unwrap_or_default();
        let wanted = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_plain = is_configuration_file(&wanted)
            && wanted.ends_with(".tf")
            && wanted != "override.tf"
            && !wanted.ends_with("_override.tf");
        let others = (1..).map(|number| format!("generated-{number}.tf"));
        let names = Some(wanted).filter(|_| is_plain).into_iter().chain(others);
        let name = names.into_iter().find(|name| !taken.contains(name)).unwrap_or_default();
        Overlay { disk, name, text }
    }
}

impl Generated {
    /// The text of the file.
    fn text(&self) -> String {
        let blocks =
            self.blocks.iter().map(|(address, block)| format!("\n# {address}, from {:?}\n{}", block.id, block.text));
        HEADER.to_owned() + &blocks.collect::<String>()
    }

    /// Drops what the plan does not import.
    pub fn keep_planned(&mut self, plan: &Plan) {
        let imported: BTreeSet<&ResourceInstance> =
            plan.changes.iter().filter(|change| change.importing.is_some()).map(|change| &change.address).collect();
        self.blocks.retain(|address, _| plan.errored || imported.contains(address));
    }

    /// Notes in a plan which blocks were generated.
    pub fn note_in(&self, plan: &mut Plan) {
        for change in &mut plan.changes {
            change.generated_config = self.blocks.get(&change.address).map(|block| block.text.as_str().into());
        }
    }
}

/// Why nothing could be generated.
pub enum GenerationError {
    /// The files, with what was generated among them, have mistakes.
    Project(Box<ProjectError>),
    /// Something else.
    Other(CommandError),
}

impl From<Diagnostic> for GenerationError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Other(diagnostic.into())
    }
}

fn reload(session: &Session<'_>, overlay: &Overlay) -> Result<Project, GenerationError> {
    Project::load_with(session, overlay).map_err(GenerationError::Project)
}

fn address_of(resource: &infra_values::address::Resource) -> ResourceInstance {
    AbsoluteResource { module: ModuleInstance::root(), resource: resource.clone() }
        .instance(infra_values::address::InstanceKey::None)
}

/// The files of a directory with one more.
pub struct Overlay {
    disk: DiskFiles,
    name: String,
    text: String,
}

impl Overlay {
    /// Everything read so far.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.disk.snapshot();
        if !self.text.is_empty() {
            snapshot.insert(&self.name, self.text.clone());
        }
        snapshot
    }

    fn is_extra(&self, path: &str) -> bool {
        !self.text.is_empty() && Path::new(path) == Path::new(&self.name)
    }
}

impl Files for Overlay {
    fn list(&self, directory: &str) -> std::io::Result<Vec<String>> {
        let mut names = self.disk.list(directory)?;
        if directory == "." && !self.text.is_empty() {
            names.push(self.name.clone());
            names.sort();
        }
        Ok(names)
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        if self.is_extra(path) { Ok(self.text.clone().into_bytes()) } else { self.disk.read(path) }
    }
}
