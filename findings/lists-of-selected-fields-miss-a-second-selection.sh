#!/usr/bin/env bash
# Libraries that list the fields a resolver has to load miss those of a second selection of the same field, so data come out as null.
#
# Versions: graphql-fields-list 2.3.0, @jenyus-org/graphql-utils 1.5.0; graphql-fields 2.0.3, graphql-parse-resolve-info 4.14.1 and
# graphql-list-fields 2.0.4 for comparison, which are right; graphql 16.15.0; Node 20.20.
#
# What one would expect: a resolver gets the list of the selected fields from `info`, and loads these columns alone. GraphQL merges all
# selections of one field, so the list has the fields of all of them. Clients that collect the fragments of their components select
# the same field several times.
#
# What happens: `info.fieldNodes` has a node for each selection. graphql-fields-list reads the first node only: what a fragment on Query
# selects of the same field after it is not in the list. @jenyus-org/graphql-utils reads all nodes, but keeps the last one, and it does
# so at every depth: an object that a component selects again loses the fields of the first selection. The resolver does not load
# them, and the client gets null without an error, for data that are there. Each component alone gets its data, so tests of the
# components pass. In the other order of the fragments other fields are lost.
#
# Source: https://spec.graphql.org/September2025/#sec-Field-Selection-Merging; verifyFieldNode in index.js of graphql-fields-list, and
# resolveFieldMap of @jenyus-org/graphql-utils.
#
# Output seen:
#   two fragments on Query: graphql-fields-list {"id":"1","name":null}, graphql-utils {"id":null,"name":"Ada"}, the others {"id":"1","name":"Ada"}
#   two fragments on User: graphql-fields-list {"friend":{"id":"2","name":"Bo"}}, graphql-utils {"friend":{"id":null,"name":"Bo"}}, the others {"friend":{"id":"2","name":"Bo"}}
#   one fragment: graphql-fields-list {"id":"1","name":"Ada"}, graphql-utils {"id":"1","name":"Ada"}, the others {"id":"1","name":"Ada"}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-fields-list@2.3.0 @jenyus-org/graphql-utils@1.5.0 graphql-fields@2.0.3 \
  graphql-parse-resolve-info@4.14.1 graphql-list-fields@2.0.4 graphql@16.15.0
cat >run.mjs <<'JS'
import jenyus from '@jenyus-org/graphql-utils'
import { buildSchema, graphql } from 'graphql'
import graphqlFields from 'graphql-fields'
import fieldsList from 'graphql-fields-list'
import listFields from 'graphql-list-fields'
import { parseResolveInfo } from 'graphql-parse-resolve-info'

const schema = buildSchema('type Query { me: User } type User { id: ID, name: String, friend: User }')
const ada = { id: '1', name: 'Ada', friend: { id: '2', name: 'Bo' } }

/** The members of an object of nested objects, as paths with points. */
const toPaths = (tree, before = '') =>
  Object.entries(tree).flatMap(([name, inner]) =>
    inner && Object.keys(inner).length > 0 ? toPaths(inner, `${before}${name}.`) : [before + name],
  )
const toTree = ({ fieldsByTypeName }) =>
  Object.fromEntries(
    Object.values(fieldsByTypeName).flatMap((fields) => Object.values(fields).map((field) => [field.name, toTree(field)])),
  )
const libraries = {
  'graphql-fields-list': (info) => toPaths(fieldsList.fieldsMap(info)),
  'graphql-utils': (info) => jenyus.fieldMapToDot(jenyus.resolveFieldMap(info)).map((path) => path.replace(/^me\.?/, '')),
  'graphql-fields': (info) => toPaths(graphqlFields(info)),
  'graphql-parse-resolve-info': (info) => toPaths(toTree(parseResolveInfo(info))),
  'graphql-list-fields': (info) => listFields(info),
}

/** What a database gives that is asked for these columns. */
function load(object, paths, before = '') {
  const members = Object.entries(object).map(([name, value]) => {
    const path = before + name
    if (typeof value === 'object') return [name, load(value, paths, `${path}.`)]
    return [name, paths.includes(path) ? value : null]
  })
  return Object.fromEntries(members)
}

const ON_USER = 'fragment A on User { friend { id } } fragment B on User { friend { name } }'
const cases = {
  'two fragments on Query': '{ ...A ...B } fragment A on Query { me { id } } fragment B on Query { me { name } }',
  'two fragments on User': `{ me { ...A ...B } } ${ON_USER}`,
  'one fragment': '{ ...A } fragment A on Query { me { id name } }',
}
for (const [name, source] of Object.entries(cases)) {
  const seen = []
  for (const [library, list] of Object.entries(libraries)) {
    const rootValue = { me: (_arguments, _context, info) => load(ada, list(info)) }
    const { data, errors } = await graphql({ schema, source, rootValue })
    if (errors) throw errors[0]
    seen.push([library, JSON.stringify(data.me)])
  }
  const [, , { 1: right }] = seen
  const others = seen.slice(2).every(([, text]) => text === right) ? right : JSON.stringify(seen.slice(2))
  const two = seen.slice(0, 2).map(([library, text]) => `${library} ${text}`)
  console.log(`${name}: ${two.join(', ')}, the others ${others}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
two fragments on Query: graphql-fields-list {"id":"1","name":null}, graphql-utils {"id":null,"name":"Ada"}, the others {"id":"1","name":"Ada"}
two fragments on User: graphql-fields-list {"friend":{"id":"2","name":"Bo"}}, graphql-utils {"friend":{"id":null,"name":"Bo"}}, the others {"friend":{"id":"2","name":"Bo"}}
one fragment: graphql-fields-list {"id":"1","name":"Ada"}, graphql-utils {"id":"1","name":"Ada"}, the others {"id":"1","name":"Ada"}
SEEN
