#!/usr/bin/env bash
# Runs every generator: the compiled <room>/generate/main.js of an app. Each writes its own files; with --check it
# writes nothing and fails when one is stale.
set -euo pipefail
cd "$(dirname "$0")/.."

shopt -s nullglob
failed=0
for source in apps/*/src/*/generate/main.ts; do
  app=${source#apps/}
  app=${app%%/*}
  node "dist/apps/$app/${source%.ts}.js" "$@" || failed=1
done
exit "$failed"
