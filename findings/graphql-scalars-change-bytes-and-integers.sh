#!/usr/bin/env bash
# Scalars of graphql-scalars change values: Byte reads hexadecimal as base64, and PositiveInt makes 1 of 1e21.
#
# Versions: graphql-scalars 2.0.0 (1.25.0 does the same), graphql 16.15.0; Node 20.20.
#
# What one would expect: Byte accepts hexadecimal and base64, so the hexadecimal form of a hash gives the bytes of the hash.
# PositiveInt and the like refuse a number that is no integer, as Int does, and as SafeInt of the same package does.
#
# What happens: Byte parses a text in pieces of 8 digits, prints each piece, and compares the result with the text. A piece that
# begins with 0 is printed shorter, and capital letters are printed small; then the text does not count as hexadecimal. If its
# length is a multiple of 4, it is read as base64 instead, without an error. More than a third of all SHA-256 hashes become 48
# other bytes, and in capital letters all of them do. PositiveInt, NonNegativeInt, UnsignedInt, NegativeInt and NonPositiveInt
# check the number, and then call parseInt, which reads the beginning of its text: 2.9 becomes 2, and 1e21 and 1e-7 become 1, in
# variables and in results.
#
# Source: hexValidator in src/scalars/Byte.ts, processValue in src/scalars/utilities.ts. Issue 1790 of
# https://github.com/graphql-hive/graphql-scalars reports a hexadecimal text that is refused; its length allows no base64.
#
# Output seen:
#   Byte, SHA-256 in small letters: 6233 right, 3767 changed, 0 refused
#   Byte, SHA-256 in capital letters: 0 right, 10000 changed, 0 refused
#   Byte, SHA-256 as base64: 10000 right, 0 changed, 0 refused
#   PositiveInt: 2.9 becomes 2, 1e21 becomes 1, 1e-7 becomes 1
#   SafeInt: 2.9 is refused, 1e21 is refused, 1e-7 is refused
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-scalars@2.0.0 graphql@16.15.0
cat >run.mjs <<'JS'
import { createHash } from 'node:crypto'
import { graphqlSync, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { GraphQLByte, GraphQLPositiveInt, GraphQLSafeInt } from 'graphql-scalars'

/** What a resolver gets for a variable, or undefined where the variable is refused. */
function receive(type, value) {
  let received
  const echo = {
    type: GraphQLString,
    args: { value: { type } },
    resolve: (_root, args) => {
      received = args.value
    },
  }
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { echo } }) })
  graphqlSync({ schema, source: `query ($value: ${type.name}) { echo(value: $value) }`, variableValues: { value } })
  return received
}

const forms = {
  'in small letters': (hash) => hash.toString('hex'),
  'in capital letters': (hash) => hash.toString('hex').toUpperCase(),
  'as base64': (hash) => hash.toString('base64'),
}
for (const [name, write] of Object.entries(forms)) {
  const counts = { right: 0, changed: 0, refused: 0 }
  for (let number = 0; number < 10_000; number += 1) {
    const hash = createHash('sha256').update(String(number)).digest()
    const received = receive(GraphQLByte, write(hash))
    counts[received === undefined ? 'refused' : hash.equals(received) ? 'right' : 'changed'] += 1
  }
  const { right, changed, refused } = counts
  console.log(`Byte, SHA-256 ${name}: ${right} right, ${changed} changed, ${refused} refused`)
}
for (const type of [GraphQLPositiveInt, GraphQLSafeInt]) {
  const seen = ['2.9', '1e21', '1e-7'].map((text) => {
    const received = receive(type, Number(text))
    return `${text} ${received === undefined ? 'is refused' : `becomes ${received}`}`
  })
  console.log(`${type.name}: ${seen.join(', ')}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
Byte, SHA-256 in small letters: 6233 right, 3767 changed, 0 refused
Byte, SHA-256 in capital letters: 0 right, 10000 changed, 0 refused
Byte, SHA-256 as base64: 10000 right, 0 changed, 0 refused
PositiveInt: 2.9 becomes 2, 1e21 becomes 1, 1e-7 becomes 1
SafeInt: 2.9 is refused, 1e21 is refused, 1e-7 is refused
SEEN
