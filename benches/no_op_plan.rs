//! What a plan costs that changes nothing: `infra plan` on `oratio/dev`, next to `terraform plan` on the same
//! directory, state and server, in the same run.
//!
//!     cargo bench -p infra --bench no_op_plan
//!
//! Runs alternate, so that whatever else the machine does hits both. Printed are medians, and how many times more the
//! other needs. Peak memory is that of the process with everything it starts: `terraform` keeps its provider in one of
//! its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark ends by panicking")]
#![allow(clippy::print_stdout, reason = "the figures are the result")]

use std::fs;
use std::path::Path;

use infra_test_support::command::TestDirectory;
use infra_test_support::emulators::{Emulator, Kind};
use infra_test_support::fault_proxy::FaultProxy;
use infra_test_support::oracle::Oracle;
use infra_test_support::process::Output;

/// Odd, so that the median is a run.
const RUNS: usize = 7;

fn main() {
    let emulator = Emulator::start(Kind::Ministack).unwrap();
    let world = TestDirectory::new();
    let environments = Path::new(env!("CARGO_MANIFEST_DIR")).join("environments");
    copy(&environments, &environments, &world);
    // The state is a local file.
    world.remove("oratio/dev/backend.tf");
    // Terraform's provider has to be told how emulators want buckets to be addressed.
    let settings = "  s3_use_path_style       = true\n  skip_metadata_api_check = true\n";
    world.edit("oratio/dev/main.tf", "provider \"aws\" {\n", &format!("provider \"aws\" {{\n{settings}"));
    let directory = world.path().join("oratio/dev");

    let oracle = Oracle::find();
    let terraform = |arguments: &[&str]| {
        let oracle = oracle.as_ref()?;
        Some(oracle.run(&directory, arguments, Some(emulator.endpoint())).unwrap().assert_exit_code(0))
    };
    // Its lock file decides which generation of the provider both speak.
    let _ = terraform(&["init"]);
    let infra = |arguments: &[&str], endpoint: &str| {
        let command = world.command(env!("CARGO_BIN_EXE_infra")).in_directory("oratio/dev");
        command.aws(endpoint).args(arguments).run().assert_exit_code(0)
    };
    let _ = infra(&["apply", "-auto-approve"], emulator.endpoint());

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(infra(&["plan", "-detailed-exitcode"], emulator.endpoint()));
        theirs.extend(terraform(&["plan", "-detailed-exitcode"]));
    }
    println!("no-op plan of environments/oratio/dev, medians of {RUNS} runs\n");
    println!("{:<12}{:>12}{:>16}", "", "seconds", "peak memory MB");
    row("infra", &ours);
    if theirs.is_empty() {
        println!("terraform, or its AWS provider, is not installed: nothing to compare with");
    } else {
        row("terraform", &theirs);
        let (time, memory) = (seconds(&theirs) / seconds(&ours), megabytes(&theirs) / megabytes(&ours));
        println!("{:<12}{:>11.1}x{:>15.1}x", "ratio", time, memory);
    }

    let proxy = FaultProxy::start(emulator.endpoint(), 1).unwrap();
    let _ = infra(&["plan"], &proxy.endpoint());
    println!("\n{} calls of AWS in one such plan of infra", proxy.calls().len());
}

fn row(name: &str, runs: &[Output]) {
    println!("{name:<12}{:>12.3}{:>16.1}", seconds(runs), megabytes(runs));
}

fn seconds(runs: &[Output]) -> f64 {
    median(runs.iter().map(|run| run.seconds))
}

fn megabytes(runs: &[Output]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    median(runs.iter().filter_map(|run| run.peak_memory_bytes).map(|bytes| bytes as f64 / 1e6))
}

/// Not a number where nothing was measured.
fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn copy(directory: &Path, root: &Path, world: &TestDirectory) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            copy(&path, root, world);
        } else {
            world.write(&path.strip_prefix(root).unwrap().to_string_lossy(), fs::read(&path).unwrap());
        }
    }
}
