#!/usr/bin/env bash
# The caches of Apollo Client and urql take two large ids in the text of a query for one, and show one object in place of the other.
#
# Versions: @apollo/client 4.3.8, rxjs 7.8.2, @urql/core 6.0.3, @urql/exchange-graphcache 9.0.2, graphql 16.15.0; Node 20.20.
#
# What one would expect: an ID may be written as a whole number of any size. The query is sent as text, so the server gets every
# digit, and two ids are two arguments. Ids of many services have 64 bits, and are larger than JavaScript counts exactly.
#
# What happens: both caches make a JavaScript number of the literal, to build the key of the field. From 2^53 on, numbers that
# follow each other become one. The second query is not sent, and its caller gets the first object, with its id. In a query with
# both, the server answers right, and the cache shows one answer twice. Nothing warns. As a text in quotes, or as a variable with a
# text, the id is right. The document cache of urql compares the text of the query, and is right.
#
# Source: https://spec.graphql.org/September2025/#sec-ID.Input-Coercion; valueToObjectRepresentation of Apollo Client calls
# Number, valueFromASTUntyped of @0no-co/graphql.web parseInt.
#
# Output seen:
#   Apollo Client, ids as numbers: 1234567890123456768 1234567890123456768, sent 1
#   Apollo Client, both in one query: 1234567890123456769 1234567890123456769, sent 1
#   Apollo Client, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
#   Graphcache, ids as numbers: 1234567890123456768 1234567890123456768, sent 1
#   Graphcache, both in one query: 1234567890123456769 1234567890123456769, sent 1
#   Graphcache, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
#   document cache of urql, ids as numbers: 1234567890123456768 1234567890123456769, sent 2
#   document cache of urql, both in one query: 1234567890123456768 1234567890123456769, sent 1
#   document cache of urql, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/client@4.3.8 rxjs@7.8.2 @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { cacheExchange, Client, fetchExchange } from '@urql/core'
import { cacheExchange as graphcache } from '@urql/exchange-graphcache'
import { buildSchema, graphql } from 'graphql'

const schema = buildSchema('type Query { item(id: ID!): Item! } type Item { id: ID! }')
const rootValue = { item: ({ id }) => ({ id }) }
let sent = 0
async function fetch(_address, { body }) {
  sent += 1
  const answer = await graphql({ schema, rootValue, source: JSON.parse(body).query })
  return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } })
}
const uri = 'http://localhost/'
const clients = {
  'Apollo Client': () => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri, fetch }) })
    return (query) => client.query({ query: gql(query) })
  },
  ...Object.fromEntries(
    Object.entries({ Graphcache: () => graphcache(), 'document cache of urql': () => cacheExchange }).map(([name, open]) => [
      name,
      () => {
        const client = new Client({ url: uri, fetch, preferGetMethod: false, exchanges: [open(), fetchExchange] })
        return (query) => client.query(query, {})
      },
    ]),
  ),
}

const [one, two] = ['1234567890123456768', '1234567890123456769']
const cases = {
  'ids as numbers': [`{ item(id: ${one}) { id } }`, `{ item(id: ${two}) { id } }`],
  'both in one query': [`{ item(id: ${one}) { id } second: item(id: ${two}) { id } }`],
  'ids in quotes': [`{ item(id: "${one}") { id } }`, `{ item(id: "${two}") { id } }`],
}
for (const [name, open] of Object.entries(clients)) {
  for (const [what, queries] of Object.entries(cases)) {
    const ask = open()
    sent = 0
    const shown = []
    for (const query of queries) {
      const { data } = await ask(query)
      shown.push(data.item.id, ...(data.second ? [data.second.id] : []))
    }
    console.log(`${name}, ${what}: ${shown.join(' ')}, sent ${sent}`)
  }
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
Apollo Client, ids as numbers: 1234567890123456768 1234567890123456768, sent 1
Apollo Client, both in one query: 1234567890123456769 1234567890123456769, sent 1
Apollo Client, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
Graphcache, ids as numbers: 1234567890123456768 1234567890123456768, sent 1
Graphcache, both in one query: 1234567890123456769 1234567890123456769, sent 1
Graphcache, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
document cache of urql, ids as numbers: 1234567890123456768 1234567890123456769, sent 2
document cache of urql, both in one query: 1234567890123456768 1234567890123456769, sent 1
document cache of urql, ids in quotes: 1234567890123456768 1234567890123456769, sent 2
SEEN
