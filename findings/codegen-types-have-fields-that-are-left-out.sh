#!/usr/bin/env bash
# Types of GraphQL Code Generator promise fields that `@include` or `@skip` leaves out of the answer.
#
# Versions: @graphql-codegen/client-preset 6.2.0, @graphql-codegen/core 6.2.1, typescript 5.9.3, graphql 16.15.0; Node 20.20. The
# client-preset 5.3.0 does the same.
#
# What one would expect: a field that a directive may leave out is optional in the type. It is, if its object is selected once.
#
# What happens: an object can be selected twice, under a directive and without one. Then the fields of the conditional selection
# are not optional; only the object is, or nothing is. `{ user { id } ...F @include(if: $with) }`, with a fragment that selects
# `user { name }`, has the type `{ user: { id } } & { user?: { name } }`. For TypeScript this is a user who always has a name. It
# accepts `data.user.name.length`, which throws as soon as the variable is false.
#
# Source: https://spec.graphql.org/September2025/#sec-Field-Selection-Merging. Related issues, since closed: 10838 and 10881 of
# https://github.com/dotansimha/graphql-code-generator, where a conditional fragment stopped the generation or lost its fields.
#
# Output seen:
#   fragment under @include: compiles, user has "id"
#   field under @include: compiles, user has "id"
#   fragment under @skip: compiles, user has "id"
#   selected once, under @include: error TS18048, no user
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >run.mjs <<'JS'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import { preset } from '@graphql-codegen/client-preset'
import { buildSchema, graphqlSync, parse } from 'graphql'

const sdl = 'type Query { user: User! } type User { id: ID!, name: String! }'
const schema = buildSchema(sdl)
const FRAGMENT = 'fragment F on Query { user { name } }'
const cases = {
  'fragment under @include': [`{ user { id } ...F @include(if: $with) } ${FRAGMENT}`, false],
  'field under @include': ['{ user { id } user @include(if: $with) { name } }', false],
  'fragment under @skip': [`{ user { id } ...F @skip(if: $with) } ${FRAGMENT}`, true],
  'selected once, under @include': ['{ user @include(if: $with) { name } }', false],
}
const USE = "import type { QQuery } from './graphql'\nexport const read = (data: QQuery): number => data.user.name.length\n"
const TSC = 'tsc --noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler out/use.ts'.split(' ')
mkdirSync('out')
writeFileSync('out/use.ts', USE)
for (const [name, [selected, value]] of Object.entries(cases)) {
  const source = `query Q($with: Boolean!) ${selected}`
  const parts = await preset.buildGeneratesSection({
    baseOutputDir: 'out/',
    schema: parse(sdl),
    schemaAst: schema,
    documents: [{ location: 'q.graphql', document: parse(source), rawSDL: source }],
    config: {},
    presetConfig: { fragmentMasking: false },
    pluginMap: {},
    plugins: [],
    pluginContext: {},
    documentTransforms: [],
  })
  for (const part of parts) writeFileSync(part.filename, await codegen({ ...part, schema: parse(sdl), schemaAst: schema }))
  let compiled = 'compiles'
  try {
    execFileSync('npx', TSC)
  } catch (error) {
    compiled = /error TS\d+/.exec(error.stdout)?.[0] ?? String(error.stdout)
  }
  const rootValue = { user: { id: '1', name: 'Ada' } }
  const { data } = graphqlSync({ schema, source, rootValue, variableValues: { with: value } })
  const fields = data.user === undefined ? 'no user' : `user has ${Object.keys(data.user).map((field) => `"${field}"`)}`
  console.log(`${name}: ${compiled}, ${fields}`)
}
JS
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @graphql-codegen/client-preset@6.2.0 @graphql-codegen/core@6.2.1 graphql@16.15.0 \
  typescript@5.9.3
node run.mjs | tee seen
diff seen - <<'SEEN'
fragment under @include: compiles, user has "id"
field under @include: compiles, user has "id"
fragment under @skip: compiles, user has "id"
selected once, under @include: error TS18048, no user
SEEN
