#!/usr/bin/env bash
# Builds everything once, in the one profile that is used for running and for testing. The whole workspace is built, so
# that running and testing see the same features of shared crates and compile them once.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --workspace
