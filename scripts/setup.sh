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

# Any Node from 18 on can carry out the install (Debian 12 has 18, with npm 9): the pinned one arrives by it.
machine_node=$(node --version)
major=${machine_node#v}
major=${major%%.*}
[ "$major" -ge 18 ] || fail "Node $machine_node is too old to run npm for this lock-file: install Node 18 or newer"

# ── packages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

npm_ci() {
  # npm 8 and older read the lock-file but not the .npmrc keys that its entries rely on.
  local npm_version
  npm_version=$(npm --version 2>/dev/null)
  if [ "${npm_version%%.*}" -ge 9 ]; then
    npm ci --no-progress "$@"
  else
    npx --yes npm@10 ci --no-progress "$@"
  fi
}

pinned=$(sed -n 's/^ *"node": "\([0-9.]*\)",*$/\1/p' package.json)
[ -n "$pinned" ] || fail 'package.json names no exact version of the package "node"'

if ! reason=$(node scripts/setup/is-installed.js); then
  say "npm ci, since $reason"
  log=$(mktemp)
  # Engine warnings speak of the machine's Node, which only carries out the install.
  if npm_ci >"$log" 2>&1; then
    grep -E '^added ' "$log" || true
    rm -f "$log"
  else
    grep -v 'EBADENGINE' "$log" >&2 || true
    rm -f "$log"
    fail 'npm ci failed'
  fi
fi

installed=$(node_modules/.bin/node --version 2>/dev/null || true)
[ "$installed" = "v$pinned" ] || fail \
  "node_modules/.bin/node is '${installed:-missing}', not v$pinned: its install script did not run" \
  "(npm's ignore-scripts, or allowScripts in package.json); 'npm rebuild node --ignore-scripts=false' runs it"

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
