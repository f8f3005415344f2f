#!/usr/bin/env bash
# urql puts the items of a streamed list into the object around the list, and the list stays as short as it was at the start.
#
# Versions: @urql/core 6.0.3, graphql 17.1.0; Node 20.20.
#
# What one would expect: urql supports `@stream`, and reads the format in which an item is sent with an `id` of a pending result.
# At the end the data of a query with `@stream` are those of the same query without it.
#
# What happens: in the older format the path of a payload ends with the index of its first item. In the newer one the pending result
# has the path of the list, and items are added at the end of the list. urql applies the older rule to the newer path: it takes the
# last step, the name of the list, for the index, and writes the items as members "0", "1" and so on into the object that has the
# list. If there are more items later, they replace those of before. No error is reported. `@defer` works in the same format.
#
# Source: "Defer & Stream Directives" in docs/comparison.md and mergeResultPatch in packages/core/src/utils/result.ts of
# https://github.com/urql-graphql/urql, whose pull request 3389 added the newer format;
# https://github.com/graphql/graphql-spec/pull/1203 for this format, which graphql 17.1.0 sends.
#
# Output seen:
#   a list, without streams: {"tags":["a","b","c"]}
#   a list, with streams: {"0":"b","1":"c","tags":["a"]}
#   items one after the other, without streams: {"letters":["a","b","c"]}
#   items one after the other, with streams: {"0":"c","letters":["a"]}
#   a list of lists, without streams: {"rows":[[1,2],[3,4],[5,6]]}
#   a list of lists, with streams: {"0":[3,4],"1":[5,6],"rows":[[1,2]]}
#   a deferred field, without streams: {"shop":{"name":"Ada's"}}
#   a deferred field, with streams: {"shop":{"name":"Ada's"}}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 graphql@17.1.0
cat >run.mjs <<'JS'
import { Client, fetchExchange } from '@urql/core'
import {
  buildSchema,
  experimentalExecuteIncrementally,
  GraphQLDeferDirective,
  GraphQLSchema,
  GraphQLStreamDirective,
  parse,
} from 'graphql'

const types = buildSchema(`
  type Query { tags: [String], letters: [String], rows: [[Int]], shop: Shop }
  type Shop { name: String }
`)
const schema = new GraphQLSchema({
  ...types.toConfig(),
  directives: [...types.getDirectives(), GraphQLDeferDirective, GraphQLStreamDirective],
})
const rootValue = {
  tags: ['a', 'b', 'c'],
  async *letters() {
    for (const letter of ['a', 'b', 'c']) {
      // With a turn of the event loop in between, each item has a payload of its own.
      await new Promise((resolve) => setImmediate(resolve))
      yield letter
    }
  },
  rows: [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
  shop: { name: "Ada's" },
}

/** A server in place of fetch: it answers as graphql-js executes, with a part for each payload. */
async function answer(_url, { body }) {
  const document = parse(JSON.parse(body).query)
  const result = await experimentalExecuteIncrementally({ schema, document, rootValue })
  if (!('initialResult' in result)) return Response.json(result)
  const payloads = [result.initialResult]
  for await (const payload of result.subsequentResults) payloads.push(payload)
  const parts = payloads.map((payload) => `\r\n---\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(payload)}`)
  return new Response(`${parts.join('')}\r\n-----\r\n`, { headers: { 'content-type': 'multipart/mixed; boundary="-"' } })
}

/** The last result of an operation; those before it have `hasNext`. */
function ask(query) {
  const client = new Client({ url: 'http://localhost/graphql', exchanges: [fetchExchange], fetch: answer, preferGetMethod: false })
  return new Promise((resolve) => {
    client.query(query, {}).subscribe((result) => {
      if (!result.hasNext) resolve(result)
    })
  })
}

const STREAM = '@stream(initialCount: 1)'
const queries = {
  'a list': `{ tags ${STREAM} }`,
  'items one after the other': `{ letters ${STREAM} }`,
  'a list of lists': `{ rows ${STREAM} }`,
  'a deferred field': '{ shop { ... @defer { name } } }',
}
for (const [name, query] of Object.entries(queries)) {
  const forms = { 'without streams': query.replaceAll(STREAM, '').replaceAll('@defer', ''), 'with streams': query }
  for (const [form, text] of Object.entries(forms)) {
    const { data, error } = await ask(text)
    if (error) throw error
    console.log(`${name}, ${form}: ${JSON.stringify(data)}`)
  }
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
a list, without streams: {"tags":["a","b","c"]}
a list, with streams: {"0":"b","1":"c","tags":["a"]}
items one after the other, without streams: {"letters":["a","b","c"]}
items one after the other, with streams: {"0":"c","letters":["a"]}
a list of lists, without streams: {"rows":[[1,2],[3,4],[5,6]]}
a list of lists, with streams: {"0":[3,4],"1":[5,6],"rows":[[1,2]]}
a deferred field, without streams: {"shop":{"name":"Ada's"}}
a deferred field, with streams: {"shop":{"name":"Ada's"}}
SEEN
