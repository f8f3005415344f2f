#!/usr/bin/env bash
# json-with-bigint renames the members of an object that look like a bigint of JavaScript: "7n" becomes "7nn".
#
# Versions: json-with-bigint 3.5.12; Node 20.20.2, and 24.22.3, where it does not happen; json-bigint 1.0.0, lossless-json 4.3.3 and
# when-json-met-bigint 0.27.0 for comparison, which are right.
#
# What one would expect: JSONParse returns what JSON.parse returns, but large integers as bigints with all their digits. What is parsed
# and written again is the same JSON.
#
# What happens: where the engine cannot show the digits of a number to a reviver (Node 20), JSONParse marks large integers in the
# source as texts that end with n. So that texts of this form stay texts, it adds another n to each of them first, and removes it
# afterwards: from values only. It is added to the names of members as well, and stays there. Every pass through JSONParse and
# JSONStringify adds one more, whether there is a large number in the JSON or not. Zones of a grid ("32n") and numbers of nights
# ("7n") are such names. With Node 24 the same program is right.
#
# Source: RFC 8259, section 4; bigIntsStringify and noiseValue in json-with-bigint.js. Issue 12 of
# https://github.com/Ivan-Korolenko/json-with-bigint is about values, and led to the n that is added.
#
# Output seen:
#   Node 20, json-with-bigint: {"6n":"6n","7n":7} => {"6nn":"6n","7nn":7} => {"6nnn":"6n","7nnn":7}
#   Node 20, json-with-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7nn":7} => {"id":9007199254740993,"7nnn":7}
#   Node 20, json-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
#   Node 20, lossless-json: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
#   Node 20, when-json-met-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
#   Node 24, json-with-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
system="$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts json-with-bigint@3.5.12 json-bigint@1.0.0 lossless-json@4.3.3 \
  when-json-met-bigint@0.27.0 "node20@npm:node-$system@20.20.2" "node24@npm:node-$system@24.22.3"
cat >run.mjs <<'JS'
import createJsonBigint from 'json-bigint'
import { JSONParse, JSONStringify } from 'json-with-bigint'
import * as lossless from 'lossless-json'
import { JSONB } from 'when-json-met-bigint'

const jsonBigint = createJsonBigint({ useNativeBigInt: true })
const packages = {
  'json-with-bigint': [JSONParse, JSONStringify],
  'json-bigint': [jsonBigint.parse, jsonBigint.stringify],
  'lossless-json': [lossless.parse, lossless.stringify],
  'when-json-met-bigint': [JSONB.parse, JSONB.stringify],
}
const node = `Node ${process.version.slice(1, 3)}`
const SMALL = '{"6n":"6n","7n":7}'
const LARGE = '{"id":9007199254740993,"7n":7}'
for (const [name, json] of [['json-with-bigint', SMALL], ...Object.keys(packages).map((each) => [each, LARGE])]) {
  const [parse, stringify] = packages[name]
  const once = stringify(parse(json))
  console.log(`${node}, ${name}: ${json} => ${once} => ${stringify(parse(once))}`)
}
JS
node_modules/node20/bin/node run.mjs | tee seen
node_modules/node24/bin/node run.mjs | sed -n 2p | tee -a seen
diff seen - <<'SEEN'
Node 20, json-with-bigint: {"6n":"6n","7n":7} => {"6nn":"6n","7nn":7} => {"6nnn":"6n","7nnn":7}
Node 20, json-with-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7nn":7} => {"id":9007199254740993,"7nnn":7}
Node 20, json-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
Node 20, lossless-json: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
Node 20, when-json-met-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
Node 24, json-with-bigint: {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7} => {"id":9007199254740993,"7n":7}
SEEN
