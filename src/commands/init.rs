//! `infra init`

use std::fs;
use std::path::{Path, PathBuf};

use infra_engine::config::{Config, DiskFiles, Files, is_configuration_file};
use infra_engine::diagnostics::{Diagnostic, Diagnostics};
use infra_engine::syntax::Block;
use infra_engine::validate::provider_not_available;
use infra_modules::Policy;
use infra_schema::Generation;

use crate::arguments::InitArguments;
use crate::backend;
use crate::backend_pin::{self, LocalArguments, Pin};
use crate::command_error::{CommandError, CommandResult, EXIT_OK};
use crate::modules::{self, Tell};
use crate::project::Session;
use crate::{generation, registry, sandbox};

/// The state of a directory without a backend block.
const DEFAULT_STATE: &str = "terraform.tfstate";

/// Installs modules and notes the backend. Providers are built in.
pub fn run(session: &Session<'_>, arguments: &InitArguments) -> CommandResult {
    refuse_meaningless(arguments).into_result()?;
    let printer = session.printer;
    let files = DiskFiles::new(&session.directory);
    if is_empty(&files) {
        printer.result(
            "infra initialized in an empty directory!\n\nThe directory has no configuration files. Write some, and go on \
             with `infra plan`.",
        );
        return Ok(EXIT_OK);
    }
    let loaded = if arguments.get {
        let (policy, verb) = match arguments.upgrade {
            true => (Policy::FetchAll, "Upgrading"),
            false => (Policy::FetchMissing, "Initializing"),
        };
        printer.result(&format!("{verb} modules..."));
        modules::load(&files, session, policy, Tell::AsResult)
    } else {
        modules::load_installed(&files, session)
    };
    printer.diagnostics(&loaded.diagnostics, &loaded.config.sources, arguments.view.compact_warnings);
    if loaded.diagnostics.has_errors() {
        return Err(CommandError::shown());
    }
    prepare(session, arguments, &loaded.config).map_err(|diagnostic| {
        printer.diagnostics(&diagnostic.into(), &loaded.config.sources, false);
        CommandError::shown()
    })?;
    printer.result(
        "\ninfra has been initialized!\n\nGo on with `infra plan`. Other commands install missing modules by themselves; \
         run this one again when the\nbackend changes, or with -upgrade for newer modules.",
    );
    Ok(EXIT_OK)
}

/// The backend, and whether the providers are ones that are built in.
fn prepare(session: &Session<'_>, arguments: &InitArguments, config: &Config) -> Result<(), Diagnostic> {
    let printer = session.printer;
    if arguments.backend && session.sandbox.is_none() {
        printer.result("Initializing the backend...");
        if let Some(said) = pin_backend(session, arguments, config.root().backend.as_ref())? {
            printer.result(&format!("\n{said}\n"));
        }
    }
    printer.result("Initializing provider plugins...");
    let generation = generation::of_directory(&session.directory, config)?;
    refuse_other_providers(session, config, generation)?;
    printer.result("- providers are built in: nothing to install");
    Ok(())
}

/// Refuses what no provider that is built in can do. Providers that are listed and not used do no harm.
fn refuse_other_providers(session: &Session<'_>, config: &Config, generation: Generation) -> Result<(), Diagnostic> {
    let environment = sandbox::aws_environment(session);
    let providers = registry::providers(generation, environment, session.sandbox.is_some(), &session.directory);
    let mut needed = config.modules.iter().flat_map(|module| {
        let references = module.resources.values().map(|resource| &resource.provider);
        references.map(|reference| (module.provider_address(&reference.name), reference.span))
    });
    match needed.find(|(address, _)| !providers.contains_key(address)) {
        Some((address, span)) => Err(provider_not_available(&address).at(span)),
        None => Ok(()),
    }
}

/// Notes the backend of the configuration. The result is what to say about it.
fn pin_backend(
    session: &Session<'_>,
    arguments: &InitArguments,
    block: Option<&Block>,
) -> Result<Option<String>, Diagnostic> {
    if let Some(block) = block {
        backend::refuse_unsupported(block)?;
    }
    let pinned = backend_pin::read(session)?;
    let wanted = match block {
        Some(block) => {
            let of_block = LocalArguments::of_block(block)?;
            let mut merged = of_block.clone();
            for text in &arguments.backend_config {
                merged.add(session, text)?;
            }
            if arguments.backend_config.is_empty()
                && let Some(pin) = pinned.as_ref().filter(|pin| pin.is_of(&of_block) && !arguments.reconfigure)
            {
                merged = pin.local_arguments().unwrap_or(merged);
            }
            Some(Pin::new(&of_block, &merged))
        }
        None if !arguments.backend_config.is_empty() => {
            return Err(Diagnostic::error(
                "Missing backend configuration",
                "-backend-config completes a backend block, and the configuration has none. Add one: \
                 terraform { backend \"local\" {} }.",
            ));
        }
        None => None,
    };
    if pinned == wanted {
        return Ok(None);
    }
    let is_same_place = state_path(session, pinned.as_ref()) == state_path(session, wanted.as_ref());
    let may_migrate = arguments.migrate_state || arguments.force_copy;
    if pinned.is_some() && !is_same_place && !arguments.reconfigure && !may_migrate {
        return Err(Diagnostic::error(
            "Backend configuration changed",
            "The backend of this configuration is not the one that the directory was prepared for, so that its state may \
             be elsewhere now. To take the state along, run `infra init -migrate-state`; to leave it where it is, run \
             `infra init -reconfigure`.",
        ));
    }
    if !is_same_place && !arguments.reconfigure {
        migrate(session, pinned.as_ref(), wanted.as_ref(), may_migrate)?;
    }
    backend_pin::write(session, wanted.as_ref())?;
    Ok(Some(match (&pinned, &wanted) {
        (_, Some(pin)) => format!(
            "Successfully configured the backend \"{}\"! infra will use it until the backend's configuration changes.",
            pin.kind
        ),
        (Some(pin), None) => {
            format!("Successfully unset the backend \"{}\". The state is a local file again.", pin.kind)
        }
        (None, None) => String::new(),
    }))
}

/// Copies the state of the workspace `default` from where it was to where it is to be.
fn migrate(session: &Session<'_>, from: Option<&Pin>, to: Option<&Pin>, is_allowed: bool) -> Result<(), Diagnostic> {
    let (source, target) = (state_path(session, from), state_path(session, to));
    let holds_something = |path: &Path| fs::metadata(path).is_ok_and(|found| found.len() > 0);
    if !holds_something(&source) {
        return Ok(());
    }
    let (shown_source, shown_target) = (source.display(), target.display());
    if !is_allowed {
        return Err(Diagnostic::error(
            "Existing state found",
            format!(
                "There is a state in {shown_source}, and the backend of this configuration keeps its own in {shown_target}. \
                 To copy it there, run `infra init -migrate-state`; to leave it, run `infra init -reconfigure`."
            ),
        ));
    }
    if holds_something(&target) {
        return Err(Diagnostic::error(
            "Both places hold a state",
            format!(
                "The state cannot be copied from {shown_source}: there is one in {shown_target} already. Move one of them \
                 away, or run `infra init -reconfigure` to use the second."
            ),
        ));
    }
    let copy = || -> std::io::Result<()> {
        let folder = target.parent().unwrap_or(&session.directory);
        fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        std::io::copy(&mut fs::File::open(&source)?, &mut temporary)?;
        temporary.as_file().sync_all()?;
        temporary.persist(&target)?;
        Ok(())
    };
    copy().map_err(|error| {
        Diagnostic::error(
            "Error copying state",
            format!(
                "The state could not be copied from {shown_source} to {shown_target}: {error}. Nothing was changed."
            ),
        )
    })
}

/// Where a backend keeps the state of the workspace `default`.
fn state_path(session: &Session<'_>, pin: Option<&Pin>) -> PathBuf {
    let path = pin.and_then(Pin::local_arguments).and_then(|arguments| arguments.path);
    session.directory.join(path.as_deref().unwrap_or(DEFAULT_STATE))
}

/// Flags of terraform that mean nothing here, or something that is not there.
fn refuse_meaningless(arguments: &InitArguments) -> Diagnostics {
    let mut mistakes = Diagnostics::new();
    let mut refuse = |summary: &str, detail: &str| mistakes.push(Diagnostic::error(summary, detail));
    if arguments.from_module.is_some() {
        refuse(
            "Unsupported option",
            "-from-module copies a module into an empty directory, which infra does not do. Copy it yourself (git clone, \
             cp), then run `infra init`.",
        );
    }
    if arguments.json {
        refuse("Unsupported option", "init has no -json here. Its exit code says whether all went well.");
    }
    if arguments.lockfile.as_ref().is_some_and(|mode| mode != "readonly") {
        refuse("Invalid lockfile mode", "-lockfile takes the word \"readonly\", and nothing else.");
    }
    if arguments.lockfile.is_some() && arguments.upgrade {
        refuse("Incompatible options", "-upgrade and -lockfile=readonly exclude each other. Use one of them.");
    }
    if arguments.migrate_state && arguments.reconfigure {
        refuse("Incompatible options", "-migrate-state and -reconfigure exclude each other. Use one of them.");
    }
    mistakes
}

/// Whether a directory has no configuration files. One that cannot be read is for others to complain about.
fn is_empty(files: &DiskFiles) -> bool {
    files.list(".").is_ok_and(|names| !names.iter().any(|name| is_configuration_file(name)))
}
