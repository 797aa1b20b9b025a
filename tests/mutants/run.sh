#!/usr/bin/env bash
# Plants one fault at a time and shows that a test catches it: ./test.sh --mutants [NAME…]
#
# Each tests/mutants/NAME.patch begins with two lines that say which tests must fail:
#   # project: Coffer.IntegrationTests
#   # filter: --filter-class Coffer.IntegrationTests.Objects.RangeTests
set -u -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/coffer-mutants.XXXXXX")
trap 'git -C "$root" worktree remove --force "$work/tree" >/dev/null 2>&1; rm -rf "$work"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

[ -z "$(git -C "$root" status --porcelain -- src tests)" ] || { echo "commit your changes first: mutants are planted in what is committed" >&2; exit 2; }
git -C "$root" worktree add --quiet --detach "$work/tree" HEAD || exit 1
cd "$work/tree" || exit 1
[ -d "$root/tests/node/node_modules" ] && ln -s "$root/tests/node/node_modules" tests/node/node_modules

names=("$@")
if [ "${#names[@]}" = 0 ]; then
  for patch in "$here"/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi

# Style is no matter of a planted fault, and what a fault leaves unused is no error here.
build() { # project, options…
  dotnet build "tests/$1/$1.csproj" -c Release --nologo -v quiet \
    -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:TreatWarningsAsErrors=false "${@:2}" >"$work/out" 2>&1
}

run_tests() { # project, filter words…
  dotnet test --project "tests/$1/$1.csproj" -c Release --no-build --no-progress "${@:2}" >"$work/out" 2>&1
}

# Tests that fail anyway would "catch" everything: each one that is named must pass while nothing is planted.
declare -A clean=()
for name in "${names[@]}"; do
  [ -f "$here/$name.patch" ] || { echo "there is no $name.patch" >&2; exit 2; }
  project=$(sed -n 's/^# project: //p' "$here/$name.patch" | head -n 1)
  read -r -a filter <<<"$(sed -n 's/^# filter: //p' "$here/$name.patch" | head -n 1)"
  clean["$project ${filter[0]}"]+=" ${filter[*]:1}"
done
for key in "${!clean[@]}"; do
  read -r project option <<<"$key"
  read -r -a filter <<<"${clean[$key]}"
  if ! build "$project" || ! run_tests "$project" "$option" "${filter[@]}"; then
    echo "broken    tests of $project that shall catch something do not pass without a fault:"; tail -n 30 "$work/out"
    exit 1
  fi
done

caught=0 survived=0 broken=0
for name in "${names[@]}"; do
  began=$SECONDS
  patch="$here/$name.patch"
  project=$(sed -n 's/^# project: //p' "$patch" | head -n 1)
  read -r -a filter <<<"$(sed -n 's/^# filter: //p' "$patch" | head -n 1)"
  if ! git apply --whitespace=nowarn "$patch" 2>"$work/out"; then
    echo "broken    $name: the patch no longer applies"; broken=$((broken + 1))
    continue
  fi
  if ! build "$project" --no-restore; then
    echo "broken    $name: it does not compile"; grep -m 3 'error' "$work/out"; broken=$((broken + 1))
  else
    run_tests "$project" "${filter[@]}"
    code=$?
    failed=$(sed -n 's/^ *failed: \([0-9][0-9]*\)$/\1/p' "$work/out" | tail -n 1)
    if [ "$code" = 0 ]; then
      echo "SURVIVED  $name: no test of $project ${filter[*]} failed"; survived=$((survived + 1))
    elif [ -z "$failed" ] || [ "$failed" = 0 ]; then
      echo "broken    $name: the tests did not run"; tail -n 5 "$work/out"; broken=$((broken + 1))
    else
      echo "caught    $name: $failed failed, $((SECONDS - began)) s"; caught=$((caught + 1))
    fi
  fi
  git checkout --quiet -- src tests
done

echo "took $SECONDS s"
echo "mutants: $caught caught, $survived survived, $broken broken"
[ "$survived" = 0 ] && [ "$broken" = 0 ] && [ "$caught" -gt 0 ]
