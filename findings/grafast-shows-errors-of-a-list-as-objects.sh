#!/usr/bin/env bash
# Grafast shows an error among the items of a list as an object, or as null; DataLoader's loadMany returns such lists.
#
# Versions: grafast 1.1.3, graphql 16.15.0, dataloader 2.2.3; Node 20.20.
#
# What one would expect: Grafast runs a schema that has resolvers as graphql-js does. A resolver may return a list in which an error
# stands for an item that could not be loaded. graphql-js makes null of this item and reports the error with its path. `loadMany` of
# DataLoader returns such lists: values and errors.
#
# What happens: Grafast reports the error of a single value, but not that of an item. If the type is an object type, the error is
# taken for the object: the item has the name "Error", and a field `message` would show the text of the error as data. In a list of
# non-null items, where graphql-js makes the whole list null, the same happens. If the type is an interface or a union, the item is
# null, and no error is reported.
#
# Source: https://grafast.org/grafast/getting-started/existing-schema, whose requirements are met here; the README of DataLoader
# about loadMany; flagErrorIfError in grafast/src/steps/graphqlResolver.ts, which looks at what a resolver returns, and not at its
# items; completeValue in src/execution/execute.ts of graphql-js.
#
# Output seen:
#   user, graphql-js: {"user":null}, errors: user "no user 2"
#   user, Grafast: {"user":null}, errors: user "no user 2"
#   users, graphql-js: {"users":[{"id":"1","name":"Ada"},null]}, errors: users.1 "no user 2"
#   users, Grafast: {"users":[{"id":"1","name":"Ada"},{"id":null,"name":"Error"}]}, errors: none
#   allUsers, graphql-js: {"allUsers":null}, errors: allUsers.1 "no user 2"
#   allUsers, Grafast: {"allUsers":[{"id":"1","name":"Ada"},{"id":null,"name":"Error"}]}, errors: none
#   nodes, graphql-js: {"nodes":[{"id":"1"},null]}, errors: nodes.1 "no user 2"
#   nodes, Grafast: {"nodes":[{"id":"1"},null]}, errors: none
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund grafast@1.1.3 graphql@16.15.0 dataloader@2.2.3
cat >run.mjs <<'JS'
import DataLoader from 'dataloader'
import { grafast } from 'grafast'
import { buildSchema, graphql } from 'graphql'

const schema = buildSchema(`
  type Query { user: User, users: [User], allUsers: [User!], nodes: [Node] }
  interface Node { id: ID }
  type User implements Node { id: ID, name: String }
`)
const ADA = { __typename: 'User', id: '1', name: 'Ada' }

let loader
const resolvers = {
  user: () => loader.load('2'),
  users: () => loader.loadMany(['1', '2']),
  allUsers: () => loader.loadMany(['1', '2']),
  nodes: () => loader.loadMany(['1', '2']),
}
for (const [name, resolve] of Object.entries(resolvers)) schema.getQueryType().getFields()[name].resolve = resolve

const queries = {
  user: '{ user { id name } }',
  users: '{ users { id name } }',
  allUsers: '{ allUsers { id name } }',
  nodes: '{ nodes { id } }',
}
const engines = { 'graphql-js': graphql, Grafast: grafast }
for (const [name, source] of Object.entries(queries)) {
  for (const [engine, run] of Object.entries(engines)) {
    loader = new DataLoader((ids) => Promise.resolve(ids.map((id) => (id === '1' ? ADA : new Error(`no user ${id}`)))))
    const { data, errors = [] } = await run({ schema, source, contextValue: {} })
    const list = errors.map(({ path, message }) => `${path.join('.')} "${message}"`)
    console.log(`${name}, ${engine}: ${JSON.stringify(data)}, errors: ${list.join(', ') || 'none'}`)
  }
}
JS
GRAPHILE_ENV=production node run.mjs | tee seen
diff seen - <<'SEEN'
user, graphql-js: {"user":null}, errors: user "no user 2"
user, Grafast: {"user":null}, errors: user "no user 2"
users, graphql-js: {"users":[{"id":"1","name":"Ada"},null]}, errors: users.1 "no user 2"
users, Grafast: {"users":[{"id":"1","name":"Ada"},{"id":null,"name":"Error"}]}, errors: none
allUsers, graphql-js: {"allUsers":null}, errors: allUsers.1 "no user 2"
allUsers, Grafast: {"allUsers":[{"id":"1","name":"Ada"},{"id":null,"name":"Error"}]}, errors: none
nodes, graphql-js: {"nodes":[{"id":"1"},null]}, errors: nodes.1 "no user 2"
nodes, Grafast: {"nodes":[{"id":"1"},null]}, errors: none
SEEN
