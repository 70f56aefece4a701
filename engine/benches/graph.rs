//! How time grows with the number of objects: a wide graph of `terraform_data`, each of which reads three earlier ones;
//! a chain; and two resources with many instances.
//!
//! Prints seconds for planning (which begins with reading the state), applying, planning again with nothing to do, and destroying, and nanoseconds for each
//! object; where the last stay the same, cost is linear. `cargo bench -p infra-engine --bench graph -- 1000 10000`
//! takes other numbers of objects than the usual three.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a program for developers"
)]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use infra_engine::apply::{Applying, Interruption, apply};
use infra_engine::config::{Config, Files, Snapshot, VariableValues, load};
use infra_engine::drive::drive;
use infra_engine::events::NoEvents;
use infra_engine::graph::ConfigGraph;
use infra_engine::language::Language;
use infra_engine::plan::{Mode, Options, Plan, Planner, check};
use infra_engine::provider::Provider;
use infra_engine::provider::builtin::Builtin;
use infra_engine::validate::validate;
use infra_engine::world::{FunctionContext, Providers, Surroundings};
use infra_state::store::{Final, MemoryStore, Operation, StateStore};

/// One file.
struct OneFile(String);

impl Files for OneFile {
    fn list(&self, _directory: &str) -> io::Result<Vec<String>> {
        Ok(vec!["main.tf".into()])
    }

    fn read(&self, _path: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }
}

/// Blocks of their own, each of which reads three earlier ones at fixed distances.
fn wide(count: usize) -> String {
    let mut text = String::new();
    for position in 0..count {
        let distances = [1usize, 7, 61].map(|distance| position.wrapping_sub(distance * (count / 100).max(1)));
        let earlier: Vec<String> = distances
            .into_iter()
            .filter(|earlier| *earlier < position)
            .map(|earlier| format!("terraform_data.n{earlier}.output.name"))
            .collect();
        writeln!(
            text,
            "resource \"terraform_data\" \"n{position}\" {{\n  input = {{ name = \"n{position}\", from = [{}] }}\n}}",
            earlier.join(", ")
        )
        .unwrap();
    }
    text
}

/// Each needs the one before it.
fn chain(count: usize) -> String {
    let mut text = "resource \"terraform_data\" \"n0\" {\n  input = 1\n}\n".to_owned();
    for position in 1..count {
        let earlier = position - 1;
        writeln!(
            text,
            "resource \"terraform_data\" \"n{position}\" {{\n  input = terraform_data.n{earlier}.output\n}}"
        )
        .unwrap();
    }
    text
}

/// Two resources with `count`, all of one reading one of the other; and one that reads all of them.
fn counted(count: usize) -> String {
    format!(
        "resource \"terraform_data\" \"a\" {{\n  count = {half}\n  input = count.index\n}}\n\
         resource \"terraform_data\" \"b\" {{\n  count = {half}\n  input = terraform_data.a[count.index].output\n}}\n\
         resource \"terraform_data\" \"all\" {{\n  input = length(terraform_data.b[*].output)\n}}\n",
        half = count / 2
    )
}

struct Bench {
    config: Config,
    graph: ConfigGraph,
    providers: Providers,
    store: Arc<MemoryStore>,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    fn new(text: String) -> Self {
        let (config, diagnostics) = load(&OneFile(text), ".", Language::Extended);
        assert!(diagnostics.is_empty());
        let (graph, diagnostics) = ConfigGraph::build(&config);
        assert!(diagnostics.is_empty());
        let builtin: Arc<dyn Provider> = Arc::new(Builtin::new(Arc::default()));
        Self {
            config,
            graph,
            providers: BTreeMap::from([(builtin.address(), builtin)]),
            store: Arc::new(MemoryStore::default()),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    fn plan(&self, mode: Mode) -> Plan {
        self.runtime.block_on(async {
            let snapshot = self.store.read().await.unwrap();
            let options = Options { mode, refresh: true, ..Options::default() };
            let given = VariableValues::new();
            let (mut planner, _) = Planner::new(
                &self.config,
                &self.graph,
                &self.providers,
                surroundings(),
                &given,
                snapshot.state,
                options,
            );
            drive(&mut planner, 10, &NoEvents).await;
            let (plan, diagnostics) = planner.finish(Snapshot::default(), BTreeMap::new());
            assert!(!diagnostics.has_errors(), "{diagnostics:?}");
            plan.unwrap()
        })
    }

    fn apply(&self, plan: &Plan) {
        assert!(check::check(plan).is_empty());
        self.runtime.block_on(async {
            let operation = Operation {
                kind: "apply".into(),
                summary: String::new(),
                started_at: jiff::Timestamp::UNIX_EPOCH,
                based_on: Some(plan.based_on.clone()),
                recovers: None,
            };
            let operation = self.store.begin_operation(&operation).await.unwrap();
            let applied = apply(Applying {
                plan,
                config: &self.config,
                providers: &self.providers,
                provisioners: Default::default(),
                configured: HashMap::new(),
                surroundings: surroundings(),
                ephemeral_variables: BTreeMap::new(),
                store: self.store.clone(),
                operation,
                events: Arc::new(NoEvents),
                parallelism: 10,
                interruption: Arc::new(Interruption::default()),
            })
            .await;
            assert!(!applied.diagnostics.has_errors(), "{:?}", applied.diagnostics);
            self.store.finish(Final { outputs: Some(applied.outputs), check_results: None }).await.unwrap();
        });
    }
}

fn surroundings() -> Surroundings {
    Surroundings {
        original_directory: "/work".into(),
        workspace: "default".into(),
        functions: FunctionContext {
            base_directory: Arc::new(std::env::temp_dir()),
            home_directory: None,
            plan_timestamp: Some("2024-01-01T00:00:00Z".into()),
            clock: None,
            language: Language::Extended,
        },
    }
}

fn timed<T>(count: usize, what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    report(count, what, started.elapsed());
    result
}

fn report(count: usize, what: &str, elapsed: Duration) {
    let each = elapsed.as_nanos() / count.max(1) as u128;
    println!("{count:>8} {what:<12} {:>8.3} s {each:>9} ns each", elapsed.as_secs_f64());
}

fn run(shape: &str, count: usize, text: String) {
    println!("{shape}");
    let bench = timed(count, "load", || Bench::new(text));
    timed(count, "validate", || {
        assert!(validate(&bench.config, &bench.graph, &bench.providers, surroundings()).is_empty());
    });
    let plan = timed(count, "plan", || bench.plan(Mode::Normal));
    let bytes = timed(count, "plan file", || serde_json::to_vec(&plan).unwrap());
    println!("{count:>8} plan file    {:>8} bytes each", bytes.len() / count.max(1));
    timed(count, "check", || assert!(check::check(&plan).is_empty()));
    timed(count, "apply", || bench.apply(&plan));
    timed(count, "read state", || bench.runtime.block_on(bench.store.read()).unwrap());
    let plan = timed(count, "no-op plan", || bench.plan(Mode::Normal));
    assert!(!plan.has_changes());
    let plan = timed(count, "destroy plan", || bench.plan(Mode::Destroy));
    timed(count, "destroy", || bench.apply(&plan));
    timed(count, "dropping", || drop((bench, plan)));
}

fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let counts = if given.is_empty() { vec![1_000, 10_000, 100_000] } else { given };
    for count in counts {
        run("wide", count, wide(count));
        run("chain", count, chain(count));
        run("counted", count, counted(count));
    }
}
