#!/usr/bin/env bash
# findBreakingChanges of graphql-js finds nothing in changes of a schema that make valid operations invalid.
#
# Versions: graphql 16.15.0 and 17.1.0; Node 20.20.
#
# What one would expect: the function finds the changes that break clients, so that a build can refuse them. By the specification
# any change that can make a valid request invalid is one.
#
# What happens: both versions report nothing where an input object becomes @oneOf, and where a root operation is taken away while
# its type stays. A non-null argument or input field that loses its default becomes required. Both versions call this dangerous at
# most, like any change of a default, so a build that looks at breaking changes alone lets it pass. Version 16 looks neither at
# the types of directive arguments nor at the defaults of input fields. Version 17 calls it safe where a field becomes non-null; a
# query that selects it beside a nullable field of another type is refused then.
#
# Source: https://spec.graphql.org/September2025/#sec-Validation.Type-system-evolution. In the pull request
# https://github.com/graphql/graphql-js/pull/4277 a maintainer calls the default of a non-null argument a separate issue; version
# 17 still has it.
#
# Output seen; each operation is answered before the change and refused after it:
#   graphql 16.15.0
#     {a(i:{b:1})}: breaking none, dangerous none
#     {a}: breaking none, dangerous ARG_DEFAULT_VALUE_CHANGE
#     {a(i:{a:1,b:2})}: breaking none, dangerous none
#     mutation{m}: breaking none, dangerous none
#     {a @d}: breaking none, dangerous none
#     {u{...on A{a}...on B{a}}}: breaking none, dangerous none
#   graphql 17.1.0
#     {a(i:{b:1})}: breaking none, dangerous INPUT_FIELD_DEFAULT_VALUE_CHANGE
#     {a}: breaking none, dangerous ARG_DEFAULT_VALUE_CHANGE
#     {a(i:{a:1,b:2})}: breaking none, dangerous none
#     mutation{m}: breaking none, dangerous none
#     {a @d}: breaking ARG_CHANGED_KIND, dangerous none
#     {u{...on A{a}...on B{a}}}: breaking none, dangerous none
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
cat >run.mjs <<'JS'
import { buildSchema, findBreakingChanges, findDangerousChanges, graphqlSync, version } from 'graphql'

const changes = [
  ['{a(i:{b:1})}', 'input I{a:Int!=1 b:Int} type Query{a(i:I):Int}', 'input I{a:Int! b:Int} type Query{a(i:I):Int}'],
  ['{a}', 'type Query{a(x:Int!=1):Int}', 'type Query{a(x:Int!):Int}'],
  ['{a(i:{a:1,b:2})}', 'input I{a:Int b:Int} type Query{a(i:I):Int}', 'input I @oneOf{a:Int b:Int} type Query{a(i:I):Int}'],
  ['mutation{m}', 'type Query{a:Int} type Mutation{m:Int}', 'schema{query:Query} type Query{a:Int} type Mutation{m:Int}'],
  ['{a @d}', 'directive @d(x:Int) on FIELD type Query{a:Int}', 'directive @d(x:Int!) on FIELD type Query{a:Int}'],
  [
    '{u{...on A{a}...on B{a}}}',
    'type A{a:Int} type B{a:Int} union U=A|B type Query{u:U}',
    'type A{a:Int!} type B{a:Int} union U=A|B type Query{u:U}',
  ],
]
console.log(`graphql ${version}`)
const types = (found) => found.map(({ type }) => type).join(' ') || 'none'
const isRefused = (schema, source) => graphqlSync({ schema, source }).errors !== undefined
for (const [operation, ...texts] of changes) {
  const [before, after] = texts.map((text) => buildSchema(text))
  if (isRefused(before, operation) || !isRefused(after, operation)) throw new Error(`${operation} was not broken by the change`)
  const [breaking, dangerous] = [findBreakingChanges(before, after), findDangerousChanges(before, after)]
  console.log(`  ${operation}: breaking ${types(breaking)}, dangerous ${types(dangerous)}`)
}
JS
for version in 16.15.0 17.1.0; do
  npm install --silent --no-audit --no-fund "graphql@$version"
  node run.mjs
done | tee seen
diff seen - <<'SEEN'
graphql 16.15.0
  {a(i:{b:1})}: breaking none, dangerous none
  {a}: breaking none, dangerous ARG_DEFAULT_VALUE_CHANGE
  {a(i:{a:1,b:2})}: breaking none, dangerous none
  mutation{m}: breaking none, dangerous none
  {a @d}: breaking none, dangerous none
  {u{...on A{a}...on B{a}}}: breaking none, dangerous none
graphql 17.1.0
  {a(i:{b:1})}: breaking none, dangerous INPUT_FIELD_DEFAULT_VALUE_CHANGE
  {a}: breaking none, dangerous ARG_DEFAULT_VALUE_CHANGE
  {a(i:{a:1,b:2})}: breaking none, dangerous none
  mutation{m}: breaking none, dangerous none
  {a @d}: breaking ARG_CHANGED_KIND, dangerous none
  {u{...on A{a}...on B{a}}}: breaking none, dangerous none
SEEN
