#!/usr/bin/env bash
# Apollo Server ignores the cache hint of a type whose objects a field returns as an interface or a union, and lets them be cached.
#
# Versions: @apollo/server 5.5.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: by the documentation the most restrictive hint of an answer counts, and a hint at a type holds for every
# field that returns objects of this type. An answer with a Price, for which the schema allows 5 seconds, may be cached for 5
# seconds at most.
#
# What happens: the hint is taken from the type that the schema gives to the field. If this is an interface or a union, the types of
# the objects themselves are never looked at. As soon as the interface has a hint, which it needs to be cached at all, it replaces
# those of its types. The price is cached for an hour, here and in every cache in front of the server. A search or a Relay `node` field returns such types. To have the hint obeyed, its
# resolver has to call `info.cacheControl.cacheHint.restrict(info.cacheControl.cacheHintFromType(type))`.
#
# Source: https://www.apollographql.com/docs/apollo-server/performance/caching, "Type-level definitions"; willResolveField in
# packages/server/src/plugin/cacheControl/index.ts of https://github.com/apollographql/apollo-server. A maintainer says in
# https://github.com/apollographql/federation-jvm/pull/133 that it is not implemented; the documentation does not.
#
# Output seen:
#   { price { amount } }: max-age=5, public
#   { item { ... on Price { amount } } }: max-age=3600, public
#   { items { ... on Price { amount } } }: max-age=3600, public
#   { any { ... on Price { amount } } }: max-age=3600, public
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/server@5.5.1 graphql@16.15.0
cat >run.mjs <<'JS'
import { ApolloServer, HeaderMap } from '@apollo/server'

const typeDefs = `
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  interface Item @cacheControl(maxAge: 3600) { id: ID }
  type Price implements Item @cacheControl(maxAge: 5) { id: ID amount: Int }
  union Any @cacheControl(maxAge: 3600) = Price
  type Query { price: Price item: Item items: [Item] any: Any }
`
const price = { __typename: 'Price', id: '1', amount: 3 }
const Query = {
  price: () => price,
  item: () => price,
  items: () => [price],
  any: () => price,
}
const server = new ApolloServer({ typeDefs, resolvers: { Query } })
await server.start()

for (const query of [
  '{ price { amount } }',
  '{ item { ... on Price { amount } } }',
  '{ items { ... on Price { amount } } }',
  '{ any { ... on Price { amount } } }',
]) {
  const headers = new HeaderMap([['content-type', 'application/json']])
  const httpGraphQLRequest = { method: 'POST', headers, body: { query }, search: '' }
  const answer = await server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => ({}) })
  if (!/amount":3/.test(answer.body.string)) throw new Error(answer.body.string)
  console.log(`${query}: ${answer.headers.get('cache-control')}`)
}
await server.stop()
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
{ price { amount } }: max-age=5, public
{ item { ... on Price { amount } } }: max-age=3600, public
{ items { ... on Price { amount } } }: max-age=3600, public
{ any { ... on Price { amount } } }: max-age=3600, public
SEEN
