# shellcheck shell=bash
# Sourced by the scripts beside it: runs commands and remembers how long each took.

times=()

# timed NAME COMMAND...
timed() {
  local name=$1 start=$SECONDS
  shift
  echo "==> $name"
  "$@"
  times+=("$(printf '%6d s  %s' "$((SECONDS - start))" "$name")")
}

show_times() {
  echo
  echo "Where the time went:"
  printf '%s\n' "${times[@]}"
}
