#!/usr/bin/env bash
# Apollo Client loses the items of a streamed list that lies in another streamed list, and shows the inner list empty.
#
# Versions: @apollo/client 4.3.8, graphql 17.1.0, rxjs 7.8.2; Node 20.20.
#
# What one would expect: at the end the data of a query with `@stream` and `@defer` are those of the same query without them.
#
# What happens: an item of the outer list brings the first items of its own list, and the server announces more of them in the same
# payload. The handler notes how many items a streamed list has only in the first payload and in those of `@defer`. For a list that
# arrived in an item of a stream it has no number, so it adds the next items at the position NaN, and at the end it cuts the list to
# nothing: also the items that it had already shown are gone. No error is reported. A list in a deferred fragment has the same
# fate, if another part of the query selects its object too: then the payload has a `subPath`, which the handler leaves out when it
# looks for the list.
#
# Source: https://www.apollographql.com/docs/react/data/directives#stream; `handle` in src/incremental/handlers/graphql17Alpha9.ts,
# where streamPositions is set; https://github.com/graphql/graphql-spec/pull/1203 for the format, which graphql 17.1.0 sends.
#
# Output seen:
#   list in the data, without streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
#   list in the data, with streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
#   list in a streamed item, without streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
#   list in a streamed item, with streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":[]}]
#   list in a deferred object, without streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
#   list in a deferred object, with streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
#   list in a deferred part of an object, without streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
#   list in a deferred part of an object, with streams: {"best":{"id":"3","tags":[]}}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/client@4.3.8 graphql@17.1.0 rxjs@7.8.2
cat >run.mjs <<'JS'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental'
import {
  buildSchema,
  experimentalExecuteIncrementally,
  GraphQLDeferDirective,
  GraphQLSchema,
  GraphQLStreamDirective,
  parse,
} from 'graphql'

const types = buildSchema(`
  type Query { books: [Book], shop: Shop }
  type Shop { best: Book }
  type Book { id: ID, tags: [String] }
`)
const schema = new GraphQLSchema({
  ...types.toConfig(),
  directives: [...types.getDirectives(), GraphQLDeferDirective, GraphQLStreamDirective],
})
const createBook = (id) => ({ id, tags: [`${id}a`, `${id}b`, `${id}c`] })
const rootValue = { books: [createBook('1'), createBook('2')], shop: { best: createBook('3') } }

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

const STREAM = '@stream(initialCount: 1)'
const queries = {
  'list in the data': `{ books { id tags ${STREAM} } }`,
  'list in a streamed item': `{ books ${STREAM} { id tags ${STREAM} } }`,
  'list in a deferred object': `{ shop { ... @defer { best { id tags ${STREAM} } } } }`,
  'list in a deferred part of an object': `{ shop { best { id } ... @defer { best { tags ${STREAM} } } } }`,
}
const withoutTypes = (value) => JSON.stringify(value, (key, member) => (key === '__typename' ? undefined : member))
for (const [name, query] of Object.entries(queries)) {
  const forms = { 'without streams': query.replaceAll(STREAM, '').replaceAll('@defer', ''), 'with streams': query }
  for (const [form, text] of Object.entries(forms)) {
    const client = new ApolloClient({
      link: new HttpLink({ uri: 'http://localhost/graphql', fetch: answer }),
      cache: new InMemoryCache(),
      incrementalHandler: new GraphQL17Alpha9Handler(),
    })
    const { data } = await client.query({ query: gql(text) })
    console.log(`${name}, ${form}: ${withoutTypes(data.books ?? data.shop)}`)
  }
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
list in the data, without streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
list in the data, with streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
list in a streamed item, without streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":["2a","2b","2c"]}]
list in a streamed item, with streams: [{"id":"1","tags":["1a","1b","1c"]},{"id":"2","tags":[]}]
list in a deferred object, without streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
list in a deferred object, with streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
list in a deferred part of an object, without streams: {"best":{"id":"3","tags":["3a","3b","3c"]}}
list in a deferred part of an object, with streams: {"best":{"id":"3","tags":[]}}
SEEN
