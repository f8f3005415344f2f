#!/usr/bin/env bash
# js-yaml 5 writes one of a hundred short commit hashes in a form that the package yaml reads as the number infinity.
#
# Versions: js-yaml 5.5.0 and 4.1.1, yaml 2.9.1; Node 20.20.
#
# What one would expect: a text that looks like a number is written in quotes, so that readers get the text back. The writer of
# js-yaml 5 has a schema of its own for that, which by its comment quotes every text that YAML 1.1 or 1.2 takes for another type.
#
# What happens: since version 5 js-yaml reads a number that is too large for JavaScript as a text. This saves a hash like 12e4567
# that stands without quotes. But the writer asks the same rules, finds no number, and writes the text without quotes; version 4
# writes the quotes. By the core schema of YAML 1.2 it is a number, whatever its size, and the package yaml makes Infinity of it,
# and null in JSON. Hashes of seven digits, as `git rev-parse --short` gives them, have this form in one of a hundred cases, so an
# image tag or a version is lost now and then. js-yaml reads its own text back, so its tests show nothing. `forceQuotes: true` of
# the writer avoids it.
#
# Source: https://yaml.org/spec/1.2.2/#1032-tag-resolution; the comment at DUMP_SCHEMA and resolveYamlFloat in js-yaml. Issue 737
# of https://github.com/nodeca/js-yaml and issue 657 of https://github.com/eemeli/yaml are about reading such texts without quotes.
#
# Output seen:
#   js-yaml 5.5.0, 12e45: tag: '12e45', read by yaml: 12e45
#   js-yaml 5.5.0, 12e4567: tag: 12e4567, read by yaml: Infinity, read by js-yaml: 12e4567
#   js-yaml 5.5.0, 12e4567 with forceQuotes: tag: '12e4567', read by yaml: 12e4567
#   js-yaml 4.1.1, 12e4567: tag: '12e4567', read by yaml: 12e4567
#   yaml 2.9.1, 12e4567: tag: "12e4567", read by yaml: 12e4567
#   100000 short hashes, written by js-yaml 5.5.0 and read by yaml: 999 changed
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund js-yaml-5@npm:js-yaml@5.5.0 js-yaml-4@npm:js-yaml@4.1.1 yaml@2.9.1
cat >run.mjs <<'JS'
import { createHash } from 'node:crypto'
import four from 'js-yaml-4'
import * as five from 'js-yaml-5'
import YAML from 'yaml'

const tell = (name, text) => {
  const { tag } = YAML.parse(text)
  const own = typeof tag === 'string' ? '' : `, read by js-yaml: ${five.load(text).tag}`
  console.log(`${name}: ${text.trim()}, read by yaml: ${tag}${own}`)
}
tell('js-yaml 5.5.0, 12e45', five.dump({ tag: '12e45' }))
tell('js-yaml 5.5.0, 12e4567', five.dump({ tag: '12e4567' }))
tell('js-yaml 5.5.0, 12e4567 with forceQuotes', five.dump({ tag: '12e4567' }, { forceQuotes: true }))
tell('js-yaml 4.1.1, 12e4567', four.dump({ tag: '12e4567' }))
tell('yaml 2.9.1, 12e4567', YAML.stringify({ tag: '12e4567' }))

const COUNT = 100_000
const hashes = Array.from({ length: COUNT }, (_, index) => createHash('sha1').update(`${index}`).digest('hex').slice(0, 7))
const read = YAML.parse(five.dump(hashes))
const changed = hashes.filter((hash, index) => read[index] !== hash).length
console.log(`${COUNT} short hashes, written by js-yaml 5.5.0 and read by yaml: ${changed} changed`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
js-yaml 5.5.0, 12e45: tag: '12e45', read by yaml: 12e45
js-yaml 5.5.0, 12e4567: tag: 12e4567, read by yaml: Infinity, read by js-yaml: 12e4567
js-yaml 5.5.0, 12e4567 with forceQuotes: tag: '12e4567', read by yaml: 12e4567
js-yaml 4.1.1, 12e4567: tag: '12e4567', read by yaml: 12e4567
yaml 2.9.1, 12e4567: tag: "12e4567", read by yaml: 12e4567
100000 short hashes, written by js-yaml 5.5.0 and read by yaml: 999 changed
SEEN
