#!/usr/bin/env bash
# GraphiQL drops fields that it has already shown, if a deferred fragment selects the same object again.
#
# Versions: @graphiql/react 0.39.1, which is GraphiQL 5.4.0 without its style, @graphiql/toolkit 0.12.1; graphql-yoga 5.24.1 with
# @graphql-yoga/plugin-defer-stream 3.24.1 as the server; graphql 16.15.0; Node 20.20.
#
# What one would expect: at the end the pane of the response shows the data of the same query without `@defer`.
#
# What happens: with `{ order { buyer { id } ...Names @defer } }`, and a fragment that selects `buyer { name }`, the first payload
# brings the id, and the second one the buyer with the name alone. GraphiQL merges the order, and replaces the objects in it. So the
# buyer has no id any more, and in a list the first fields of all items are gone. No error is shown, so the server seems to be wrong.
# The payloads are those of the format with `path`, which Yoga and many other servers send. In the format with `id`, which graphql
# 17 sends, a field is not sent twice.
#
# Source: mergeIncrementalResult in packages/graphiql-react/src/stores/execution.ts of https://github.com/graphql/graphiql, which
# calls set-value with `merge: true`; set-value merges one level. The pull request 1804 had merged all levels before.
#
# Output seen:
#   an object, without @defer: {"order":{"buyer":{"id":"3","name":"Ada"}}}
#   an object, with @defer: {"order":{"buyer":{"name":"Ada"}}}
#   a list, without @defer: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
#   a list, with @defer: {"order":{"lines":[{"name":"one"},{"name":"two"}]}}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts --legacy-peer-deps @graphiql/react@0.39.1 @graphiql/toolkit@0.12.1 \
  graphql@16.15.0 graphql-language-service@5.7.0 graphql-yoga@5.24.1 @graphql-yoga/plugin-defer-stream@3.24.1
cat >run.mjs <<'JS'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { createSchema, createYoga } from 'graphql-yoga'

// The part of GraphiQL that sends a query and shows its answer. It is not exported by name, because a page takes all parts.
const file = new URL('node_modules/@graphiql/react/dist/stores/execution.js', import.meta.url)
const { createExecutionSlice } = await import(file)

const order = {
  lines: [
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ],
  buyer: { id: 3, name: 'Ada' },
}
const yoga = createYoga({
  logging: false,
  plugins: [useDeferStream()],
  schema: createSchema({
    typeDefs: `type Query { order: Order } type Order { lines: [Line] buyer: Buyer }
      type Line { id: ID name: String } type Buyer { id: ID name: String }`,
    resolvers: { Query: { order: () => order } },
  }),
})
const fetcher = createGraphiQLFetcher({ url: 'http://localhost/graphql', fetch: (address, options) => yoga.fetch(address, options) })

/** What the pane of the response shows at the end. The editors hold texts only. */
async function show(query) {
  let shown
  const queryEditor = { getValue: () => query }
  const responseEditor = { setValue: (text) => (shown = text) }
  const state = { fetcher, queryEditor, responseEditor, externalFragments: new Map() }
  const set = (change) => Object.assign(state, typeof change === 'function' ? change(state) : change)
  const slice = createExecutionSlice({})(set, () => state)
  Object.assign(state, slice, { actions: { ...slice.actions, updateActiveTabValues: () => undefined } })
  await state.actions.run()
  const { data, errors } = JSON.parse(shown)
  if (errors) throw new Error(shown)
  return JSON.stringify(data)
}

for (const [name, first, second] of [
  ['an object', 'buyer { id }', 'buyer { name }'],
  ['a list', 'lines { id }', 'lines { name }'],
]) {
  const query = (directive) => `{ order { ${first} ...Names ${directive} } } fragment Names on Order { ${second} }`
  console.log(`${name}, without @defer: ${await show(query(''))}`)
  console.log(`${name}, with @defer: ${await show(query('@defer'))}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
an object, without @defer: {"order":{"buyer":{"id":"3","name":"Ada"}}}
an object, with @defer: {"order":{"buyer":{"name":"Ada"}}}
a list, without @defer: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
a list, with @defer: {"order":{"lines":[{"name":"one"},{"name":"two"}]}}
SEEN
