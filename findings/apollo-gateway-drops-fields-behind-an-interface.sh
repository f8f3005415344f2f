#!/usr/bin/env bash
# Apollo Gateway drops the fields of a fragment on an object type that is spread in a fragment on its interface, without an error.
#
# Versions: @apollo/gateway 2.14.4, @apollo/composition 2.14.4, @apollo/server 5.5.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: `user { ...OfNode }` with `fragment OfNode on Node { id ... on User { name } }` has the name, because each
# user is a User. The subgraph answers so, and the gateway gets the name from it.
#
# What happens: the gateway asks for no `__typename` where the schema says what the object is. When it makes the answer, it has to
# decide whether the object is a User. Behind the fragment on Node it compares User with Node only, and has forgotten that the field
# returns a User. So it leaves the fields out. With `__typename` in the query, or where the field returns the interface, the answer is
# whole. Apollo Client adds `__typename` to each query; clients that do not, and tests with plain queries, lose data.
#
# Source: GraphQL specification, 6.3.2; typeConditionApplies in gateway-js/src/resultShaping.ts of
# https://github.com/apollographql/federation. Issue 2587 of https://github.com/apollographql/router reported the same of the Router
# in 2023, and that the gateway of that time was right.
#
# Output seen:
#   { user { ...OfNode } }: {"id":"1"}
#   { user { id ... on Node { ... on User { name } } } }: {"id":"1"}
#   { user { ... on Node { id } ... on User { name } } }: {"id":"1","name":"Ada"}
#   { user { __typename ...OfNode } }: {"__typename":"User","id":"1","name":"Ada"}
#   { node { ...OfNode } }: {"id":"1","name":"Ada"}
#   what the subgraph sent for the first: {"id":"1","name":"Ada"}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps @apollo/gateway@2.14.4 @apollo/composition@2.14.4 @apollo/server@5.5.1 \
  graphql@16.15.0
cat >run.mjs <<'JS'
import { composeServices } from '@apollo/composition'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { buildSchema, graphql, parse } from 'graphql'

const sdl = `
  type Query { user: User node: Node }
  interface Node { id: ID! }
  type User implements Node { id: ID! name: String }
`
const schema = buildSchema(sdl)
const user = { __typename: 'User', id: '1', name: 'Ada' }
const ask = (source) => graphql({ schema, source, rootValue: { user, node: user } })

const { supergraphSdl } = composeServices([{ name: 'users', url: 'http://users.example/', typeDefs: parse(sdl) }])
const logger = { debug() {}, info() {}, warn() {}, error: console.error }
const received = []
const users = {
  async process({ request }) {
    const { data } = await ask(request.query)
    received.push(data)
    return { data }
  },
}
const gateway = new ApolloGateway({ supergraphSdl, logger, buildService: () => users })
const server = new ApolloServer({ gateway, logger })
await server.start()

const FRAGMENT = 'fragment OfNode on Node { id ... on User { name } }'
const withFragment = (query) => (query.includes('...OfNode') ? `${query} ${FRAGMENT}` : query)
const show = ({ data, errors }) => JSON.stringify(errors ?? data.user ?? data.node)
for (const query of [
  '{ user { ...OfNode } }',
  '{ user { id ... on Node { ... on User { name } } } }',
  '{ user { ... on Node { id } ... on User { name } } }',
  '{ user { __typename ...OfNode } }',
  '{ node { ...OfNode } }',
]) {
  const { body } = await server.executeOperation({ query: withFragment(query) })
  console.log(`${query}: ${show(body.singleResult)}`)
}
console.log(`what the subgraph sent for the first: ${show({ data: received[0] })}`)
await server.stop()
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
{ user { ...OfNode } }: {"id":"1"}
{ user { id ... on Node { ... on User { name } } } }: {"id":"1"}
{ user { ... on Node { id } ... on User { name } } }: {"id":"1","name":"Ada"}
{ user { __typename ...OfNode } }: {"__typename":"User","id":"1","name":"Ada"}
{ node { ...OfNode } }: {"id":"1","name":"Ada"}
what the subgraph sent for the first: {"id":"1","name":"Ada"}
SEEN
