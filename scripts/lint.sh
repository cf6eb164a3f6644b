#!/usr/bin/env bash
# Runs every check, or those that are named, and fails at the end when one did: one run shows all there is to mend.
# With LINT_REPORT set, writes "<check> passed|failed" lines to that file.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

all=(format lint types imports generated unused)

check_format() { prettier --log-level warn --check .; }
check_lint() { oxlint; }
check_types() {
  local project failed=0
  for project in tsconfig.json load/tsconfig.json load/bench/tsconfig.json load/perf/tsconfig.json \
    load/k6/tsconfig.json; do
    tsc --noEmit -p "$project" || failed=1
  done
  return "$failed"
}
check_imports() {
  # The cruiser refuses a folder that is not there.
  local trees=() folder
  for folder in apps libs examples load test; do
    [ -d "$folder" ] && trees+=("$folder")
  done
  depcruise --config .dependency-cruiser.js --output-type err-long "${trees[@]}"
}
check_generated() { bash scripts/generate.sh --check; }
check_unused() { knip --no-progress --no-config-hints; }

passed=()
failed=()
for name in ${@:-"${all[@]}"}; do
  if ! declare -F "check_$name" >/dev/null; then
    echo "lint: no check is called '$name'; there are: ${all[*]}" >&2
    exit 2
  fi
  began=$SECONDS
  if output=$("check_$name" 2>&1); then
    result=passed
    passed+=("$name")
    # A check that passes is worth one line.
    output=''
  else
    result=failed
    failed+=("$name")
  fi
  [ -z "$output" ] || printf '%s\n' "$output"
  printf 'lint: %-10s %s (%d s)\n' "$name" "$result" $((SECONDS - began))
  [ -z "${LINT_REPORT:-}" ] || echo "$name $result" >>"$LINT_REPORT"
done

if [ "${#failed[@]}" -gt 0 ]; then
  echo "lint: ${failed[*]} failed"
  exit 1
fi
