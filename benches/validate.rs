//! What checking the files alone costs: `infra validate` on directories of 1,000, 10,000 and 100,000 resources, next to
//! `terraform validate` on the same directories, up to 10,000.
//!
//!     cargo bench -p infra --bench validate
//!
//! A resource refers to the one before, to a local value of its file and to a variable; one in ten stands in a module
//! that is called for it. Printed are medians, how many times more the other needs, and how many times more the
//! same costs for ten times as much: 10 is linear.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark ends by panicking")]
#![allow(clippy::print_stdout, reason = "the figures are the result")]

use std::fmt::Write;

use infra_test_support::command::TestDirectory;
use infra_test_support::oracle::Oracle;

/// Odd, so that the median is a run.
const RUNS: usize = 3;

/// How many resources a directory has.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// From here on terraform takes minutes.
const ORACLE_SIZE_MAX: usize = 10_000;

const RESOURCES_PER_FILE: usize = 1_000;

/// How many resources one call of the module makes, a tenth of all.
const RESOURCES_PER_CALL: usize = 100;

const MODULE: &str = "variable \"up\" {}\n\n";

fn main() {
    let oracle = Oracle::find();
    if oracle.is_none() {
        println!("terraform is not installed: nothing to compare with");
    }
    println!("{:>10}{:>12}{:>10}{:>12}{:>10}", "resources", "infra s", "growth", "terraform s", "ratio");
    let mut before = None;
    for size in SIZES {
        let world = TestDirectory::new();
        generate(&world, size);
        let ours =
            median((0..RUNS).map(|_| {
                world.command(env!("CARGO_BIN_EXE_infra")).args(["validate"]).run().assert_exit_code(0).seconds
            }));
        let theirs = oracle.as_ref().filter(|_| size <= ORACLE_SIZE_MAX).map(|oracle| {
            let run = |arguments: &[&str]| oracle.run(world.path(), arguments, None).unwrap().assert_exit_code(0);
            let _ = run(&["init"]);
            median((0..RUNS).map(|_| run(&["validate"]).seconds))
        });
        let growth = before.map_or(String::new(), |before| format!("{:.1}x", ours / before));
        let (seconds, ratio) = theirs.map_or((String::new(), String::new()), |theirs| {
            (format!("{theirs:.3}"), format!("{:.1}x", theirs / ours))
        });
        println!("{size:>10}{ours:>12.3}{growth:>10}{seconds:>12}{ratio:>10}");
        before = Some(ours);
    }
}

fn generate(world: &TestDirectory, size: usize) {
    world.write("variables.tf", "variable \"prefix\" {\n  type    = string\n  default = \"p\"\n}\n");
    let in_modules = size / 10;
    let calls = in_modules / RESOURCES_PER_CALL;
    let mut module = MODULE.to_owned();
    for index in 0..RESOURCES_PER_CALL {
        resource(&mut module, index, "var.up", "var.up");
    }
    world.write("part/main.tf", module);
    let mut text = String::new();
    for call in 0..calls {
        writeln!(text, "module \"part{call}\" {{\n  source = \"./part\"\n  up     = local.file0\n}}\n").unwrap();
    }
    world.write("modules.tf", text);
    let mut text = String::new();
    for index in 0..size - in_modules {
        let file = index / RESOURCES_PER_FILE;
        let is_first = index % RESOURCES_PER_FILE == 0;
        if is_first {
            writeln!(text, "locals {{\n  file{file} = upper(\"file ${{var.prefix}} {file}\")\n}}\n").unwrap();
        }
        let up = if is_first { "null".to_owned() } else { format!("terraform_data.r{}.output", index - 1) };
        resource(&mut text, index, &up, &format!("local.file{file}"));
        if (index + 1) % RESOURCES_PER_FILE == 0 || index + 1 == size - in_modules {
            world.write(&format!("file{file}.tf"), std::mem::take(&mut text));
        }
    }
}

fn resource(text: &mut String, index: usize, up: &str, shared: &str) {
    write!(
        text,
        "resource \"terraform_data\" \"r{index}\" {{\n  input = {{\n    name   = \"${{{shared}}}-{index}\"\n    up     = \
         {up}\n    listed = [for item in range(3) : item * {index}]\n  }}\n}}\n\n"
    )
    .unwrap();
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
