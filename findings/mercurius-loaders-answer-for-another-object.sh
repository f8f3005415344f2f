#!/usr/bin/env bash
# Loaders of Mercurius give objects the result of another object, if their JSON is the same, and fields the result of another alias.
#
# Versions: mercurius 16.10.1 with single-user-cache 2.1.0, fastify 5.12.8, graphql 16.15.0; Node 20.20.
#
# What one would expect: a loader is called with one query for each object. The objects may be what the other resolvers take:
# instances of a class, whose members are private or come from a getter. `info` is passed to loaders with `cache: false`, so that a
# loader can find out which fields are selected.
#
# What happens: objects with equal JSON count as one, and the loader is called with the first of them only. The JSON of a class with
# private members, of a Map and of an object whose toJSON hides something is the same for all, so every user gets the name of the
# first one. No error is reported. The documentation says that without the cache nothing is serialized, but queries of one tick are
# joined in the same way with `cache: false`. There `info` is not part of the key either: of two aliases of a field, which select
# different fields of the same object, the loader sees the first. DataLoader takes two objects as two keys.
#
# Source: docs/loaders.md of https://github.com/mercurius-js/mercurius; serialize and defineLoader in its index.js; add in index.js of
# https://github.com/mcollina/single-user-cache. The pull request 630 brought `info`, and says why it is not part of the key.
#
# Output seen, of two users with the ids 1 and 2:
#   plain objects: name of 1, name of 2
#   instances with a private member: name of 1, name of 1
#   instances with a private member, cache: false: name of 1, name of 1
#   instances of Map: name of 1, name of 1
#   objects with a getter in the prototype: name of 1, name of 1
#   two aliases, cache: false: {"a":{"city":"city"},"b":{"street":null}}
#   one alias, cache: false: {"b":{"street":"street"}}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mercurius@16.10.1 single-user-cache@2.1.0 fastify@5.12.8 graphql@16.15.0
cat >run.mjs <<'JS'
import Fastify from 'fastify'
import mercurius from 'mercurius'

class User {
  #id
  constructor(id) {
    this.#id = id
  }
  get id() {
    return this.#id
  }
}

async function ask(options, query) {
  const app = Fastify()
  app.register(mercurius, options)
  const { body } = await app.inject({ method: 'POST', url: '/graphql', payload: { query } })
  await app.close()
  const { data, errors } = JSON.parse(body)
  if (errors) throw new Error(body)
  return data
}

const idOf = (user) => (user instanceof Map ? user.get('id') : user.id)
for (const [name, createUser, opts] of [
  ['plain objects', (id) => ({ id }), {}],
  ['instances with a private member', (id) => new User(id), {}],
  ['instances with a private member, cache: false', (id) => new User(id), { cache: false }],
  ['instances of Map', (id) => new Map([['id', id]]), {}],
  ['objects with a getter in the prototype', (id) => Object.create({ get id() { return id } }), {}],
]) {
  const schema = 'type Query { users: [User] } type User { name: String }'
  const resolvers = { Query: { users: () => [createUser(1), createUser(2)] } }
  const loader = async (queries) => queries.map(({ obj }) => `name of ${idOf(obj)}`)
  const { users } = await ask({ schema, resolvers, loaders: { User: { name: { loader, opts } } } }, '{ users { name } }')
  console.log(`${name}: ${users.map((user) => user.name).join(', ')}`)
}

const schema = 'type Query { user: User } type User { address: Address } type Address { street: String city: String }'
const resolvers = { Query: { user: () => ({ id: 1 }) } }
const selected = ({ fieldNodes }) => fieldNodes[0].selectionSet.selections.map((each) => each.name.value)
/** Reads the selected columns only. */
const loader = async (queries) => queries.map(({ info }) => Object.fromEntries(selected(info).map((name) => [name, name])))
const loaders = { User: { address: { loader, opts: { cache: false } } } }
const b = 'b: address { street }'
const two = await ask({ schema, resolvers, loaders }, `{ user { a: address { city } ${b} } }`)
console.log(`two aliases, cache: false: ${JSON.stringify(two.user)}`)
const one = await ask({ schema, resolvers, loaders }, `{ user { ${b} } }`)
console.log(`one alias, cache: false: ${JSON.stringify(one.user)}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
plain objects: name of 1, name of 2
instances with a private member: name of 1, name of 1
instances with a private member, cache: false: name of 1, name of 1
instances of Map: name of 1, name of 1
objects with a getter in the prototype: name of 1, name of 1
two aliases, cache: false: {"a":{"city":"city"},"b":{"street":null}}
one alias, cache: false: {"b":{"street":"street"}}
SEEN
