//! What graphs of a thousand objects cost: plan, apply, the plan after it and destroy, next to terraform on the same
//! directories; then the plan alone of ten and a hundred times as many.
//!
//!     cargo bench -p infra --bench graphs            everything, half an hour with terraform
//!     cargo bench -p infra --bench graphs -- wide    one shape
//!
//! All objects are `terraform_data`, so that nothing but the tools is measured. Ours are medians, terraform runs once.
//! Peak memory is that of the process with everything it starts, the most of the four commands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark ends by panicking")]
#![allow(clippy::print_stdout, reason = "the figures are the result")]

use std::fmt::Write;

use infra_test_support::command::TestDirectory;
use infra_test_support::oracle::Oracle;
use infra_test_support::process::Output;

/// Odd, so that the median is a run.
const RUNS: usize = 3;

/// How many objects both tools work on.
const SIZE: usize = 1_000;

/// How many ours plans alone.
const GROWING_SIZES: [usize; 3] = [1_000, 10_000, 100_000];

const OBJECTS_PER_MODULE: usize = 10;

/// What is done to each graph, in this order.
const COMMANDS: [(&str, &[&str]); 4] = [
    ("plan", &["plan"]),
    ("apply", &["apply", "-auto-approve"]),
    ("empty plan", &["plan", "-detailed-exitcode"]),
    ("destroy", &["destroy", "-auto-approve"]),
];

/// How objects refer to each other.
#[derive(Clone, Copy)]
enum Shape {
    /// Each reads three earlier ones.
    Wide,
    /// Each reads the one before.
    Chain,
    /// Modules of ten, each of which reads an earlier one.
    Modules,
    /// One block with `count`.
    Count,
}

const SHAPES: [(&str, Shape); 4] =
    [("wide", Shape::Wide), ("chain", Shape::Chain), ("modules", Shape::Modules), ("count", Shape::Count)];

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let shapes = SHAPES.iter().filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| wanted == name));
    let oracle = Oracle::find();
    if oracle.is_none() {
        println!("terraform is not installed: nothing to compare with");
    }
    for (name, shape) in shapes {
        println!("\n{name}, {SIZE} objects");
        println!("{:<12}{:>10}{:>14}{:>10}", "", "infra s", "terraform s", "ratio");
        let ours: Vec<Vec<Output>> = (0..RUNS).map(|_| run_all(*shape, None)).collect();
        let theirs = oracle.as_ref().map(|oracle| run_all(*shape, Some(oracle)));
        for (position, (command, _)) in COMMANDS.iter().enumerate() {
            let seconds = median(ours.iter().map(|run| run[position].seconds));
            compared(command, seconds, theirs.as_ref().map(|theirs| theirs[position].seconds), 3);
        }
        let most = |run: &[Output]| run.iter().filter_map(|output| output.peak_memory_bytes).max().unwrap_or_default();
        let memory = median(ours.iter().map(|run| megabytes(most(run))));
        compared("memory MB", memory, theirs.as_ref().map(|theirs| megabytes(most(theirs))), 0);
        println!("{:>12}{:>10}{:>14}{:>20}", "objects", "plan s", "memory MB", "growth per object");
        let mut before = None;
        for size in GROWING_SIZES {
            let world = generated(*shape, size);
            let output = world.command(env!("CARGO_BIN_EXE_infra")).args(["plan"]).run().assert_exit_code(0);
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let per_object = output.seconds / size as f64;
            let growth = before.map_or(String::new(), |before| format!("{:.2}x", per_object / before));
            let memory = megabytes(output.peak_memory_bytes.unwrap_or_default());
            println!("{size:>12}{:>10.2}{memory:>14.0}{growth:>20}", output.seconds);
            before = Some(per_object);
        }
    }
}

fn compared(what: &str, ours: f64, theirs: Option<f64>, digits: usize) {
    let (theirs, ratio) = theirs.map_or((String::new(), String::new()), |theirs| {
        (format!("{theirs:.digits$}"), format!("{:.0}x", theirs / ours))
    });
    println!("{what:<12}{ours:>10.digits$}{theirs:>14}{ratio:>10}");
}

/// All commands, one after the other, in a new directory.
fn run_all(shape: Shape, oracle: Option<&Oracle>) -> Vec<Output> {
    let world = generated(shape, SIZE);
    if let Some(oracle) = oracle {
        let _ = oracle.run(world.path(), &["init"], None).unwrap().assert_exit_code(0);
    }
    let run = |arguments: &[&str]| match oracle {
        Some(oracle) => oracle.run(world.path(), arguments, None).unwrap(),
        None => world.command(env!("CARGO_BIN_EXE_infra")).args(arguments).run(),
    };
    COMMANDS.iter().map(|(_, arguments)| run(arguments).assert_exit_code(0)).collect()
}

fn generated(shape: Shape, size: usize) -> TestDirectory {
    let world = TestDirectory::new();
    let mut text = String::new();
    match shape {
        Shape::Wide => (0..size).for_each(|index| {
            // Scattered over all that come before, the same in every run.
            let needs = [7_919, 104_729, 1_299_709]
                .map(|prime| format!("terraform_data.r{}.id", prime % index.max(1)))
                .join(", ");
            let input = if index == 0 { "\"first\"".to_owned() } else { format!("[{needs}]") };
            object(&mut text, &format!("r{index}"), &input);
        }),
        Shape::Chain => chain(&mut text, size, "\"first\""),
        Shape::Modules => {
            let mut module = "variable \"up\" {}\n\n".to_owned();
            chain(&mut module, OBJECTS_PER_MODULE, "var.up");
            let last = OBJECTS_PER_MODULE - 1;
            writeln!(module, "output \"last\" {{\n  value = terraform_data.r{last}.id\n}}").unwrap();
            world.write("part/main.tf", module);
            for index in 0..size / OBJECTS_PER_MODULE {
                let up = if index == 0 { "\"first\"".to_owned() } else { format!("module.part{}.last", index / 2) };
                writeln!(text, "module \"part{index}\" {{\n  source = \"./part\"\n  up     = {up}\n}}\n").unwrap();
            }
        }
        Shape::Count => {
            text = format!(
                "resource \"terraform_data\" \"r\" {{\n  count = {size}\n  input = \"v-${{count.index}}\"\n}}\n"
            );
        }
    }
    world.write("main.tf", text);
    world
}

/// Objects of which each reads the one before.
fn chain(text: &mut String, size: usize, first: &str) {
    for index in 0..size {
        let input = if index == 0 { first.to_owned() } else { format!("terraform_data.r{}.id", index - 1) };
        object(text, &format!("r{index}"), &input);
    }
}

fn object(text: &mut String, name: &str, input: &str) {
    writeln!(text, "resource \"terraform_data\" \"{name}\" {{\n  input = {input}\n}}\n").unwrap();
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn megabytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let megabytes = bytes as f64 / 1e6;
    megabytes
}
