#!/usr/bin/env bash
# URLSearchParams of Node loses letters that are not ASCII, if a percent sign beside them encodes nothing.
#
# Versions: Node 20.20.2 and 24.22.3; whatwg-url 15.1.0, which follows the standard, for comparison.
#
# What one would expect: by the URL standard any text can be parsed. A percent sign without two hexadecimal digits behind it
# stays as it is, and letters that are not ASCII are read as their UTF-8.
#
# What happens: a name or value that has such a percent sign, an encoded byte and another letter loses the letter: U+FFFD comes in
# its place, without an error. One of the three alone is read well. The searchParams of a URL are right, because letters are encoded
# before; a search that a program cuts out of an address by itself, and passes to URLSearchParams, is not.
#
# Source: https://url.spec.whatwg.org/#concept-urlencoded-parser. In Node the parser decodes with the module querystring, which
# takes one byte of each letter (unescapeBuffer) where decodeURIComponent throws.
#
# Output seen, of both versions of Node:
#   "a=U+e9%41%": Node "U+fffdA%", by URL "U+e9A%", whatwg-url "U+e9A%"
#   "a=U+65e5%41%": Node "U+fffdA%", by URL "U+65e5A%", whatwg-url "U+65e5A%"
#   "a=U+e9%41": Node "U+e9A", by URL "U+e9A", whatwg-url "U+e9A"
#   "a=U+e9%": Node "U+e9%", by URL "U+e9%", whatwg-url "U+e9%"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts whatwg-url@15.1.0 "$node24@24.22.3"
cat >run.mjs <<'JS'
import whatwg from 'whatwg-url'

const show = (value) =>
  JSON.stringify(value).replace(/[^ -~]/g, (letter) => `U+${letter.charCodeAt(0).toString(16)}`)
for (const text of ['a=\u00e9%41%', 'a=\u65e5%41%', 'a=\u00e9%41', 'a=\u00e9%']) {
  const url = new URL(`http://localhost/?${text}`)
  console.log(
    `${show(text)}: Node ${show(new URLSearchParams(text).get('a'))}, by URL ${show(url.searchParams.get('a'))}, ` +
      `whatwg-url ${show(new whatwg.URLSearchParams(text).get('a'))}`,
  )
}
JS
for program in node "node_modules/$node24/bin/node"; do
  "$program" --version
  "$program" run.mjs | tee seen
  diff seen - <<'SEEN'
"a=U+e9%41%": Node "U+fffdA%", by URL "U+e9A%", whatwg-url "U+e9A%"
"a=U+65e5%41%": Node "U+fffdA%", by URL "U+65e5A%", whatwg-url "U+65e5A%"
"a=U+e9%41": Node "U+e9A", by URL "U+e9A", whatwg-url "U+e9A"
"a=U+e9%": Node "U+e9%", by URL "U+e9%", whatwg-url "U+e9%"
SEEN
done
