#!/usr/bin/env bash
# Runs every test and shows where the time went. Installs what the tests need (AWS-compatible servers, from PyPI) into
# the user's cache. Arguments are given to the test programs: scripts/test.sh lifecycle
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/timing.sh
source scripts/timing.sh

timed "build" scripts/build.sh
timed "build the tests" cargo test --release --locked --workspace --no-run
timed "run the tests" cargo test --release --locked --workspace --no-fail-fast -- "$@"
show_times
