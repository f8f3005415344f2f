#!/usr/bin/env bash
# urql mixes up two queries with different variables, and answers the second with the result of the first.
#
# Versions: @urql/core 6.0.3, @urql/exchange-graphcache 9.0.2, graphql 16.15.0; Node 20.20.
#
# What one would expect: the documentation says that each unique request, by its query and its variables, has a cached result.
#
# What happens: the key of a request is a hash of 32 bits, and nothing compares the variables themselves. The hash multiplies by
# 33 and adds the next letter. So two texts have one key as soon as a letter is one higher and the next letter 33 lower: "1Q" and
# "20", "Ab" and "BA". Codes of capital letters and digits (article numbers, ULIDs) have many such pairs. The second query is not
# sent, and its caller gets the data of the first without an error. Graphcache stores fields by their arguments, but it tells
# running requests apart by the key, so it mixes up two that run at the same time. With a literal instead of a variable, urql
# sends the first query again instead of the second. UUIDs and plain numbers have no such pairs.
#
# Source: https://github.com/urql-graphql/urql/blob/main/docs/basics/document-caching.md; phash in src/utils/hash.ts.
#
# Output seen:
#   keys of A1Q and A20: equal
#   1 to 5000 in base 36: 1840 have the key of an earlier one
#   document cache, A1Q then A20: "A1Q" "A1Q", sent 1
#   graphcache, both at once: "A1Q" "A1Q", sent 1
#   literals, A1Q then A20: "A1Q" "A1Q", sent 2
#   document cache, A1Q then A21: "A1Q" "A21", sent 2
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { cacheExchange, Client, createRequest, fetchExchange } from '@urql/core'
import { cacheExchange as graphcache } from '@urql/exchange-graphcache'
import { buildSchema, graphql } from 'graphql'

const schema = buildSchema('type Query { name(code: String!): String! }')
const QUERY = 'query ($code: String!) { name(code: $code) }'
let sent = 0
const fetch = async (_url, { body }) => {
  sent += 1
  const { query: source, variables: variableValues } = JSON.parse(body)
  const answer = await graphql({ schema, source, variableValues, rootValue: { name: ({ code }) => code } })
  return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } })
}
const open = (cache, requestPolicy) =>
  new Client({ url: 'http://localhost/', fetch, preferGetMethod: false, requestPolicy, exchanges: [cache, fetchExchange] })
const tell = (name, results) => {
  console.log(`${name}: ${results.map(({ data }) => JSON.stringify(data.name)).join(' ')}, sent ${sent}`)
  sent = 0
}

const keyOf = (code) => createRequest(QUERY, { code }).key
console.log(`keys of A1Q and A20: ${keyOf('A1Q') === keyOf('A20') ? 'equal' : 'different'}`)
const codes = Array.from({ length: 5000 }, (_, index) => (index + 1).toString(36).toUpperCase())
const count = codes.length - new Set(codes.map(keyOf)).size
console.log(`1 to 5000 in base 36: ${count} have the key of an earlier one`)
const inTurn = async (name, client, codes, ask) => {
  const results = []
  for (const code of codes) results.push(await ask(client, code))
  tell(name, results)
}
const byVariable = (client, code) => client.query(QUERY, { code })
await inTurn('document cache, A1Q then A20', open(cacheExchange), ['A1Q', 'A20'], byVariable)
const client = open(graphcache())
tell('graphcache, both at once', await Promise.all(['A1Q', 'A20'].map((code) => byVariable(client, code))))
await inTurn('literals, A1Q then A20', open(cacheExchange, 'network-only'), ['A1Q', 'A20'], (client, code) =>
  client.query(`{ name(code: "${code}") }`, {}),
)
await inTurn('document cache, A1Q then A21', open(cacheExchange), ['A1Q', 'A21'], byVariable)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
keys of A1Q and A20: equal
1 to 5000 in base 36: 1840 have the key of an earlier one
document cache, A1Q then A20: "A1Q" "A1Q", sent 1
graphcache, both at once: "A1Q" "A1Q", sent 1
literals, A1Q then A20: "A1Q" "A1Q", sent 2
document cache, A1Q then A21: "A1Q" "A21", sent 2
SEEN
