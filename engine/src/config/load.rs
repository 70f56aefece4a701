//! Reading a directory and every module it calls.

use std::collections::HashSet;

use indexmap::IndexMap;
use indexmap::map::Entry;
use infra_values::Str;
use infra_values::address::{ModulePath, ResourceMode};

use super::blocks::BlockReader;
use super::modules::{LocalModules, ModulePart, ModuleRequest, ModuleResolver};
use super::provider_passing;
use super::read::{Folder, read_folder};
use super::{Config, Files, Module, ModuleCall, ModuleId, ProviderRef};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::language::Language;
use crate::syntax::{Block, ExpressionKind, SourceMap, Span};

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
    let mut loader = Loader {
        files,
        resolver,
        sources: SourceMap::new(),
        modules: Vec::new(),
        broken_blocks: Vec::new(),
        has_files: false,
        diagnostics: Diagnostics::new(),
    };
    loader.module(directory, ModulePath::root(), None, None);
    let mut diagnostics = loader.diagnostics;
    let config = Config {
        modules: loader.modules,
        sources: loader.sources,
        language,
        broken_blocks: loader.broken_blocks,
        has_files: loader.has_files,
    };
    diagnostics.extend(provider_passing::check(&config));
    diagnostics.extend(super::import::check(&config));
    if language.is_strict() {
        diagnostics.extend(super::lifecycle::extensions(&config));
    }
    let diagnostics = config.sift(diagnostics);
    (config, diagnostics)
}

struct Loader<'f> {
    files: &'f dyn Files,
    resolver: &'f dyn ModuleResolver,
    sources: SourceMap,
    modules: Vec<Module>,
    broken_blocks: Vec<Span>,
    has_files: bool,
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
        let id = self.add_module(directory, path, parent);
        let mut pending = Vec::new();
        let Folder { blocks, broken_blocks, is_incomplete, has_files } =
            read_folder(self.files, directory, called_at, &self.sources, &mut self.diagnostics);
        self.has_files |= has_files && parent.is_none();
        self.broken_blocks.extend(broken_blocks);
        self.modules[id.0].is_incomplete |= is_incomplete;
        for block in blocks {
            self.block(id, block, &mut pending);
        }
        for call in pending {
            self.call(id, directory, call);
        }
        id
    }

    fn add_module(&mut self, directory: &str, path: ModulePath, parent: Option<ModuleId>) -> ModuleId {
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
            required_providers_span: None,
            provider_metas: HashSet::new(),
            imports: Vec::new(),
            moved: Vec::new(),
            removed: Vec::new(),
            backend: None,
            is_incomplete: false,
        });
        id
    }

    fn block(&mut self, id: ModuleId, block: Block, pending: &mut Vec<PendingCall>) {
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        let module = &mut self.modules[id.0];
        match block.kind.text.as_str() {
            "variable" => {
                if let Some(variable) = module.or_incomplete(reader.variable(&block)) {
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
                let output = reader.output(&block);
                if let Some(output) = if module.path.is_root() { output } else { module.or_incomplete(output) } {
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
                if let Some(resource) = module.or_incomplete(reader.resource(block, mode)) {
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
                if let Some(provider) = module.or_incomplete(reader.provider(block)) {
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
            "module" => match reader.labels(&block, ["name"]) {
                Some([name]) => {
                    if reader.check_identifier(name, "module instance") {
                        pending.push(PendingCall { name: name.text.clone(), block });
                    }
                }
                None => module.is_incomplete = true,
            },
            "terraform" => reader.terraform(module, &block),
            "moved" => module.moved.extend(reader.moved(&block)),
            "removed" => module.removed.extend(reader.removed(&block)),
            "import" => module.imports.extend(reader.import(&block)),
            kind @ "action" => self.error(
                block.header_span,
                "Unsupported block type",
                format!("This version of infra does not know \"{kind}\" blocks yet. Remove the block, or use terraform for it."),
            ),
            _ => {
                let known =
                    ["variable", "locals", "output", "resource", "data", "provider", "module", "check", "ephemeral", "terraform"];
                reader.unknown_top_level_block(&block, &known);
            }
        }
    }

    /// Reads a called module and records the call.
    fn call(&mut self, id: ModuleId, directory: &str, pending: PendingCall) {
        let PendingCall { block, name } = pending;
        let body = &block.body;
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        reader.check_reserved_blocks(&block);
        for inner in &body.blocks {
            if !["lifecycle", "locals", "provider", "_"].contains(&inner.kind.text.as_str()) {
                reader.error(
                    inner.kind.span,
                    "Unsupported block type",
                    format!("Blocks of type \"{}\" are not expected in a module block.", inner.kind.text),
                );
            }
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
        let child = match self.module_directory(&block, &path, directory) {
            Some(child_directory) => self.module(&child_directory, path, Some(id), Some(block.header_span)),
            None => {
                // What the module declares is not known, so nothing of it is missed.
                let child = self.add_module(directory, path, Some(id));
                self.modules[child.0].is_incomplete = true;
                child
            }
        };
        let mut reader = BlockReader { diagnostics: &mut self.diagnostics };
        let repetition = reader.repetition(body);
        let depends_on = reader.depends_on(body);
        let providers = self.passed_providers(&block);
        let mut arguments = IndexMap::new();
        let own = ["source", "version", "providers", "count", "for_each", "depends_on"];
        let plain = body.attributes.iter().filter(|attribute| !own.contains(&attribute.name.text.as_str()));
        // In a block named `_`, variables may have the names that calls use for themselves.
        for attribute in plain.chain(body.blocks_of("_").flat_map(|escape| &escape.body.attributes)) {
            arguments.insert(attribute.name.text.clone(), attribute.clone());
        }
        let call = ModuleCall {
            name: block.labels[0].clone(),
            child,
            repetition,
            depends_on,
            arguments,
            providers,
            opening: body.opening(),
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
                block.body.opening(),
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
                "Invalid expression",
                "The providers argument is an object, written out: { aws.child = aws.west }.",
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
