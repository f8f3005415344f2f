#!/usr/bin/env bash
# structured-headers writes some numbers and texts as invalid header fields, and the receiver drops the whole field.
#
# Versions: structured-headers 2.1.0, structured-field-values 2.0.4 for comparison; Node 20.20.
#
# What one would expect: a number that is no integer is rounded to three digits after the point, and a decimal always has at least
# one of them. In a display string each byte of a control character is written with two hexadecimal digits.
#
# What happens: a number that rounds to an integer is written with nothing after the point, as "3.". Calculations make such
# numbers, for example 0.1 * 3 * 10. A tab or a line end is written with one digit, as "%a". No error is thrown. The parser of the
# same package refuses both. A receiver has to ignore a field that cannot be parsed, so all other members of the field are lost
# with it.
#
# Source: RFC 9651, sections 4.1.5 (step 8), 4.1.11 and 4.2; serializeDecimal and serializeDisplayString in src/serializer.ts.
#
# Output seen:
#   load=0.1 * 3: structured-headers load=0.3 (read back), structured-field-values load=0.3
#   load=0.1 * 3 * 10: structured-headers load=3. (not read back), structured-field-values load=3.0
#   load=0.0004: structured-headers load=0. (not read back), structured-field-values load=0.0
#   a display string "one\ntwo": %"one%atwo" (not read back)
#   a display string "tab\tbed": %"tab%9bed" (not read back)
#   a display string "50 %": %"50 %25" (read back)
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund structured-headers@2.1.0 structured-field-values@2.0.4
cat >run.mjs <<'JS'
import { encodeDict } from 'structured-field-values'
import { DisplayString, parseDictionary, parseItem, serializeDictionary, serializeItem } from 'structured-headers'

const readBack = (read, text) => {
  try {
    read(text)
    return 'read back'
  } catch {
    return 'not read back'
  }
}

for (const [name, load] of [
  ['0.1 * 3', 0.1 * 3],
  ['0.1 * 3 * 10', 0.1 * 3 * 10],
  ['0.0004', 0.0004],
]) {
  const text = serializeDictionary({ load })
  const other = encodeDict({ load })
  console.log(`load=${name}: structured-headers ${text} (${readBack(parseDictionary, text)}), structured-field-values ${other}`)
}
for (const words of ['one\ntwo', 'tab\tbed', '50 %']) {
  const text = serializeItem(new DisplayString(words))
  console.log(`a display string ${JSON.stringify(words)}: ${text} (${readBack(parseItem, text)})`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
load=0.1 * 3: structured-headers load=0.3 (read back), structured-field-values load=0.3
load=0.1 * 3 * 10: structured-headers load=3. (not read back), structured-field-values load=3.0
load=0.0004: structured-headers load=0. (not read back), structured-field-values load=0.0
a display string "one\ntwo": %"one%atwo" (not read back)
a display string "tab\tbed": %"tab%9bed" (not read back)
a display string "50 %": %"50 %25" (read back)
SEEN
