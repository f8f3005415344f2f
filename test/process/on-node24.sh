#!/usr/bin/env bash
# Runs a command on Node 24, the release the image runs, whatever Node is installed:
#   on-node24.sh [command...]        the test suite when no command is given
# Ends as the command ends, or with 69 (sysexits.h: unavailable) when Node 24 cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly MAJOR=24
readonly UNAVAILABLE=69
# Below node_modules, so that every tool ignores it and the next npm ci deletes it.
readonly folder="$PWD/node_modules/.cache/node-$MAJOR"

# The package `node` picks the right binary in an install script, which npm may forbid. The package that it picks has the
# same name everywhere, and no script.
find_or_fetch() {
  if [[ "$(node -p 'process.versions.node.split(".")[0]')" == "$MAJOR" ]]; then
    dirname "$(command -v node)"
    return
  fi
  local package bin
  package="node-$(node -p '`${process.platform}-${process.arch}`')"
  bin="$folder/node_modules/$package/bin"
  if [[ ! -x "$bin/node" ]]; then
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --no-package-lock --ignore-scripts --loglevel=error "$package@$MAJOR" >&2 || return
  fi
  [[ "$("$bin/node" -p 'process.versions.node.split(".")[0]')" == "$MAJOR" ]] || return
  echo "$bin"
}

if ! bin="$(find_or_fetch)"; then
  echo "Node $MAJOR: not to be had from the package registry here, so nothing was run on it."
  exit "$UNAVAILABLE"
fi

export PATH="$bin:$PATH"
if [[ $# -eq 0 ]]; then
  set -- node node_modules/vitest/vitest.mjs run --config test/vitest.config.ts
fi
echo "Node $(node -p process.versions.node): $*"
exec "$@"
