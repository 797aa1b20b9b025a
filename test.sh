#!/usr/bin/env bash
# Runs the tests: ./test.sh (everything), ./test.sh quick (everyday), ./test.sh --mutants (planted faults are caught).
# Ends with "tests: N passed, N failed, N skipped", taken from the test runners.
set -u -o pipefail
cd "$(dirname "$0")"

case "${1-}" in
  '') mode=all ;;
  quick) mode=quick ;;
  --mutants) exec tests/mutants/run.sh "${@:2}" ;;
  *) echo "usage: ./test.sh [quick | --mutants [NAME…]]" >&2; exit 2 ;;
esac
started=$SECONDS

# --- what the tests need beyond the .NET SDK ------------------------------------------------------------------------
packages=()
need() { command -v "$1" >/dev/null 2>&1 || packages+=("$2"); }
need curl curl
need gcc gcc
need strace strace
need unshare util-linux
need mkfs.btrfs btrfs-progs
need mkfs.xfs xfsprogs
need node nodejs
need npm npm
need chromium chromium
need bwrap bubblewrap
need python3 python3
ldconfig -p 2>/dev/null | grep 'libsqlite3\.so\.0' >/dev/null || packages+=(libsqlite3-0)
[ -e /usr/share/zoneinfo/Asia/Kolkata ] || packages+=(tzdata)
[ -e /usr/include/stdio.h ] || packages+=(libc6-dev)
if [ "${#packages[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing: ${packages[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null || echo "apt-get failed" >&2
  else
    echo "some lanes will be skipped; to run them: apt-get install ${packages[*]}" >&2
  fi
fi

# Debian's own may be older than the published clients take.
if command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  echo "node is $(node --version): the lanes with published clients need 20 or newer and may fail" >&2
fi

if command -v npm >/dev/null && [ -f tests/node/package-lock.json ] \
  && ! cmp -s tests/node/package-lock.json tests/node/node_modules/.installed-lock; then
  echo "installing the npm packages of tests/node"
  (cd tests/node && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.installed-lock) \
    || echo "npm ci failed: the lanes with published clients will be skipped" >&2
fi

# --- build -----------------------------------------------------------------------------------------------------------
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build Coffer.slnx -c Release --nologo -v quiet || { echo "the build failed" >&2; exit 1; }

# --- run every lane: one test project each -----------------------------------------------------------------------------
filter=()
[ "$mode" = quick ] && filter=(--filter-not-trait "Speed=Slow")
passed=0 failed=0 skipped=0 broken=()
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for project in tests/Coffer.*Tests; do
  name=$(basename "$project")
  echo "== $name"
  lane=$SECONDS
  dotnet test --project "$project/$name.csproj" -c Release --no-build --no-progress "${filter[@]}" 2>&1 | tee "$out"
  code=${PIPESTATUS[0]}
  count() { sed -n "s/^ *$1: \([0-9][0-9]*\)\$/\1/p" "$out" | tail -n 1; }
  total=$(count total) good=$(count succeeded) bad=$(count failed) left=$(count skipped)
  passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${left:-0}))
  if [ -z "$total" ] || [ "$total" = 0 ]; then
    broken+=("$name ran no test")
  elif [ "$code" != 0 ] && [ "${bad:-0}" = 0 ]; then
    broken+=("$name ended with exit code $code")
  fi
  echo "== $name took $((SECONDS - lane)) s"
done

for reason in "${broken[@]}"; do echo "error: $reason" >&2; done
echo "took $((SECONDS - started)) s"
echo "tests: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ] && [ "${#broken[@]}" = 0 ]
