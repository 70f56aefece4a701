//! What the black-box tests and the benchmarks are made of. Nothing here is part of the program.
//!
//! | module | what it gives | in one line |
//! |---|---|---|
//! | [`command`] | a sealed world to run programs in | `TestDirectory::new().command(exe).args(["plan"]).run()` |
//! | [`process`] | what a run left: output, time, peak memory | `output.assert_exit_code(0).seconds` |
//! | [`filters`] | named replacements for what varies | `output.snapshot(&Filters::standard(world.path()))` |
//! | [`emulators`] | AWS on a loopback port | `Emulator::start(Kind::Moto)?.endpoint()` |
//! | [`fault_proxy`] | AWS on a bad day, and a record of all calls | `proxy.inject(Matcher::service("s3"), Effect::Throttle)` |
//! | [`web`] | a web server with made-up answers | `WebServer::start(\|_\| Answer::status(404)).url("/")` |
//! | [`oracle`] | `terraform`, where it is installed | `skip_without_oracle!("my_test").run(dir, &["plan"], None)` |
//! | [`hash`] | one hash for all machines | `hash::fnv1a(text.bytes())` |
//! | [`goldens`] | attributes against recorded ones | `goldens::assert_same("bucket", &recorded, &actual, &["arn"])` |
//!
//! A whole test, in the crate that knows the binary:
//!
//! ```no_run
//! use infra_test_support::command::TestDirectory;
//! use infra_test_support::emulators::{Emulator, Kind};
//! use infra_test_support::fault_proxy::{Effect, FaultProxy, Hold, Matcher};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), infra_test_support::SupportError> {
//! let emulator = Emulator::start(Kind::Ministack)?;
//! let proxy = FaultProxy::start(emulator.endpoint(), 7)?;
//! let hold = Hold::new();
//! proxy.inject(
//!     Matcher::operation("s3", "CreateBucket"),
//!     Effect::HoldAfterForward(hold.clone()),
//! );
//!
//! let world = TestDirectory::new();
//! world.write("main.tf", "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\n");
//! let infra = || world.command("target/release/infra").aws(&proxy.endpoint());
//! let running = infra().args(["apply", "-auto-approve"]).spawn();
//! assert!(hold.wait_until_reached(Duration::from_secs(30)));
//! running.kill_9(); // the bucket exists, and nobody was told
//! running.wait(Duration::from_secs(5))?;
//! hold.abandon();
//! proxy.clear_rules();
//! let _ = infra().args(["apply", "-auto-approve"]).run().assert_exit_code(0);
//! # Ok(())
//! # }
//! ```
//!
//! Tools that can fail for reasons outside a test return [`SupportError`]; those that can only be misused fail
//! the test on the spot.

pub mod command;
pub mod emulators;
pub mod error;
pub mod fault_proxy;
pub mod filters;
pub mod goldens;
pub mod hash;
mod memory;
pub mod oracle;
mod pattern;
pub mod process;
pub mod web;

pub use error::SupportError;
