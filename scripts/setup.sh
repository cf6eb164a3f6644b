#!/usr/bin/env bash
# Brings the machine and the tree to where every other target can run: npm, the packages of package-lock.json with the
# pinned Node among them, and the build. Silent and quick when nothing changed. Debian and macOS (bash 3.2 there).
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# ── npm ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

apt_install() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "$* is missing, and installing it needs root: run 'apt-get install $*' as root"
    as_root=(sudo)
  fi
  say "installing $* from Debian"
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_npm() {
  if command -v apt-get >/dev/null; then
    # npm reaches its registry over TLS, and a bare Debian trusts no certificate.
    apt_install npm ca-certificates
  elif command -v brew >/dev/null; then
    say 'installing node with Homebrew'
    brew install --quiet node
  else
    fail 'npm is missing, and there is neither apt-get nor brew to install it with: install Node 18 or newer with npm'
  fi
}

command -v npm >/dev/null && command -v node >/dev/null || install_npm

# Any Node from 18 on can fetch the pinned one (Debian 12 has 18, with npm 9).
machine_node=$(node --version)
machine_major=${machine_node#v}
machine_major=${machine_major%%.*}
[ "$machine_major" -ge 18 ] || fail "Node $machine_node is too old to begin with: install Node 18 or newer with npm"

# ── packages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

pinned=$(sed -n 's/^ *"node": "\([0-9.]*\)",*$/\1/p' package.json)
bootstrap_npm=11.19.1
[ -n "$pinned" ] || fail 'package.json names no exact version of the package "node"'

# npm silently leaves out optional packages whose `engines` the Node it runs on does not meet, native parts of the tools
# among them. So the install runs on a Node that package.json allows: where the machine's is older, on the pinned one,
# fetched for the occasion.
bootstrap=''
trap '[ -z "$bootstrap" ] || rm -rf "$bootstrap"' EXIT

npm_ci() {
  if [ "$machine_major" -ge 24 ]; then
    npm ci --no-progress
    return
  fi
  bootstrap=$(mktemp -d)
  printf '{"private":true,"dependencies":{"node":"%s","npm":"%s"},"allowScripts":{"node":true}}\n' \
    "$pinned" "$bootstrap_npm" >"$bootstrap/package.json"
  (cd "$bootstrap" && npm install --no-progress --no-package-lock --no-audit --no-fund) || return
  PATH="$bootstrap/node_modules/.bin:$PATH" npm ci --no-progress
}

if ! reason=$(node scripts/setup/is-installed.js); then
  say "npm ci, since $reason"
  log=$(mktemp)
  if ! npm_ci >"$log" 2>&1; then
    # Engine warnings speak of the machine's Node, which only begins the install.
    grep -v 'EBADENGINE' "$log" >&2 || true
    rm -f "$log"
    fail 'npm ci failed'
  fi
  rm -f "$log"
  reason=$(node scripts/setup/is-installed.js) || fail "npm ci ended well, and yet $reason"
fi

installed=$(node_modules/.bin/node --version 2>/dev/null || true)
[ "$installed" = "v$pinned" ] || fail \
  "node_modules/.bin/node is '${installed:-missing}', not v$pinned: its install script did not run" \
  "(npm's ignore-scripts, or allowScripts in package.json); 'npm rebuild node --ignore-scripts=false' runs it"

# ── what only the tests need ────────────────────────────────────────────────────────────────────────────────────────

# It may fail, and those tests with it. The package is called as its program on Debian and with Homebrew $2.
install_for_tests() {
  # Debian keeps servers where the PATH of many users does not reach.
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] && return
  if command -v apt-get >/dev/null; then
    # RUNLEVEL keeps Debian from starting a server of its own on the usual port.
    (RUNLEVEL=1 apt_install "$1") && return
  elif command -v brew >/dev/null; then
    say "installing $2 with Homebrew"
    brew install --quiet "$2" && return
  fi
  say "$1 is missing: tests with it will fail, or compare with less"
}

install_for_tests redis-server redis
# With promtool; and a browser for the console.
install_for_tests prometheus prometheus
install_for_tests chromium chromium
# Others that read HTTP, to compare ourselves with.
install_for_tests nginx nginx
install_for_tests haproxy haproxy

# ── build ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export PATH="$PWD/node_modules/.bin:$PATH"
stamp=dist/.built-from
inputs=$(node scripts/setup/build-inputs.js)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$inputs" ]; then
  say 'building'
  mkdir -p dist
  rm -f "$stamp"
  begun=$(mktemp)
  npm run -s build || fail 'the build failed'
  # Only now, and only what this build did not write: a gateway that runs from dist never finds it empty, and what
  # belongs to a deleted source does not stay importable.
  find dist -type f ! -newer "$begun" -delete
  rm -f "$begun"
  printf '%s\n' "$inputs" >"$stamp"
fi
