#!/usr/bin/env bash
# The parser of urql loses the first line of a block string, so a query is sent with another text.
#
# Versions: @0no-co/graphql.web 1.3.4, @urql/core 6.0.3, which parses and prints every query with it; graphql 16.15.0 for
# comparison; Node 20.20.
#
# What one would expect: by the GraphQL specification a block string consists of all its lines but the empty ones at its start and
# its end, and the first line keeps its indentation.
#
# What happens: if text follows the opening quotes, and a later line is indented, everything before the next line with text is
# lost, without an error. If the block string is one line, its indentation is lost: the printer moves the text to a line of its
# own, where its indentation counts as common to all lines.
#
# Source: https://spec.graphql.org/September2025/#BlockStringValue(); blockString in src/parser.ts, where the number 0 of the
# first line counts as "not found yet".
#
# Output seen:
#   """first\n  second""": graphql "first\nsecond", sent by urql "second"
#   """first\n\n  second\n  third""": graphql "first\n\nsecond\nthird", sent by urql "second\nthird"
#   """   first""": graphql "   first", sent by urql "first"
#   """\n  first\n  second\n""": graphql "first\nsecond", sent by urql "first\nsecond"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 @0no-co/graphql.web@1.3.4 graphql@16.15.0
cat >run.mjs <<'JS'
import { Client, fetchExchange, gql } from '@urql/core'
import { parse, valueFromASTUntyped } from 'graphql'

const textOf = (query) =>
  JSON.stringify(valueFromASTUntyped(parse(query).definitions[0].selectionSet.selections[0].arguments[0].value))
let sent
const fetch = async (_url, { body }) => {
  sent = textOf(JSON.parse(body).query)
  return new Response('{"data":{"note":true}}', { headers: { 'content-type': 'application/json' } })
}
const client = new Client({ url: 'http://localhost/', fetch, preferGetMethod: false, exchanges: [fetchExchange] })

for (const block of ['first\n  second', 'first\n\n  second\n  third', '   first', '\n  first\n  second\n']) {
  const query = `mutation { note(text: """${block}""") }`
  await client.mutation(gql(query), {})
  console.log(`"""${block.replaceAll('\n', '\\n')}""": graphql ${textOf(query)}, sent by urql ${sent}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
"""first\n  second""": graphql "first\nsecond", sent by urql "second"
"""first\n\n  second\n  third""": graphql "first\n\nsecond\nthird", sent by urql "second\nthird"
"""   first""": graphql "   first", sent by urql "first"
"""\n  first\n  second\n""": graphql "first\nsecond", sent by urql "first\nsecond"
SEEN
