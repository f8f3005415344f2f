#!/usr/bin/env bash
# Relay treats an argument that is null as one that is left out, in the query that it sends and in its store, and shows wrong data.
#
# Versions: relay-runtime and relay-compiler 21.0.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: by the GraphQL specification an argument that is null and one that is left out are two things. With
# `tasks(state: State = OPEN)`, `tasks` asks for the open tasks, and `tasks(state: null)` for those of every state.
#
# What happens: the compiler removes a literal null from the query, so the server answers another question. With a variable the
# server gets the null, but Relay leaves it out of the key of the field. Two lists come, and Relay shows one of them twice; builds
# for development warn of that. The store answers a query for all tasks with the open ones, without a request and without an
# error. A null inside an object stays: `tasks(filter: { state: null })` has a key of its own.
#
# Source: https://spec.graphql.org/September2025/#sec-Null-Value; formatStorageKey in store/RelayStoreUtils.js leaves out what is
# null.
#
# Output seen:
#   compiled, open: tasks all: tasks(state: null): open: tasks all: tasks
#   the server's answer with a variable: {"open":["a"],"all":["a","b"]}
#   what Relay shows of it: {"open":["a","b"],"all":["a","b"]}
#   open, then all from the store: {"tasks":["a"]}, sent 1
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund relay-runtime@21.0.1 relay-compiler@21.0.1 graphql@16.15.0
mkdir src
cat >schema.graphql <<'GRAPHQL'
enum State { OPEN CLOSED }
type Query { tasks(state: State = OPEN): [String!]! }
GRAPHQL
cat >src/queries.js <<'JS'
import { graphql } from 'relay-runtime'
graphql`query queriesOpenQuery { tasks }`
graphql`query queriesAllQuery($state: State) { tasks(state: $state) }`
graphql`query queriesLiteralQuery { open: tasks all: tasks(state: null) }`
graphql`query queriesBothQuery($state: State) { open: tasks all: tasks(state: $state) }`
JS
echo '{ "src": "src", "schema": "schema.graphql", "language": "javascript", "eagerEsModules": true }' >relay.config.json
npx relay-compiler >compiled 2>&1 || { cat compiled; exit 1; }
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { buildSchema, graphql } from 'graphql'
import relay from 'relay-runtime'
import allQuery from './src/__generated__/queriesAllQuery.graphql.js'
import bothQuery from './src/__generated__/queriesBothQuery.graphql.js'
import literalQuery from './src/__generated__/queriesLiteralQuery.graphql.js'
import openQuery from './src/__generated__/queriesOpenQuery.graphql.js'

const { Environment, fetchQuery, Network, RecordSource, Store } = relay
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const tasks = ({ state }) => (state === 'OPEN' ? ['a'] : state === 'CLOSED' ? ['b'] : ['a', 'b'])
let sent = 0
let answer
const ask = async ({ text }, variableValues) => {
  sent += 1
  answer = await graphql({ schema, source: text, variableValues, rootValue: { tasks } })
  return { data: { ...answer.data } }
}
const open = () => new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) })

const fields = literalQuery.params.text.match(/{([^}]*)}/)[1].trim().replace(/\s+/g, ' ')
console.log(`compiled, open: tasks all: tasks(state: null): ${fields}`)

const both = await fetchQuery(open(), bothQuery, { state: null }).toPromise()
console.log(`the server's answer with a variable: ${JSON.stringify(answer.data)}`)
console.log(`what Relay shows of it: ${JSON.stringify(both)}`)

sent = 0
const environment = open()
await fetchQuery(environment, openQuery, {}).toPromise()
const all = await fetchQuery(environment, allQuery, { state: null }, { fetchPolicy: 'store-or-network' }).toPromise()
console.log(`open, then all from the store: ${JSON.stringify(all)}, sent ${sent}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
compiled, open: tasks all: tasks(state: null): open: tasks all: tasks
the server's answer with a variable: {"open":["a"],"all":["a","b"]}
what Relay shows of it: {"open":["a","b"],"all":["a","b"]}
open, then all from the store: {"tasks":["a"]}, sent 1
SEEN
