//! Reading a directory and every module it calls.

use indexmap::IndexMap;
use indexmap::map::Entry;
use infra_values::Str;
use infra_values::address::{ModulePath, ResourceMode};

use super::blocks::BlockReader;
use super::files::is_ignored_file;
use super::modules::{LocalModules, ModulePart, ModuleRequest, ModuleResolver};
use super::{Config, Files, Module, ModuleCall, ModuleId, ProviderRef};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::language::Language;
use crate::syntax::{Block, ExpressionKind, SourceMap, Span, parse_bytes};

/// How deep modules may call modules; deeper is a module that calls itself.
const MODULE_DEPTH_MAX: usize = 64;

/// Reads the configuration of a directory. Mistakes do not stop it: what could be read is returned with all of
/// them, and the caller decides. `directory` is `.` or relative to the base of `files`. Modules are called by local
/// paths only.
pub fn load(files: &dyn Files, directory: &str, language: Language) -> (Config, Diagnostics) {
    load_with_modules(files, directory, language, &LocalModules)
}

/// Like [`load`], with somebody who knows where other modules are.
pub fn load_with_modules(
    files: &dyn Files,
    directory: &str,
    language: Language,
    resolver: &dyn ModuleResolver,
) -> (Config, Diagnostics) {
    let mut loader =
        Loader { files, resolver, sources: SourceMap::new(), modules: Vec::new(), diagnostics: Diagnostics::new() };
    loader.module(directory, ModulePath::root(), None, None);
    let mut diagnostics = loader.diagnostics;
    diagnostics.sort();
    (Config { modules: loader.modules, sources: loader.sources, language }, diagnostics)
}

struct Loader<'f> {
    files: &'f dyn Files,
    resolver: &'f dyn ModuleResolver,
    sources: SourceMap,
    modules: Vec<Module>,
    diagnostics: Diagnostics,
}

/// A module call whose module is not read yet.
struct PendingCall {
    block: Block,
    name: Str,
}

impl Loader<'_> {
    fn error(&mut self, span: Span, summary: &str, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    fn module(
        &mut self,
        directory: &str,
        path: ModulePath,
        parent: Option<ModuleId>,
        called_at: Option<Span>,
    ) -> ModuleId {
        let id = ModuleId(self.modules.len());
        self.modules.push(Module {
            id,
            path,
            parent,
            directory: directory.into(),
            variables: IndexMap::new(),
            locals: IndexMap::new(),
            outputs: IndexMap::new(),
            resources: IndexMap::new(),
            calls: IndexMap::new(),
            checks: IndexMap::new(),
            providers: IndexMap::new(),
            required_providers: IndexMap::new(),
            required_versions: Vec::new(),
            moved: Vec::new(),
            removed: Vec::new(),
            backend: None,
        });
        let mut pending = Vec::new();
        for file in self.file_names(directory, called_at) {
            let path = if directory == "." { file } else { format!("{directory}/{file}") };
            match self.files.read(&path) {
                Ok(bytes) => {
                    let (_, body, mistakes) = parse_bytes(&self.sources, &path, &bytes);
                    for attribute in &body.attributes {
                        self.error(
                            attribute.name.span,
                            "Unsupported argument",
                            format!(
                                "An argument named \"{}\" is not expected here: values of variables belong in a \
                                 .tfvars file, other values in a block.",
                                attribute.name.text
                            ),
                        );
                    }
                    for block in body.blocks {
                        let is_whole = !mistakes.iter().any(|mistake| lies_in(mistake, &block));
                        let found_before = self.diagnostics.0.len();
                        self.block(id, block, &mut pending);
                        if !is_whole {
                            // What seems to be missing may stand in the part that could not be parsed.
                            let found = self.diagnostics.0.split_off(found_before);
                            self.diagnostics.0.extend(found.into_iter().filter(|found| !is_about_absence(found)));
                        }
                    }
                    self.diagnostics.extend(mistakes);
                }
                Err(error) => self.diagnostics.push(Diagnostic::error(
                    "Failed to read a configuration file",
                    format!("The file {path} could not be read: {error}. Check that it exists and is readable."),
                )),
            }
        }
        for call in pending {
            self.call(id, directory, call);
        }
        id
    }

    /// Names of the configuration files of a folder.
    fn file_names(&mut self, directory: &str, called_at: Option<Span>) -> Vec<String> {
        let names = match self.files.list(directory) {
            Ok(names) => names,
            Err(error) => {
                let mut diagnostic = Diagnostic::error(
                    if called_at.is_some() { "Unreadable module directory" } else { "Unreadable directory" },
                    format!("The directory {directory} could not be read: {error}. Check the path."),
                );
                diagnostic.span = called_at;
                self.diagnostics.push(diagnostic);
                return Vec::new();
            }
        };
        let names: Vec<String> = names.into_iter().filter(|name| is_configuration_file(name)).collect();
        for name in names.iter().filter(|name| name.ends_with(".json") || is_override(name)) {
            self.diagnostics.push(Diagnostic::error(
                "Unsupported configuration file",
                format!(
                    "{directory}/{name}: this version of infra reads neither JSON configuration nor override files. \
                     Write it as an ordinary .tf file."
                ),
            ));
        }
        let names: Vec<String> = names.into_iter().filter(|name| name.ends_with(".tf") && !is_override(name)).collect();
        if names.is_empty() && called_at.is_none() && !self.diagnostics.has_errors() {
            self.diagnostics.push(Diagnostic::error(
                "No configuration files",
                format!("The directory {directory} contains no .tf files. Go to a directory that does, or name one."),
            ));
        }
        names
    }

    fn block(&mut self, id: ModuleId, block: Block, pending: &mut Vec<PendingCall>) {
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        let module = &mut self.modules[id.0];
        match block.kind.text.as_str() {
            "variable" => {
                if let Some(variable) = reader.variable(&block) {
                    let (name, span) = (variable.name.text.clone(), variable.span);
                    insert_once(&mut module.variables, name, variable, span, ("variable", "declaration"), reader.diagnostics);
                }
            }
            "locals" => {
                for local in reader.locals(&block) {
                    let (name, span) = (local.name.text.clone(), local.name.span);
                    insert_once(&mut module.locals, name, local, span, ("local value", "definition"), reader.diagnostics);
                }
            }
            "output" => {
                if let Some(output) = reader.output(&block) {
                    let (name, span) = (output.name.text.clone(), output.span);
                    insert_once(&mut module.outputs, name, output, span, ("output", "definition"), reader.diagnostics);
                }
            }
            kind @ ("resource" | "data" | "ephemeral") => {
                let mode = match kind {
                    "data" => ResourceMode::Data,
                    "ephemeral" => ResourceMode::Ephemeral,
                    _ => ResourceMode::Managed,
                };
                if let Some(resource) = reader.resource(block, mode) {
                    let (name, span) = (resource.resource.clone(), resource.span);
                    let what = match mode {
                        ResourceMode::Data => "data",
                        ResourceMode::Ephemeral => "ephemeral",
                        ResourceMode::Managed => "resource",
                    };
                    let ending = format!("\"{}\" configuration", name.type_name);
                    insert_once(&mut module.resources, name, resource, span, (what, &ending), reader.diagnostics);
                }
            }
            "check" => {
                if let Some((check, data)) = reader.check(block) {
                    if let Some(data) = data {
                        let (name, span) = (data.resource.clone(), data.span);
                        let ending = format!("\"{}\" configuration", name.type_name);
                        insert_once(&mut module.resources, name, data, span, ("data", &ending), reader.diagnostics);
                    }
                    let (name, span) = (check.name.text.clone(), check.span);
                    let ending = format!("\"{name}\" configuration");
                    insert_once(&mut module.checks, name, check, span, ("check", &ending), reader.diagnostics);
                }
            }
            "provider" => {
                if let Some(provider) = reader.provider(block) {
                    let key = (provider.name.text.clone(), provider.alias.clone());
                    let span = provider.span;
                    match module.providers.entry(key) {
                        Entry::Vacant(entry) => {
                            entry.insert(provider);
                        }
                        Entry::Occupied(_) => self.error(
                            span,
                            "Duplicate provider configuration",
                            "This provider is configured twice under the same alias. Give one of them another alias, \
                             or remove it.",
                        ),
                    }
                }
            }
            "module" => match block.labels.as_slice() {
                [name] => pending.push(PendingCall { name: name.text.clone(), block }),
                _ => self.error(block.header_span, "Missing name for module", "A module block takes one label: its name."),
            },
            "terraform" => self.terraform_block(id, &block),
            "moved" => module.moved.extend(reader.moved(&block)),
            "removed" => module.removed.extend(reader.removed(&block)),
            kind @ ("import" | "action") => self.error(
                block.header_span,
                "Unsupported block type",
                format!("This version of infra does not know \"{kind}\" blocks yet. Remove the block, or use terraform for it."),
            ),
            other => {
                let known =
                    ["variable", "locals", "output", "resource", "data", "provider", "module", "check", "ephemeral", "terraform"];
                let diagnostic = Diagnostic::error(
                    "Unsupported block type",
                    format!("Blocks of type \"{other}\" are not expected here."),
                )
                .at(block.kind.span);
                self.diagnostics.push(diagnostic.suggest(other, known));
            }
        }
    }

    fn terraform_block(&mut self, id: ModuleId, block: &Block) {
        let is_root = self.modules[id.0].path.is_root();
        for attribute in &block.body.attributes {
            match attribute.name.text.as_str() {
                "required_version" => {
                    let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
                    if let Some(version) = reader.constant_string(&block.body, "required_version") {
                        self.modules[id.0].required_versions.push((version, attribute.expression.span));
                    }
                }
                "experiments" | "language" => {}
                other => self.error(
                    attribute.name.span,
                    "Unsupported argument",
                    format!("An argument named \"{other}\" is not expected in a terraform block."),
                ),
            }
        }
        for inner in &block.body.blocks {
            match inner.kind.text.as_str() {
                "required_providers" => {
                    let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
                    let required = reader.required_providers(inner);
                    self.modules[id.0].required_providers.extend(required);
                }
                "backend" if is_root => self.modules[id.0].backend = Some(inner.clone()),
                "backend" | "cloud" if !is_root => self.diagnostics.push(
                    Diagnostic::warning(
                        "Backend configuration ignored",
                        "Any selected backend applies to the entire configuration, so only the root module may name \
                         one. This block has no effect; remove it.",
                    )
                    .at(inner.header_span),
                ),
                "cloud" => self.error(
                    inner.header_span,
                    "Unsupported block type",
                    "infra keeps state in local files or in S3, not in HCP Terraform. Use a backend block.",
                ),
                "provider_meta" => {}
                other => self.error(
                    inner.kind.span,
                    "Unsupported block type",
                    format!("Blocks of type \"{other}\" are not expected in a terraform block."),
                ),
            }
        }
    }

    /// Reads a called module and records the call.
    fn call(&mut self, id: ModuleId, directory: &str, pending: PendingCall) {
        let PendingCall { block, name } = pending;
        let body = &block.body;
        for inner in &body.blocks {
            self.error(
                inner.header_span,
                "Unsupported block type",
                format!("Blocks of type \"{}\" are not expected in a module block.", inner.kind.text),
            );
        }
        let path = self.modules[id.0].path.child(name.clone());
        if path.0.len() > MODULE_DEPTH_MAX {
            self.error(
                block.header_span,
                "Modules nested too deeply",
                format!("More than {MODULE_DEPTH_MAX} modules call one another; a module probably calls itself."),
            );
            return;
        }
        let Some(child_directory) = self.module_directory(&block, &path, directory) else { return };
        let child = self.module(&child_directory, path, Some(id), Some(block.header_span));
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        let repetition = reader.repetition(body);
        let depends_on = reader.depends_on(body);
        let providers = self.passed_providers(&block);
        let mut arguments = IndexMap::new();
        for attribute in &body.attributes {
            if !["source", "version", "providers", "count", "for_each", "depends_on"]
                .contains(&attribute.name.text.as_str())
            {
                arguments.insert(attribute.name.text.clone(), attribute.expression.clone());
            }
        }
        let call = ModuleCall {
            name: block.labels[0].clone(),
            child,
            repetition,
            depends_on,
            arguments,
            providers,
            span: block.header_span,
        };
        let span = call.span;
        insert_once(&mut self.modules[id.0].calls, name, call, span, ("module", "call"), &mut self.diagnostics);
    }

    /// Where the module of a call is, if that can be found.
    fn module_directory(&mut self, block: &Block, path: &ModulePath, caller_directory: &str) -> Option<String> {
        let body = &block.body;
        if body.attribute("source").is_none() {
            self.error(
                block.header_span,
                "Missing required argument",
                "The argument \"source\" is required: it says where the module is.",
            );
            return None;
        }
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        let source = reader.constant_string(body, "source")?;
        let version = match body.attribute("version") {
            // `version = null` is the same as no version.
            Some(attribute) if !matches!(&attribute.expression.kind, ExpressionKind::Literal(value) if value.is_null()) => {
                Some(reader.constant_string(body, "version")?)
            }
            _ => None,
        };
        let request = ModuleRequest { path, caller_directory, source: &source, version: version.as_deref() };
        let problem = match self.resolver.directory(&request) {
            Ok(directory) => return Some(directory),
            Err(problem) => problem,
        };
        let argument = match problem.part {
            ModulePart::Call => None,
            ModulePart::Source => body.attribute("source"),
            ModulePart::Version => body.attribute("version"),
        };
        let span = argument.map_or(block.header_span, |attribute| attribute.expression.span);
        self.diagnostics.push(problem.diagnostic.at(span));
        None
    }

    fn passed_providers(&mut self, block: &Block) -> Vec<(ProviderRef, ProviderRef)> {
        let Some(attribute) = block.body.attribute("providers") else { return Vec::new() };
        let ExpressionKind::Object(items) = &attribute.expression.kind else {
            self.error(
                attribute.expression.span,
                "Invalid providers argument",
                "The providers argument is an object: { aws.child = aws.west }.",
            );
            return Vec::new();
        };
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        items
            .iter()
            .filter_map(|item| Some((reader.provider_ref(&item.key)?, reader.provider_ref(&item.value)?)))
            .collect()
    }
}

fn insert_once<K: std::hash::Hash + Eq + std::fmt::Display, V>(
    into: &mut IndexMap<K, V>,
    name: K,
    declaration: V,
    span: Span,
    (what, ending): (&str, &str),
    diagnostics: &mut Diagnostics,
) {
    match into.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(declaration);
        }
        Entry::Occupied(entry) => diagnostics.push(
            Diagnostic::error(
                format!("Duplicate {what} {ending}"),
                format!(
                    "A {what} named \"{}\" was already declared in this module. Names must be unique.",
                    entry.key()
                ),
            )
            .at(span),
        ),
    }
}

/// Whether a mistake was made inside a block.
fn lies_in(mistake: &Diagnostic, block: &Block) -> bool {
    mistake.span.is_some_and(|span| {
        span.file == block.span.file && span.start >= block.span.start && span.start <= block.span.end
    })
}

fn is_about_absence(diagnostic: &Diagnostic) -> bool {
    diagnostic.summary == "Missing required argument"
}

fn is_configuration_file(name: &str) -> bool {
    !is_ignored_file(name) && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

fn is_override(name: &str) -> bool {
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json")).unwrap_or(name);
    stem == "override" || stem.ends_with("_override")
}
