//! The `infra` binary: everything is in the library, so that it can be read and tested from one place.

use std::process::ExitCode;

/// A plan is millions of small allocations made by one thread and freed by it; the allocator of the C library gives
/// memory back to the kernel in between and has it cleared again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    infra::main(std::env::args_os().skip(1).collect())
}
