#!/usr/bin/env bash
# The gql of Apollo returns an earlier query for one that differs from it in the spaces or commas of a text only.
#
# Versions: graphql-tag 2.12.7 and @apollo/client 4.3.8, which uses it; the gql of @urql/core 6.0.3, which is right; rxjs 7.8.2,
# graphql 16.15.0; Node 20.20.
#
# What one would expect: gql`{ search(text: "a b") { id } }` is the query that is written there. In GraphQL spaces and commas mean
# nothing between tokens, but what stands in quotes stays.
#
# What happens: gql keeps each document that it has parsed, and finds it again by the source with each run of spaces and commas made
# one space, in quotes as well. So the second of two such queries is not parsed: gql returns the first one. Apollo Client sends the
# first text, and shows its answer from the cache in place of that of the second. Lists in texts ("name,asc"), addresses, patterns and
# block strings are the usual cases. It depends on which of the two modules of an app is loaded first. Variables are not changed.
#
# Source: GraphQL specification, 2.1.7 and 2.9.4; normalize in src/index.ts of https://github.com/apollographql/graphql-tag, whose
# pull request 189 of 2018 has a test that fails, and no correction.
#
# Output seen:
#   graphql-tag: "name,asc" "name,asc" "name,asc"
#   @apollo/client: "name,asc" "name,asc" "name,asc"
#   @urql/core: "name,asc" "name asc" "name,  asc"
#   Apollo Client asks for "name,asc" and "name asc": 1 request, answers "by name,asc" and "by name,asc"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-tag@2.12.7 @apollo/client@4.3.8 rxjs@7.8.2 @urql/core@6.0.3 graphql@16.15.0
cat >run.mjs <<'JS'
import { ApolloClient, ApolloLink, gql as gqlOfApollo, InMemoryCache } from '@apollo/client'
import { gql as gqlOfUrql } from '@urql/core'
import { gql as gqlOfTag } from 'graphql-tag'
import { of } from 'rxjs'

const textOf = (document) => document.definitions[0].selectionSet.selections[0].arguments[0].value.value

for (const [name, gql] of [['graphql-tag', gqlOfTag], ['@apollo/client', gqlOfApollo], ['@urql/core', gqlOfUrql]]) {
  const documents = [gql`{ list(sort: "name,asc") }`, gql`{ list(sort: "name asc") }`, gql`{ list(sort: "name,  asc") }`]
  console.log(`${name}: ${documents.map((document) => JSON.stringify(textOf(document))).join(' ')}`)
}

let requests = 0
const link = new ApolloLink(({ query }) => {
  requests += 1
  return of({ data: { list: `by ${textOf(query)}` } })
})
const client = new ApolloClient({ cache: new InMemoryCache(), link })
const first = await client.query({ query: gqlOfApollo`query { list(sort: "name,asc") }` })
const second = await client.query({ query: gqlOfApollo`query { list(sort: "name asc") }` })
console.log(
  `Apollo Client asks for "name,asc" and "name asc": ${requests} request, ` +
    `answers "${first.data.list}" and "${second.data.list}"`,
)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
graphql-tag: "name,asc" "name,asc" "name,asc"
@apollo/client: "name,asc" "name,asc" "name,asc"
@urql/core: "name,asc" "name asc" "name,  asc"
Apollo Client asks for "name,asc" and "name asc": 1 request, answers "by name,asc" and "by name,asc"
SEEN
