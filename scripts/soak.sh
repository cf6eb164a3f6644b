#!/usr/bin/env bash
# The long forms of what the upstream client and the edge are held against, one after the other, or those that are named.
# Each prints its result when it is over. Ctrl-C ends the one that runs, and everything it has started.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

# Jest in ESM; .npmrc says it where npm is between.
export NODE_OPTIONS=--experimental-vm-modules

# In this shell's group, so that a Ctrl-C reaches them as well; what ends this shell alone is passed on.
running=''
stop() {
  trap - INT TERM
  [ -z "$running" ] || { kill -TERM "$running" 2>/dev/null || true; wait "$running" 2>/dev/null || true; }
  echo 'soak: ended before its time' >&2
  exit 130
}
trap stop INT TERM

run() {
  "$@" &
  running=$!
  wait "$running"
  running=''
}

responses() { UPSTREAM_CLIENT_RESPONSES=100000 run jest test/e2e/upstream-client-differential; }
exchanges() { UPSTREAM_CLIENT_EXCHANGES=1000000 run jest test/e2e/upstream-client-desynchronisation; }
heads() { REQUEST_HEADS=100000 run jest test/conformance/request-heads; }
leak() { NODE_OPTIONS='' run node --expose-gc load/upstream-client/leak.ts 30; }

for part in "${@:-responses exchanges heads leak}"; do
  for name in $part; do
    case "$name" in
      responses | exchanges | heads | leak) ;;
      *)
        echo "soak: no part is called '$name'; there are: responses exchanges heads leak" >&2
        exit 2
        ;;
    esac
    began=$SECONDS
    echo "soak: $name, $(date '+%F %T')"
    "$name"
    echo "soak: $name took $((SECONDS - began)) s"
  done
done
