//! Runs the cases through a tool, and compares.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use infra_test_support::command::TestDirectory;
use serde_json::Value;

use crate::answers::Answers;
use crate::cases::{self, Case, Invocation, Step};
use crate::expressions::{self, Table};
use crate::facts::{self, Diagnostic, Ids};
use crate::leniency;
use crate::lists::Lists;
use crate::tools::Tool;

/// Word of a command that asks for the order in which things were done as well.
const IN_ORDER: &str = "--in-order";
/// Word of a command that has to be confirmed: what is said to it are the lines it can read.
const ASKING: &str = "--asking";

/// Where the cases are.
pub fn directory() -> PathBuf {
    match std::env::var_os("INFRA_CASES_DIRECTORY") {
        Some(named) => PathBuf::from(named),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance"),
    }
}

/// The files of cases with that ending, as `SECTION/LINE` and their text.
pub fn files(directory: &Path, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for section in fs::read_dir(directory.join("cases")).unwrap() {
        let section = section.unwrap().path();
        for file in fs::read_dir(&section).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == ending) {
                let part = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
                let line = format!("{}/{}", part(&section), part(&path));
                found.insert(line, format!("\n{}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// What a tool says in a case: the facts of every command.
pub fn answer(tool: &Tool, case: &Case) -> String {
    answer_in_turn(&[tool], case)
}

/// What tools say that do one command each, in turn.
fn answer_in_turn(tools: &[&Tool], case: &Case) -> String {
    let world = TestDirectory::new();
    let mut ids = Ids::default();
    let mut said = String::new();
    let mut turns = tools.iter().cycle();
    for step in &case.steps {
        match step {
            Step::Write(path, text) => world.write(path, text),
            Step::Run(invocation) => {
                let Some(tool) = turns.next() else { continue };
                let facts = facts_of(tool, &world, invocation);
                if let Some(state) = state(&world, invocation) {
                    ids.learn(&state);
                }
                let facts: String = facts.iter().map(|fact| format!("{}\n", ids.rename(fact))).collect();
                said.push_str(&format!("$ {}\n{facts}", invocation.text));
            }
        }
    }
    // Where the world is has nothing to do with what is said.
    said.replace(&*world.path().to_string_lossy(), "[WORLD]")
}

fn facts_of(tool: &Tool, world: &TestDirectory, invocation: &Invocation) -> Vec<String> {
    let argument = |index: usize| invocation.arguments.get(index).map_or("", String::as_str);
    match &*invocation.command {
        "cat" if world.exists(argument(0)) => lines(&world.read(argument(0))),
        "cat" => vec!["is not there".to_owned()],
        "rm" => {
            world.remove(argument(0));
            Vec::new()
        }
        "mkdir" => {
            fs::create_dir_all(world.path().join(argument(0))).unwrap();
            Vec::new()
        }
        "plan" => of_planning(tool, world, invocation),
        "apply" | "destroy" | "refresh" => of_applying(tool, world, invocation),
        "validate" => of_validation(tool, world, invocation),
        _ => {
            let output = match tool.prepare(world, invocation) {
                Err((output, _)) => output,
                Ok(()) => tool.run(world, invocation),
            };
            let mut facts = of_exit(output.exit_code, &[]);
            match serde_json::from_str::<Value>(&output.stdout) {
                Ok(report) if report.is_object() => facts.extend(lines(&facts::of_report(&report))),
                _ => facts.extend(lines(&output.stdout)),
            }
            facts
        }
    }
}

fn of_applying(tool: &Tool, world: &TestDirectory, invocation: &Invocation) -> Vec<String> {
    let mut invocation = invocation.clone();
    let mut take = |word: &str| {
        let count = invocation.arguments.len();
        invocation.arguments.retain(|argument| argument != word);
        invocation.arguments.len() < count
    };
    let (is_in_order, asks) = (take(IN_ORDER), take(ASKING));
    if invocation.command != "refresh" && !asks {
        invocation.arguments.insert(0, "-auto-approve".to_owned());
    }
    let mut facts = match tool.prepare(world, &invocation) {
        Err((output, found)) => of_exit(output.exit_code, &found),
        Ok(()) if asks => of_exit(tool.run(world, &invocation).exit_code, &[]),
        Ok(()) if is_in_order => {
            let (output, found) = tool.run_as_events(world, &invocation);
            let mut facts = of_exit(output.exit_code, &found);
            facts.extend(facts::of_order(&output.stdout));
            facts
        }
        Ok(()) => {
            let (output, found) = tool.run_with_diagnostics(world, &invocation);
            of_exit(output.exit_code, &found)
        }
    };
    facts.extend(state(world, &invocation).iter().flat_map(facts::of_state));
    facts
}

fn of_planning(tool: &Tool, world: &TestDirectory, invocation: &Invocation) -> Vec<String> {
    let mut invocation = invocation.clone();
    let out = invocation.arguments.iter().find_map(|argument| argument.strip_prefix("-out=")).map(str::to_owned);
    let out = out.unwrap_or_else(|| {
        invocation.arguments.insert(0, "-out=plan.out".to_owned());
        "plan.out".to_owned()
    });
    let (output, found) = match tool.prepare(world, &invocation) {
        Err(refusal) => return of_exit(refusal.0.exit_code, &refusal.1),
        Ok(()) => tool.run_with_diagnostics(world, &invocation),
    };
    let mut facts = of_exit(output.exit_code, &found);
    if matches!(output.exit_code, Some(0 | 2)) {
        let arguments = vec!["-json".to_owned(), out];
        let show = Invocation { command: "show".to_owned(), arguments, ..invocation };
        let shown = tool.run(world, &show).stdout;
        match serde_json::from_str(&shown) {
            Ok(plan) => facts.extend(facts::of_plan(&plan)),
            Err(error) => facts.push(format!("the plan cannot be shown: {error}")),
        }
    }
    facts
}

fn of_validation(tool: &Tool, world: &TestDirectory, invocation: &Invocation) -> Vec<String> {
    let mut invocation = invocation.clone();
    invocation.arguments.insert(0, "-json".to_owned());
    let output = match tool.prepare(world, &invocation) {
        Err((output, found)) => return of_exit(output.exit_code, &found),
        Ok(()) => tool.run(world, &invocation),
    };
    let report: Value = serde_json::from_str(&output.stdout).unwrap_or_default();
    let found: Vec<Diagnostic> =
        report["diagnostics"].as_array().into_iter().flatten().map(Diagnostic::of_json).collect();
    of_exit(output.exit_code, &found)
}

fn of_exit(code: Option<i32>, found: &[Diagnostic]) -> Vec<String> {
    let mut facts = vec![format!("exit {}", code.unwrap_or(-1))];
    facts.extend(facts::of_diagnostics(found));
    facts
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| format!("| {line}").trim_end().to_owned()).collect()
}

/// The state that a command works on, if there is one.
fn state(world: &TestDirectory, invocation: &Invocation) -> Option<Value> {
    let folder = invocation.global_flags.iter().find_map(|flag| flag.strip_prefix("-chdir=")).unwrap_or(".");
    let named = ["-state-out=", "-state="]
        .iter()
        .find_map(|flag| invocation.arguments.iter().find_map(|argument| argument.strip_prefix(flag)));
    let path = format!("{folder}/{}", named.unwrap_or("terraform.tfstate"));
    if world.exists(&path) { serde_json::from_str(&world.read(&path)).ok() } else { None }
}

/// One thing to ask: a case, or all lines of a table together.
enum Question<'a> {
    Case(&'a Case),
    Table(&'a Table),
}

/// What came of a run.
#[derive(Default)]
struct Report {
    failures: Vec<(String, String)>,
    agreed: usize,
    differing: usize,
}

/// Compares every case with its answer, as the environment says; fails with all differences.
pub fn compare_all() {
    let directory = directory();
    let mode = std::env::var("INFRA_ORACLE").unwrap_or_default();
    let oracle = match (&*mode, Tool::oracle()) {
        ("", _) => None,
        (_, Some(oracle)) => Some(oracle),
        (_, None) => panic!("INFRA_ORACLE is set, and terraform is not on PATH"),
    };
    let wanted = std::env::var("INFRA_CASES").unwrap_or_default();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.split_whitespace().any(|word| name.contains(word));
    let lists = Lists::read(&directory);

    let mut all: Vec<Case> = Vec::new();
    for (line, text) in files(&directory, "txt") {
        all.extend(cases::parse(&line, &text));
    }
    let tables: Vec<Table> =
        files(&directory, "expressions").iter().map(|(line, text)| Table::parse(line, text)).collect();
    let answers_path = |line: &str, ending: &str| directory.join(format!("answers/{line}.{ending}"));
    let mut answers: BTreeMap<String, Answers> = BTreeMap::new();
    for case in &all {
        let path = answers_path(&case.line, "txt");
        answers.entry(case.line.clone()).or_insert_with(|| Answers::read(&path));
    }
    for table in &tables {
        answers.insert(table.key(), Answers::read(&answers_path(&table.line, "expressions")));
    }

    let questions: Vec<Question<'_>> = all
        .iter()
        .filter(|case| is_wanted(&case.to_string()))
        .map(Question::Case)
        .chain(tables.iter().filter(|table| is_wanted(&table.key())).map(Question::Table))
        .collect();

    if let (Some(oracle), true) = (&oracle, mode.starts_with("record")) {
        let all_again = mode == "record-all";
        let recorded = Mutex::new(Vec::new());
        in_parallel(&questions, |question| match question {
            Question::Case(case) => {
                if all_again || answers[&case.line].to_case(&case.name, &case.text).is_none() {
                    let said = answer(oracle, case);
                    recorded.lock().unwrap().push((case.line.clone(), case.name.clone(), case.text.clone(), said));
                }
            }
            Question::Table(table) => {
                let missing =
                    |line: &&str| all_again || answers[&table.key()].to_case(line, &table.text(line)).is_none();
                let lines: Vec<&str> = table.lines.iter().map(String::as_str).filter(missing).collect();
                for (line, said) in expressions::answers(oracle, table, &lines) {
                    let entry = (table.key(), line.clone(), table.text(&line), format!("{said}\n"));
                    recorded.lock().unwrap().push(entry);
                }
            }
        });
        for (key, name, text, said) in recorded.into_inner().unwrap() {
            answers.get_mut(&key).unwrap().record(&name, &text, said);
        }
        for (line, _) in files(&directory, "txt") {
            let names = all.iter().filter(|case| case.line == line).map(|case| case.name.as_str());
            if let Some(answers) = answers.get(&line) {
                answers.write(&answers_path(&line, "txt"), names);
            }
        }
        for table in &tables {
            let path = answers_path(&table.line, "expressions");
            answers[&table.key()].write(&path, table.lines.iter().map(String::as_str));
        }
    }

    let report = Mutex::new(Report::default());
    let judge = |name: String, recorded: Option<&str>, ours: &str, theirs: Option<String>| {
        let difference = match (recorded, theirs) {
            (None, _) => Some("not recorded: run with INFRA_ORACLE=record\n".to_owned()),
            (Some(recorded), Some(theirs)) if recorded.trim_end() != theirs.trim_end() => {
                Some(format!("recorded earlier, and now said by terraform:\n{}", difference(recorded, &theirs)))
            }
            (Some(recorded), _) => {
                let recorded = leniency::adjusted(recorded, ours);
                (recorded.trim_end() != ours.trim_end()).then(|| difference(&recorded, ours))
            }
        };
        let mut report = report.lock().unwrap();
        match (difference, lists.reason(&name)) {
            (None, None) => report.agreed += 1,
            (Some(_), Some(_)) => report.differing += 1,
            (Some(difference), None) => report.failures.push((name, difference)),
            (None, Some(reason)) => {
                let why = format!("agrees with terraform now: take its line out of the list ({reason})\n");
                report.failures.push((name, why));
            }
        }
    };
    if let (Some(oracle), "alternate") = (&oracle, &*mode) {
        return assert_states_continue(oracle, &all, &answers, &lists, is_wanted);
    }
    let live = oracle.filter(|_| mode == "live");
    in_parallel(&questions, |question| match question {
        Question::Case(case) => {
            let theirs = live.as_ref().map(|oracle| answer(oracle, case));
            let recorded = answers[&case.line].to_case(&case.name, &case.text);
            judge(case.to_string(), recorded, &answer(&Tool::Infra, case), theirs);
        }
        Question::Table(table) => {
            let lines: Vec<&str> = table.lines.iter().map(String::as_str).collect();
            let ours = expressions::answers(&Tool::Infra, table, &lines);
            let mut theirs = live.as_ref().map(|oracle| expressions::answers(oracle, table, &lines));
            for (line, said) in ours {
                let recorded = answers[&table.key()].to_case(&line, &table.text(&line));
                let theirs = theirs.as_mut().and_then(|theirs| theirs.remove(&line));
                judge(format!("{}/{line}", table.line), recorded, &said, theirs);
            }
        }
    });

    let mut report = report.into_inner().unwrap();
    for name in lists
        .unknown(|name| all.iter().any(|case| case.to_string() == name) || tables.iter().any(|table| table.has(name)))
    {
        report.failures.push((name, "is in a list, and there is no such case\n".to_owned()));
    }
    report.failures.sort();
    if let Some(path) = std::env::var_os("INFRA_CASES_FAILED") {
        fs::write(path, report.failures.iter().map(|(name, _)| format!("{name}\n")).collect::<String>()).unwrap();
    }
    eprintln!("{} cases agree, {} are listed as different", report.agreed, report.differing);
    let shown: String = report.failures.iter().map(|(name, why)| format!("\n=== {name}\n{why}")).collect();
    assert!(report.failures.is_empty(), "{} cases fail:\n{shown}", report.failures.len());
}

/// Whether the state that either tool writes continues in the other: in each case one does the first command, the other the
/// second, and so on, and all is as if terraform had done everything.
fn assert_states_continue(
    oracle: &Tool,
    all: &[Case],
    answers: &BTreeMap<String, Answers>,
    lists: &Lists,
    is_wanted: impl Fn(&str) -> bool,
) {
    // Plan files are each tool's own.
    let has_plan_file = |case: &Case| case.text.contains("-out") || case.text.contains("plan.out");
    let cases: Vec<&Case> = all
        .iter()
        .filter(|case| {
            is_wanted(&case.to_string()) && !has_plan_file(case) && lists.reason(&case.to_string()).is_none()
        })
        .filter(|case| case.steps.iter().filter(|step| matches!(step, Step::Run(_))).count() > 1)
        .collect();
    let failures = Mutex::new(Vec::new());
    in_parallel(&cases, |case| {
        let recorded = answers[&case.line].to_case(&case.name, &case.text).unwrap_or_default();
        for tools in [[&Tool::Infra, oracle], [oracle, &Tool::Infra]] {
            let ours = answer_in_turn(&tools, case);
            let recorded = leniency::adjusted(recorded, &ours);
            if recorded.trim_end() != ours.trim_end() {
                let first = if matches!(tools[0], Tool::Infra) { "infra" } else { "terraform" };
                failures.lock().unwrap().push(format!("\n=== {case}, {first} first\n{}", difference(&recorded, &ours)));
            }
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    eprintln!("{} cases, each begun by either tool", cases.len());
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.concat());
}

/// Two answers, lines that only one has marked: `-` terraform's, `+` ours.
fn difference(theirs: &str, ours: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) =
        (theirs.trim_end().lines().collect(), ours.trim_end().lines().collect());
    // How many lines the rest of both have in common.
    let mut common = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for (i, line) in left.iter().enumerate().rev() {
        for (j, other) in right.iter().enumerate().rev() {
            common[i][j] =
                if line == other { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < left.len() || j < right.len() {
        if i < left.len() && j < right.len() && left[i] == right[j] {
            lines.push(format!("  {}", left[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < left.len() && (j == right.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(format!("- {}", left[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", right[j]));
            j += 1;
        }
    }
    shortened(&lines)
}

/// What differs, with the commands, and of the rest only what stands around it.
fn shortened(lines: &[String]) -> String {
    const CONTEXT_LINES: usize = 6;
    let is_telling = |line: &String| !line.starts_with("  ") || line.starts_with("  $ ");
    let mut text = String::new();
    let mut is_leaving_out = false;
    for (position, line) in lines.iter().enumerate() {
        let around = position.saturating_sub(CONTEXT_LINES)..lines.len().min(position + CONTEXT_LINES + 1);
        let is_shown = lines[around].iter().any(is_telling);
        if is_shown {
            text.push_str(&format!("{line}\n"));
        } else if !is_leaving_out {
            text.push_str("  …\n");
        }
        is_leaving_out = !is_shown;
    }
    text
}

/// Does something with each, on all processors.
fn in_parallel<T: Sync>(items: &[T], action: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    action(item);
                }
            });
        }
    });
}

#[test]
fn a_difference_shows_what_only_one_has() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "  a\n- b\n+ x\n  c\n+ d\n");
}
