#!/usr/bin/env bash
# The HTTP executor of GraphQL Tools shows each item of a list twice, if a deferred fragment selects the list again.
#
# Versions: @graphql-tools/executor-http 3.4.1, @graphql-tools/utils 12.1.0 (13.1.3 does the same); graphql-yoga 5.24.1 with
# @graphql-yoga/plugin-defer-stream 3.24.1 as the server; @apollo/client 4.3.8 for comparison; graphql 16.15.0; Node 20.20.
#
# What one would expect: `{ order { lines { id } ...Names @defer } }`, with a fragment that selects `lines { name }`, ends with the
# data of the same query without `@defer`. Components that each have a fragment on one object select the same list often.
#
# What happens: the server sends the list in the first payload, and once more in the payload of the deferred fragment, as this
# format of the incremental delivery allows. Objects of both payloads are merged member by member. Lists are joined one after the
# other. So an order of two lines becomes one of four: two lines have an id, and two others have a name. A list of texts has each
# text twice. No error is reported. The executor is that of stitched schemas, of GraphQL Mesh and of the loader for addresses.
# Apollo Client reads the same payloads right.
#
# Source: https://the-guild.dev/graphql/tools/docs/remote-schemas; setObjectKeyPath in packages/utils/src/mergeIncrementalResult.ts
# of https://github.com/ardatan/graphql-tools calls mergeDeep, which joins lists unless an option asks for something else.
#
# Output seen:
#   a list of objects: {"order":{"lines":[{"id":"1"},{"id":"2"},{"name":"one"},{"name":"two"}]}}
#     without @defer: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
#     Apollo Client: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
#   a list of texts: {"order":{"tags":["red","blue","red","blue"]}}
#     without @defer: {"order":{"tags":["red","blue"]}}
#     Apollo Client: {"order":{"tags":["red","blue"]}}
#   an object: {"order":{"buyer":{"id":"3","name":"Ada"}}}
#     without @defer: {"order":{"buyer":{"id":"3","name":"Ada"}}}
#     Apollo Client: {"order":{"buyer":{"id":"3","name":"Ada"}}}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql@16.15.0 graphql-yoga@5.24.1 @graphql-yoga/plugin-defer-stream@3.24.1 \
  @graphql-tools/executor-http@3.4.1 @graphql-tools/utils@12.1.0 @apollo/client@4.3.8 rxjs@7.8.2
cat >run.mjs <<'JS'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { Defer20220824Handler } from '@apollo/client/incremental'
import { buildHTTPExecutor } from '@graphql-tools/executor-http'
import { parse } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'

const order = {
  tags: ['red', 'blue'],
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
    typeDefs: `type Query { order: Order } type Order { tags: [String] lines: [Line] buyer: Buyer }
      type Line { id: ID name: String } type Buyer { id: ID name: String }`,
    resolvers: { Query: { order: () => order } },
  }),
})
const endpoint = 'http://localhost/graphql'
const fetch = (address, options) => yoga.fetch(address, options)
const execute = buildHTTPExecutor({ endpoint, fetch })

async function lastResult(text) {
  const result = await execute({ document: parse(text) })
  if (!(Symbol.asyncIterator in result)) return result
  let last
  for await (const part of result) last = structuredClone(part)
  return last
}

async function apolloResult(text) {
  const link = new HttpLink({ uri: endpoint, fetch })
  const client = new ApolloClient({ cache: new InMemoryCache(), link, incrementalHandler: new Defer20220824Handler() })
  const { data } = await client.query({ query: parse(text), fetchPolicy: 'no-cache' })
  return data
}

/** Apollo Client adds the names of the types. */
const show = (data) => JSON.stringify(data, (key, value) => (key === '__typename' ? undefined : value))

for (const [name, first, second] of [
  ['a list of objects', 'lines { id }', 'lines { name }'],
  ['a list of texts', 'tags', 'tags'],
  ['an object', 'buyer { id }', 'buyer { name }'],
]) {
  const query = (directive) => `{ order { ${first} ...Second ${directive} } } fragment Second on Order { ${second} }`
  const { data, errors } = await lastResult(query('@defer'))
  if (errors) throw new Error('There is an error')
  console.log(`${name}: ${show(data)}`)
  console.log(`  without @defer: ${show((await lastResult(query(''))).data)}`)
  console.log(`  Apollo Client: ${show(await apolloResult(query('@defer')))}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
a list of objects: {"order":{"lines":[{"id":"1"},{"id":"2"},{"name":"one"},{"name":"two"}]}}
  without @defer: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
  Apollo Client: {"order":{"lines":[{"id":"1","name":"one"},{"id":"2","name":"two"}]}}
a list of texts: {"order":{"tags":["red","blue","red","blue"]}}
  without @defer: {"order":{"tags":["red","blue"]}}
  Apollo Client: {"order":{"tags":["red","blue"]}}
an object: {"order":{"buyer":{"id":"3","name":"Ada"}}}
  without @defer: {"order":{"buyer":{"id":"3","name":"Ada"}}}
  Apollo Client: {"order":{"buyer":{"id":"3","name":"Ada"}}}
SEEN
