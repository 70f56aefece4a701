//! A world for one test: files, a cloud in memory and a state in memory, with one method for each command.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use infra_engine::apply::{Applied, Applying, Interruption, apply};
use infra_engine::config::{Config, Files, Snapshot, VariableInput, VariableSource, VariableValues, load};
use infra_engine::diagnostics::Diagnostics;
use infra_engine::drive::drive;
use infra_engine::events::NoEvents;
use infra_engine::graph::ConfigGraph;
use infra_engine::language::Language;
use infra_engine::plan::{
    Action, Answer, Options, Plan, Planner, Request, RequestKind, ResourceChange, StepOutcome, Work, check,
};
use infra_engine::provider::builtin::Builtin;
use infra_engine::provider::memory::Memory;
use infra_engine::provider::provisioner::Provisioners;
use infra_engine::provider::{Call, Provider, Silent, ephemeral};
use infra_engine::syntax::Span;
use infra_engine::validate::validate;
use infra_engine::world::variables::ephemeral_values_again;
use infra_engine::world::{FunctionContext, Providers, Surroundings};
use infra_state::store::{Final, MemoryStore, Operation, StateStore};

/// Files in memory. A text may hold several: each begins with a line `## path`.
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    pub fn parse(text: &str) -> Self {
        let mut files = BTreeMap::new();
        let mut name = "main.tf".to_owned();
        for line in text.lines() {
            match line.trim_start().strip_prefix("## ") {
                Some(path) => path.trim().clone_into(&mut name),
                None => {
                    let file: &mut String = files.entry(name.clone()).or_default();
                    file.push_str(line);
                    file.push('\n');
                }
            }
        }
        Self(files)
    }
}

impl Texts {
    /// Paths and contents.
    pub fn entries(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }
}

impl Files for Texts {
    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        let names = self.0.keys().filter_map(|path| path.strip_prefix(&prefix)).filter(|name| !name.contains('/'));
        Ok(names.map(str::to_owned).collect())
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

pub struct Lab {
    pub memory: Memory,
    pub store: Arc<MemoryStore>,
    pub options: Options,
    pub variables: VariableValues,
    pub parallelism: usize,
    pub interruption: Arc<Interruption>,
    pub provisioners: Provisioners,
    pub language: Language,
}

/// A plan, or what is wrong.
pub struct Outcome {
    pub plan: Option<Plan>,
    pub diagnostics: String,
    /// Headline and `file:line` of each error.
    pub errors: Vec<(String, String)>,
    /// The same of each warning.
    pub warnings: Vec<(String, String)>,
}

impl Lab {
    pub fn new() -> Self {
        Self {
            memory: Memory::default(),
            store: Arc::new(MemoryStore::default()),
            options: Options { refresh: true, ..Options::default() },
            variables: VariableValues::new(),
            parallelism: 10,
            interruption: Arc::default(),
            provisioners: Provisioners::new(),
            language: Language::Extended,
        }
    }

    pub fn with_variable(mut self, name: &str, text: &str) -> Self {
        let input = VariableInput::Text { text: text.into(), source: VariableSource::CommandLine };
        self.variables.insert(name.into(), input);
        self
    }

    pub fn providers(&self) -> Providers {
        let memory: Arc<dyn Provider> = Arc::new(self.memory.clone());
        let builtin: Arc<dyn Provider> = Arc::new(Builtin::new(Arc::default()));
        BTreeMap::from([(memory.address(), memory), (builtin.address(), builtin)])
    }

    /// Everything that is wrong in the files alone.
    pub fn check(&self, text: &str) -> (Diagnostics, Config) {
        let (config, mut diagnostics) = load(&Texts::parse(text), ".", self.language);
        let (graph, mistakes) = ConfigGraph::build(&config);
        diagnostics.extend(mistakes);
        diagnostics.extend(validate(&config, &graph, &self.providers(), surroundings(self.language)));
        (config.sift(diagnostics), config)
    }

    /// The plan for these files as text.
    pub fn plan(&self, text: &str) -> String {
        let outcome = block_on(self.make_plan(text));
        match &outcome.plan {
            Some(plan) if !plan.errored => format!("{}{}", outcome.diagnostics, print(plan)),
            _ => outcome.diagnostics,
        }
    }

    /// Plans and applies; the calls that were made, errors and outputs as text.
    pub fn apply(&self, text: &str) -> String {
        self.memory.cloud().clear_log();
        block_on(async {
            let outcome = self.make_plan(text).await;
            let plan = match outcome.plan {
                Some(plan) if !plan.errored => plan,
                _ => return outcome.diagnostics,
            };
            let applied = self.carry_out(text, &plan).await;
            let mut printed = outcome.diagnostics;
            for (deed, name) in self.memory.cloud().log() {
                if *deed != infra_engine::provider::memory::Deed::Read {
                    writeln!(printed, "{deed:?} {name}").unwrap();
                }
            }
            for diagnostic in applied.diagnostics.iter() {
                let address = diagnostic.address.as_deref().unwrap_or("-");
                writeln!(printed, "{:?} {address}: {}: {}", diagnostic.severity, diagnostic.summary, diagnostic.detail)
                    .unwrap();
            }
            for (name, output) in &applied.outputs {
                writeln!(printed, "{name} = {}", infra_values::json::to_json_plain(&output.value)).unwrap();
            }
            let counts = applied.counts;
            writeln!(printed, "{} added, {} changed, {} destroyed", counts.add, counts.change, counts.remove).unwrap();
            printed
        })
    }

    /// What is done in which order, each step with those it waits for.
    pub fn steps(&self, text: &str) -> String {
        let outcome = block_on(self.make_plan(text));
        match &outcome.plan {
            Some(plan) if !plan.errored => format!("{}{}", outcome.diagnostics, print_steps(plan)),
            _ => outcome.diagnostics,
        }
    }

    /// The stored objects without their attributes, and the stored outputs.
    pub fn state(&self) -> String {
        let state = block_on(self.store.read()).unwrap().state;
        let mut text = String::new();
        for (address, resource, instance) in state.resources.instances() {
            let deposed = instance.deposed.iter().map(|(key, object)| (Some(key), object));
            for (key, object) in instance.current.iter().map(|object| (None, object)).chain(deposed) {
                write!(text, "{address}").unwrap();
                if key.is_some() {
                    text.push_str(" deposed");
                }
                if object.status != infra_state::model::ObjectStatus::Ready {
                    write!(text, " {:?}", object.status).unwrap();
                }
                if resource.provider.alias.is_some() || !resource.provider.module.is_root() {
                    write!(text, " by {}", resource.provider).unwrap();
                }
                if object.create_before_destroy {
                    text.push_str(" create_before_destroy");
                }
                if !object.dependencies.is_empty() {
                    let names: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
                    write!(text, " needs {}", names.join(", ")).unwrap();
                }
                if !object.sensitive_paths.is_empty() {
                    let paths: Vec<String> = object.sensitive_paths.iter().map(ToString::to_string).collect();
                    write!(text, " hides {}", paths.join(", ")).unwrap();
                }
                text.push('\n');
            }
        }
        for (name, output) in &state.outputs {
            let hidden = if output.sensitive { " (sensitive)" } else { "" };
            writeln!(text, "{name} = {}{hidden}", infra_values::json::to_json_plain(&output.value)).unwrap();
        }
        text
    }

    /// The ids of all managed objects in the state, sorted.
    pub fn state_ids(&self) -> Vec<String> {
        let state = block_on(self.store.read()).unwrap().state;
        let mut ids = Vec::new();
        for (address, _, instance) in state.resources.instances() {
            if address.resource.mode == infra_values::address::ResourceMode::Managed {
                for object in instance.current.iter().chain(instance.deposed.values()) {
                    let attributes: serde_json::Value = serde_json::from_str(object.attributes.get()).unwrap();
                    ids.push(attributes["id"].as_str().unwrap().to_owned());
                }
            }
        }
        ids.sort();
        ids
    }

    /// Everything goes as `destroy` does it.
    pub fn destroy(&mut self, text: &str) -> String {
        let before = std::mem::replace(&mut self.options.mode, infra_engine::plan::Mode::Destroy);
        let printed = self.apply(text);
        self.options.mode = before;
        printed
    }

    pub async fn make_plan(&self, text: &str) -> Outcome {
        self.make_plan_answering(text, None).await
    }

    /// Makes a plan; with a seed, requests are answered one by one in an order that follows from it.
    pub async fn make_plan_answering(&self, text: &str, seed: Option<u64>) -> Outcome {
        let (mut config, mut diagnostics) = load(&Texts::parse(text), ".", self.language);
        let mut outcome = Outcome { plan: None, diagnostics: String::new(), errors: Vec::new(), warnings: Vec::new() };
        let providers = self.providers();
        diagnostics.extend(config.settle(&providers));
        let (graph, mistakes) = ConfigGraph::build(&config);
        diagnostics.extend(mistakes);
        diagnostics.extend(validate(&config, &graph, &providers, surroundings(self.language)));
        let diagnostics = config.sift(diagnostics);
        if outcome.note(&diagnostics, &config) {
            return outcome;
        }
        let snapshot = self.store.read().await.unwrap();
        let (mut planner, diagnostics) = Planner::new(
            &config,
            &graph,
            &providers,
            surroundings(self.language),
            &self.variables,
            snapshot.state,
            self.options.clone(),
        );
        if outcome.note(&diagnostics, &config) {
            return outcome;
        }
        match seed {
            None => drive(&mut planner, self.parallelism, &NoEvents).await,
            Some(seed) => answer_at_random(&mut planner, seed).await,
        }
        let (plan, diagnostics) = planner.finish(Snapshot::default(), BTreeMap::new());
        outcome.note(&diagnostics, &config);
        if let Some(plan) = &plan
            && !plan.errored
        {
            let broken = check::check(plan);
            assert!(broken.is_empty(), "the plan breaks promises: {broken:?}");
            // A plan survives being written and read.
            let bytes = serde_json::to_vec(plan).unwrap();
            let again: Plan = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(serde_json::to_vec(&again).unwrap(), bytes);
        }
        outcome.plan = plan;
        outcome
    }

    pub async fn carry_out(&self, text: &str, plan: &Plan) -> Applied {
        let (mut config, _) = load(&Texts::parse(text), ".", self.language);
        let providers = self.providers();
        let mistakes = config.settle(&providers);
        assert!(!mistakes.has_errors(), "{mistakes:?}");
        let store: Arc<dyn StateStore> = self.store.clone();
        let operation = store
            .begin_operation(&Operation {
                kind: "apply".into(),
                summary: String::new(),
                started_at: jiff::Timestamp::UNIX_EPOCH,
                based_on: Some(plan.based_on.clone()),
                recovers: None,
            })
            .await
            .unwrap();
        let applied = apply(Applying {
            plan,
            config: &config,
            providers: &providers,
            provisioners: self.provisioners.clone(),
            configured: HashMap::new(),
            surroundings: surroundings(self.language),
            ephemeral_variables: ephemeral_values_again(&config, plan, &self.variables).0,
            store: store.clone(),
            operation,
            events: Arc::new(NoEvents),
            parallelism: self.parallelism,
            interruption: Arc::clone(&self.interruption),
        })
        .await;
        let check_results = Some(applied.check_results.to_stored());
        store.finish(Final { outputs: Some(applied.outputs.clone()), check_results }).await.unwrap();
        applied
    }
}

/// Answers one open request at a time, chosen by a seed.
async fn answer_at_random(planner: &mut Planner<'_>, seed: u64) {
    let mut open: Vec<Request> = Vec::new();
    let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    loop {
        if let StepOutcome::Requests(requests) = planner.step() {
            open.extend(requests);
        }
        if open.is_empty() {
            return;
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let request = open.swap_remove((random >> 33) as usize % open.len());
        let call = |configured| Call { configured, reporter: &Silent, idempotency_token: "" };
        let answer = match request.kind {
            RequestKind::Configure { provider, config, .. } => Answer::Configured(provider.configure(&config).await),
            RequestKind::Refresh { key, provider, configured, object } => {
                let managed = provider.managed_type(&key.address.resource.type_name).found().unwrap();
                Answer::Refreshed(managed.read(&call(configured.as_ref()), &object).await)
            }
            RequestKind::ReadData { address, provider, configured, config } => {
                let data = provider.data_type(&address.resource.type_name).found().unwrap();
                Answer::DataRead(data.read(&call(configured.as_ref()), &config).await)
            }
            RequestKind::Open { address, provider, configured, config } => {
                Answer::Opened(ephemeral::open(provider, configured, &address.resource.type_name, &config).await)
            }
            RequestKind::Close { open, .. } => Answer::Closed(open.close().await),
        };
        planner.answer(request.id, answer);
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn surroundings(language: Language) -> Surroundings {
    Surroundings {
        original_directory: "/work".into(),
        workspace: "default".into(),
        functions: FunctionContext {
            base_directory: Arc::new(std::env::temp_dir()),
            home_directory: None,
            plan_timestamp: Some("2024-01-01T00:00:00Z".into()),
            clock: Some(|| "2024-01-02T03:04:05Z".to_owned()),
            language,
        },
    }
}

impl Outcome {
    /// Takes over diagnostics. Whether there is an error among them.
    fn note(&mut self, diagnostics: &Diagnostics, config: &Config) -> bool {
        self.diagnostics.push_str(&describe(diagnostics, config));
        for found in diagnostics.iter() {
            let list = if found.is_error() { &mut self.errors } else { &mut self.warnings };
            list.push((found.summary.clone(), place(found.span, config)));
        }
        diagnostics.has_errors()
    }
}

/// `main.tf:7`
pub fn place(span: Option<Span>, config: &Config) -> String {
    span.map_or_else(
        || "-".to_owned(),
        |span| {
            let (line, _) = config.sources.line_column(span.file, span.start);
            format!("{}:{line}", config.sources.path(span.file))
        },
    )
}

/// Each diagnostic in two lines: place, summary, detail, hints.
fn describe(diagnostics: &Diagnostics, config: &Config) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        let place = diagnostic.span.map_or_else(
            || "-".to_owned(),
            |span| {
                let (line, column) = config.sources.line_column(span.file, span.start);
                format!("{}:{line}:{column}", config.sources.path(span.file))
            },
        );
        writeln!(text, "{:?} {place}: {}\n  {}", diagnostic.severity, diagnostic.summary, diagnostic.detail).unwrap();
        for hint in &diagnostic.hints {
            writeln!(text, "  help: {hint}").unwrap();
        }
    }
    text
}

/// Each step that does something, with the steps it waits for (through meeting points).
fn print_steps(plan: &Plan) -> String {
    let name = |step: usize| {
        let change = plan.steps[step].work.change().map(|change| &plan.changes[change]);
        let address = change.map(|change| change.address.to_string()).unwrap_or_default();
        match &plan.steps[step].work {
            Work::Join => String::new(),
            Work::Create { depose_as: Some(_), .. } => format!("create new {address}"),
            Work::Create { .. } => format!("create {address}"),
            Work::Update { .. } => format!("update {address}"),
            Work::Delete { deposed: Some(_), .. } => format!("delete old {address}"),
            Work::Delete { .. } => format!("delete {address}"),
            Work::Read { .. } => format!("read {address}"),
            Work::Forget { .. } => format!("forget {address}"),
        }
    };
    let mut text = String::new();
    for (position, step) in plan.steps.iter().enumerate().filter(|(_, step)| step.work != Work::Join) {
        let mut before = std::collections::BTreeSet::new();
        let mut stack = step.after.clone();
        while let Some(at) = stack.pop() {
            if plan.steps[at].work == Work::Join {
                stack.extend(&plan.steps[at].after);
            } else {
                before.insert(at);
            }
        }
        let before: Vec<String> = before.into_iter().map(name).collect();
        match before.as_slice() {
            [] => writeln!(text, "{}", name(position)).unwrap(),
            before => writeln!(text, "{} after {}", name(position), before.join(", ")).unwrap(),
        }
    }
    if text.is_empty() { "nothing to do\n".into() } else { text }
}

/// The changes and steps of a plan.
pub fn print(plan: &Plan) -> String {
    let mut text = String::new();
    let is_shown = |change: &&ResourceChange| change.action != Action::NoOp || change.previous_address.is_some();
    for change in plan.changes.iter().filter(is_shown) {
        write!(text, "{:?} {}", change.action, change.address).unwrap();
        // The key depends on the state's lineage, which is random.
        if change.deposed.is_some() {
            text.push_str(" deposed");
        }
        if let Some(previous) = &change.previous_address {
            write!(text, " was {previous}").unwrap();
        }
        if let Some(reason) = change.reason {
            write!(text, " ({reason:?})").unwrap();
        }
        if let Some(cause) = &change.cause {
            write!(text, " {}:{}", cause.file, cause.line).unwrap();
        }
        text.push('\n');
        let empty = BTreeMap::new();
        let before = change.before.as_entries().unwrap_or(&empty);
        for (name, after) in change.after.as_entries().unwrap_or(&empty) {
            let before = before.get(name);
            let unchanged = before == Some(after) || (before.is_none() && after.is_null());
            if !unchanged {
                writeln!(text, "  {name}: {} -> {}", show(before), show(Some(after))).unwrap();
            }
        }
    }
    for drift in &plan.drift {
        let gone = if drift.after.is_null() { " is gone" } else { " changed outside" };
        writeln!(text, "drift: {}{gone}", drift.address).unwrap();
    }
    for (name, output) in &plan.outputs {
        if output.action() != Action::NoOp {
            writeln!(text, "output {name}: {} -> {}", show(output.before.as_ref()), show(output.after.as_ref()))
                .unwrap();
        }
    }
    for deferred in &plan.deferred {
        writeln!(text, "waits: {}", deferred.change.address).unwrap();
    }
    if text.is_empty() { "no changes\n".into() } else { text }
}

fn show(value: Option<&infra_values::Value>) -> String {
    match value {
        None => "-".into(),
        Some(value) if value.marks_deep().is_sensitive() => "(sensitive)".into(),
        Some(value) if !value.is_known() => "(unknown)".into(),
        Some(value) if !value.is_wholly_known() => "(partly unknown)".into(),
        Some(value) => infra_values::json::to_json_plain(value).to_string(),
    }
}
