#!/usr/bin/env bash
# GQty answers for one object with the data of another, because it names a field with arguments by six letters of a hash.
#
# Versions: gqty 3.6.0, graphql 16.15.0; Node 20.20.
#
# What one would expect: `query.project({ id: '2864' })` is the project 2864, whatever was asked for before.
#
# What happens: GQty gives each field with arguments an alias, which is a SHA-256 of the name and the arguments, cut to six
# characters. If the first digit of the hash is none of a to f, a letter comes before it, so only five digits are left. The alias is also the only key
# of the field in the cache. So two ids with one alias are one place: the second is answered from the cache with the object of the
# first, without a request and without an error. Of a few thousand objects that one page or one server process has shown, some are
# the wrong ones: here 8 of the ids from 1000 to 5999. Within one query both fields are one, too, and both show the first object. With
# `cachePolicy: 'no-store'` the field is right, and so it is with a long alias, by the option `aliasLength`.
#
# Source: the option aliasLength in Client/index.d.ts of https://github.com/gqty-dev/gqty has a default of 6, is described as a way to
# shorten queries, and is to be raised "when collisions occur"; nothing reports that one did. getChild in Selection.mjs returns the
# selection that has the alias, without comparing its arguments.
#
# Output seen:
#   by default: 8 of 5000 projects wrong, 4992 requests; the first: 2864 is "project 1449"
#   in one query: 1449 is "project 1449", 2864 is "project 1449"
#   with no-store: 1449 is "project 1449", 2864 is "project 2864"
#   aliasLength 32: 0 of 5000 projects wrong, 5000 requests
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund gqty@3.6.0 graphql@16.15.0
cat >run.mjs <<'JS'
import { Cache, createClient } from 'gqty'
import { buildSchema, graphql } from 'graphql'

const schema = buildSchema('type Query { project(id: ID!): Project } type Project { id: ID!, name: String! }')
const rootValue = { project: ({ id }) => ({ id, name: `project ${id}` }) }
let requests = 0
async function fetcher({ query, variables }) {
  requests += 1
  return await graphql({ schema, source: query, variableValues: variables, rootValue })
}

const createGqty = (options) =>
  createClient({
    schema: {
      query: { __typename: { __type: 'String!' }, project: { __type: 'Project', __args: { id: 'ID!' } } },
      mutation: {},
      subscription: {},
      Project: { __typename: { __type: 'String!' }, id: { __type: 'ID!' }, name: { __type: 'String!' } },
    },
    scalars: { ID: true, String: true },
    cache: new Cache(undefined, { maxAge: Infinity, staleWhileRevalidate: 0, normalization: true }),
    fetchOptions: { fetcher },
    ...options,
  })
const readName = async (gqty, id, options) => await gqty.resolve(({ query }) => query.project({ id }).name, options)
const show = (ids, names) => ids.map((id, index) => `${id} is "${names[index]}"`).join(', ')

async function countWrong(gqty) {
  requests = 0
  const wrong = []
  for (let id = 1000; id < 6000; id += 1) {
    const name = await readName(gqty, String(id))
    if (name !== `project ${id}`) wrong.push(show([id], [name]))
  }
  return [`${wrong.length} of 5000 projects wrong, ${requests} requests`, ...wrong.slice(0, 1)].join('; the first: ')
}

const ids = ['1449', '2864']
console.log(`by default: ${await countWrong(createGqty())}`)
const both = await createGqty().resolve(({ query }) => ids.map((id) => query.project({ id }).name))
console.log(`in one query: ${show(ids, both)}`)
const gqty = createGqty()
const separate = []
for (const id of ids) separate.push(await readName(gqty, id, { cachePolicy: 'no-store' }))
console.log(`with no-store: ${show(ids, separate)}`)
console.log(`aliasLength 32: ${await countWrong(createGqty({ aliasLength: 32 }))}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
by default: 8 of 5000 projects wrong, 4992 requests; the first: 2864 is "project 1449"
in one query: 1449 is "project 1449", 2864 is "project 1449"
with no-store: 1449 is "project 1449", 2864 is "project 2864"
aliasLength 32: 0 of 5000 projects wrong, 5000 requests
SEEN
