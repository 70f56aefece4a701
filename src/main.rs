//! The `infra` binary: everything is in the library, so that it can be read and tested from one place.

use std::process::ExitCode;

fn main() -> ExitCode {
    infra::main(std::env::args_os().skip(1).collect())
}
