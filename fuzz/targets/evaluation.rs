//! Any text as a configuration that is validated, which evaluates everything in it. Files cannot be read: functions
//! look for them in a folder that is not there.

#![no_main]

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use infra_engine::config::{Files, load};
use infra_engine::graph::ConfigGraph;
use infra_engine::language::Language;
use infra_engine::provider::Provider;
use infra_engine::provider::builtin::Builtin;
use infra_engine::validate::validate;
use infra_engine::world::{FunctionContext, Providers, Surroundings};
use libfuzzer_sys::fuzz_target;

/// A folder with one file.
struct OneFile<'b>(&'b [u8]);

impl Files for OneFile<'_> {
    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        if directory == "." { Ok(vec!["main.tf".into()]) } else { Err(io::ErrorKind::NotFound.into()) }
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path.ends_with("main.tf") { Ok(self.0.to_vec()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

static PROVIDERS: LazyLock<Providers> = LazyLock::new(|| {
    let builtin: Arc<dyn Provider> = Arc::new(Builtin::new(Arc::default()));
    BTreeMap::from([(builtin.address(), builtin)])
});

fuzz_target!(|bytes: &[u8]| {
    let (config, mistakes) = load(&OneFile(bytes), ".", Language::default());
    if mistakes.has_errors() {
        return;
    }
    let (graph, _) = ConfigGraph::build(&config);
    if !graph.is_acyclic {
        return;
    }
    let _ = graph.resource_needs();
    let surroundings = Surroundings {
        original_directory: "/nowhere".into(),
        workspace: "default".into(),
        functions: FunctionContext {
            base_directory: Arc::new(PathBuf::from("/nowhere")),
            home_directory: None,
            plan_timestamp: None,
            clock: None,
            language: Language::default(),
        },
    };
    let _ = validate(&config, &graph, &PROVIDERS, surroundings);
});
