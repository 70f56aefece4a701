//! For tests: plans that the engine makes of files in memory, with the built-in provider.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use infra_engine::config::{Config, Files, Snapshot, VariableValues, load};
use infra_engine::drive::drive;
use infra_engine::events::NoEvents;
use infra_engine::graph::ConfigGraph;
use infra_engine::language::Language;
use infra_engine::plan::{Options, Plan, Planner};
use infra_engine::provider::Provider;
use infra_engine::provider::builtin::Builtin;
use infra_engine::world::{FunctionContext, Providers, Surroundings};
use infra_state::State;

use super::diagnostic::Style;

/// Without colours, wide enough.
pub(super) const PLAIN: Style = Style { width: 100, is_coloured: false };

/// Path and content.
type Texts = BTreeMap<String, String>;

struct InMemory(Texts);

impl Files for InMemory {
    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        let names = self.0.keys().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| !name.contains('/'));
        Ok(names.map(str::to_owned).collect())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A plan with the files it was made from.
pub(super) struct Made {
    pub(super) plan: Plan,
    pub(super) config: Config,
    pub(super) providers: Providers,
}

/// Only the built-in provider.
pub(super) fn providers() -> Providers {
    let builtin: Arc<dyn Provider> = Arc::new(Builtin::new(Arc::default()));
    BTreeMap::from([(builtin.address(), builtin)])
}

/// A state whose `resources` and `outputs` are given as JSON.
pub(super) fn state(resources: &str, outputs: &str) -> State {
    let text = format!(
        r#"{{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"l","outputs":{outputs},"resources":[{resources}],"check_results":null}}"#
    );
    infra_state::file::decode("a test", text.as_bytes()).unwrap()
}

/// A `terraform_data` for [`state`]: name, instances as `{"attributes": …}`.
pub(super) fn data(name: &str, instances: &str) -> String {
    format!(
        r#"{{"mode":"managed","type":"terraform_data","name":"{name}","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[{instances}]}}"#
    )
}

/// Plans `main.tf`, and other files given with it.
pub(super) fn plan(main: &str, others: &[(&str, &str)], state: State, options: Options) -> Made {
    let mut texts = Texts::from([("main.tf".to_owned(), main.to_owned())]);
    texts.extend(others.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let (config, mistakes) = load(&InMemory(texts), ".", Language::Extended);
    assert!(!mistakes.has_errors(), "{mistakes:?}");
    let (graph, mistakes) = ConfigGraph::build(&config);
    assert!(!mistakes.has_errors(), "{mistakes:?}");
    let providers = providers();
    let surroundings = Surroundings {
        original_directory: "/".into(),
        workspace: "default".into(),
        functions: FunctionContext {
            base_directory: Arc::new(PathBuf::from("/")),
            home_directory: None,
            plan_timestamp: Some("2026-01-02T03:04:05Z".into()),
            clock: None,
            language: Language::Extended,
        },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let plan = {
        let (mut planner, mistakes) =
            Planner::new(&config, &graph, &providers, surroundings, &VariableValues::new(), Arc::new(state), options);
        assert!(!mistakes.has_errors(), "{mistakes:?}");
        runtime.block_on(drive(&mut planner, 4, &NoEvents));
        let (plan, mistakes) = planner.finish(Snapshot::default(), BTreeMap::new());
        plan.unwrap_or_else(|| panic!("{mistakes:?}"))
    };
    Made { plan, config, providers }
}
