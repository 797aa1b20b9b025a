#!/usr/bin/env bash
# Measures the published Release build beside nginx on this machine's own disk; see README.md here.
# usage: bench/run.sh [--trial] [get|write|life|large|list|files|post|folders|tus|devbox|start]…      (no part: all of them)
# COFFER_BENCH_DATA: folder for the data, on a real disk with 55 GB free; large data in it is kept between runs.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v nginx > /dev/null || missing+=(nginx-light)
command -v wrk > /dev/null || missing+=(wrk)
command -v strace > /dev/null || missing+=(strace)
if ((${#missing[@]})); then
  echo "missing: ${missing[*]}; install with: apt-get install -y ${missing[*]}" >&2
  exit 2
fi

out=artifacts/bench
dotnet publish -c Release src/Coffer.Cli -o "$out/coffer" --nologo -v quiet
dotnet publish -c Release bench/Coffer.Bench -o "$out/harness" --nologo -v quiet
exec "$out/harness/Coffer.Bench" run "$PWD/$out/coffer/coffer" "${COFFER_BENCH_DATA:-$PWD/$out/data}" "$@"
