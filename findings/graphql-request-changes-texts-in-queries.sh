#!/usr/bin/env bash
# graphql-request changes the texts in a query that it sends by GET: commas go, spaces are joined, and "#" cuts the query off.
#
# Versions: graphql-request 7.4.0, graphql 16.15.0; Node 20.20.
#
# What one would expect: what a client leaves out to make an address shorter means nothing in GraphQL: spaces, commas and comments
# between tokens. What stands in quotes stays.
#
# What happens: with `method: 'GET'`, in `request` and in `batchRequests`, every run of spaces, line ends, commas and comments
# becomes one space, also inside texts. A search for "Smith, John" is sent as one for "Smith John", and two spaces become one: the
# query is valid, so the server answers another question, without an error. From a "#" in a text on, the rest of the line is
# taken for a comment and is missing. A block string loses its lines. By POST the query is sent as it is, and variables are never
# changed.
#
# Source: https://spec.graphql.org/September2025/#sec-String-Value; cleanQuery in src/legacy/lib/graphql.ts. urql had the same
# fault and mended it: https://github.com/urql-graphql/urql/pull/1851.
#
# Output seen:
#   GET "Smith, John": arrives as "Smith John"
#   GET "two  spaces": arrives as "two spaces"
#   GET "unit #5": arrives as a syntax error
#   GET """one\n\ntwo""": arrives as "one two"
#   GET "Smith, John" as a variable: arrives as "Smith, John"
#   POST "Smith, John": arrives as "Smith, John"
#   POST "two  spaces": arrives as "two  spaces"
#   POST "unit #5": arrives as "unit #5"
#   POST """one\n\ntwo""": arrives as "one\n\ntwo"
#   POST "Smith, John" as a variable: arrives as "Smith, John"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-request@7.4.0 graphql@16.15.0
cat >run.mjs <<'JS'
import { buildSchema, graphql } from 'graphql'
import { GraphQLClient } from 'graphql-request'

const schema = buildSchema('type Query { echo(text: String!): String! }')
const rootValue = { echo: ({ text }) => text }
const asked = ({ searchParams }) => ({
  query: searchParams.get('query'),
  variables: JSON.parse(searchParams.get('variables') ?? '{}'),
})
async function answer(address, { body }) {
  const { query: source, variables: variableValues } = body ? JSON.parse(body) : asked(new URL(address))
  const result = await graphql({ schema, source, variableValues, rootValue })
  return new Response(JSON.stringify(result), { headers: { 'content-type': 'application/json' } })
}

for (const method of ['GET', 'POST']) {
  const client = new GraphQLClient('http://localhost/', { method, fetch: answer })
  const tell = async (name, ...request) => {
    const seen = await client.request(...request).then(
      ({ echo }) => JSON.stringify(echo),
      ({ response }) => (response.errors[0].message.startsWith('Syntax Error') ? 'a syntax error' : 'another error'),
    )
    console.log(`${method} ${name}: arrives as ${seen}`)
  }
  for (const text of ['"Smith, John"', '"two  spaces"', '"unit #5"', '"""one\n\ntwo"""']) {
    await tell(text.replaceAll('\n', '\\n'), `{ echo(text: ${text}) }`)
  }
  const variables = { text: 'Smith, John' }
  await tell('"Smith, John" as a variable', 'query ($text: String!) { echo(text: $text) }', variables)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
GET "Smith, John": arrives as "Smith John"
GET "two  spaces": arrives as "two spaces"
GET "unit #5": arrives as a syntax error
GET """one\n\ntwo""": arrives as "one two"
GET "Smith, John" as a variable: arrives as "Smith, John"
POST "Smith, John": arrives as "Smith, John"
POST "two  spaces": arrives as "two  spaces"
POST "unit #5": arrives as "unit #5"
POST """one\n\ntwo""": arrives as "one\n\ntwo"
POST "Smith, John" as a variable: arrives as "Smith, John"
SEEN
