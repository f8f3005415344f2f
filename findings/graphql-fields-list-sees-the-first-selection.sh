#!/usr/bin/env bash
# graphql-fields-list tells a resolver of the first selection of its field only, so the fields of the others are not loaded.
#
# Versions: graphql-fields-list 2.3.0; graphql-fields 2.0.3 and graphql-parse-resolve-info 4.14.1 for comparison; graphql 16.15.0;
# Node 20.20.
#
# What one would expect: `fieldsMap(info)` and `fieldsList(info)` give the fields that are requested of the object, so that it loads no
# others from its database. A field that is selected twice, for example by the fragments of two components, is resolved once, with
# the selections of both.
#
# What happens: the package reads `info.fieldNodes[0]`. What the other selections ask for is not in its list, so the resolver does
# not load it, and the client gets null for a value that exists, or an error where null is not allowed. Which of the two components
# loses its data depends on their order. One level below, equal fields are joined as they should be.
#
# Source: https://spec.graphql.org/September2025/#sec-Field-Selection-Merging; fieldsMap in src/index.ts. Directus had the same
# fault: https://github.com/directus/directus/issues/28133.
#
# Output seen (list is graphql-fields-list, fields is graphql-fields):
#   two fragments: the query asks for id name; list id; fields id name; parse-resolve-info id name
#   a resolver that loads the list: {"user":{"id":"1","name":null}}
#   two fragments, one level below: the query asks for best.id best.name; list best.id best.name; fields best.id best.name; parse-resolve-info best.id best.name
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-fields-list@2.3.0 graphql-fields@2.0.3 graphql-parse-resolve-info@4.14.1 graphql@16.15.0
cat >run.mjs <<'JS'
import { buildSchema, graphql } from 'graphql'
import graphqlFields from 'graphql-fields'
import { fieldsMap } from 'graphql-fields-list'
import { parseResolveInfo } from 'graphql-parse-resolve-info'

const schema = buildSchema(`
  type Query { user: User }
  type User { id: ID! name: String best: User }
`)
const pathsOf = (fields) =>
  Object.entries(fields).flatMap(([name, below]) => {
    const paths = pathsOf(below || {})
    return paths.length > 0 ? paths.map((path) => `${name}.${path}`) : [name]
  })
const unpack = ({ fieldsByTypeName }) =>
  Object.fromEntries(
    Object.values(fieldsByTypeName).flatMap((fields) => Object.entries(fields).map(([name, field]) => [name, unpack(field)])),
  )
const stored = { id: '1', name: 'Ann' }
async function ask(source) {
  let told
  const user = (_arguments, _context, info) => {
    const list = fieldsMap(info)
    told = { list, fields: graphqlFields(info), 'parse-resolve-info': unpack(parseResolveInfo(info)) }
    return Object.fromEntries(Object.keys(list).map((name) => [name, stored[name]]))
  }
  const { data } = await graphql({ schema, source, rootValue: { user } })
  const lists = Object.entries(told).map(([name, fields]) => `${name} ${pathsOf(fields).join(' ')}`)
  return { data, lists: lists.join('; ') }
}

const beside = await ask('{ ...A ...B } fragment A on Query { user { id } } fragment B on Query { user { name } }')
console.log(`two fragments: the query asks for id name; ${beside.lists}`)
console.log(`a resolver that loads the list: ${JSON.stringify(beside.data)}`)
const below = await ask('{ user { ...A ...B } } fragment A on User { best { id } } fragment B on User { best { name } }')
console.log(`two fragments, one level below: the query asks for best.id best.name; ${below.lists}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
two fragments: the query asks for id name; list id; fields id name; parse-resolve-info id name
a resolver that loads the list: {"user":{"id":"1","name":null}}
two fragments, one level below: the query asks for best.id best.name; list best.id best.name; fields best.id best.name; parse-resolve-info best.id best.name
SEEN
