#!/usr/bin/env bash
# Builds infra, then plans and applies environments/oratio/dev in the sandbox, and shows where the time went.
# Arguments are given to `infra apply` as they are.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/timing.sh
source scripts/timing.sh
infra=${CARGO_TARGET_DIR:-target}/release/infra

timed "build" scripts/build.sh
timed "plan (first use installs the sandbox)" "$infra" -sandbox plan environments/oratio/dev
timed "apply" "$infra" -sandbox apply -auto-approve "$@" environments/oratio/dev
timed "second plan" "$infra" -sandbox plan environments/oratio/dev
show_times
echo
echo "Go on with:  $infra -sandbox plan environments/oratio/dev"
echo "Take down:   $infra -sandbox destroy environments/oratio/dev"
