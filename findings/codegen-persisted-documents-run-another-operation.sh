#!/usr/bin/env bash
# The persisted documents of GraphQL Code Generator differ from their source: mutations change their order, and texts lose spaces.
#
# Versions: @graphql-codegen/client-preset 6.2.0 with @graphql-tools/documents 1.0.2, @graphql-codegen/core 6.2.1, graphql 16.15.0;
# Node 20.20.
#
# What one would expect: with `persistedDocuments: true` the client sends a hash, and the server runs the document of the manifest that
# has this hash. It does what the document in the source of the client does: mutations run in the order in which they are written, and
# a text has the letters that are written.
#
# What happens: the manifest has a normalized form, whose fields are sorted by name. Fields that stand directly in a mutation keep their
# order, but fields in a named fragment on Mutation are sorted, so here "add" runs before "clear", and what was added is lost. Each run
# of white space becomes one space, also inside a text, and the lines of a block string become one line. The manifest is valid, and no
# error is reported. The same document, sent as text, does the right thing, so a test without the manifest does not show it. Pass texts
# as variables, and write the fields of a mutation into the operation itself.
#
# Source: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents; normalizeWhiteSpace and
# sortExecutableDocument in @graphql-tools/documents. Issue 6195 of https://github.com/ardatan/graphql-tools led to the present
# exception for mutations; it is about fields that stand directly in one.
#
# Output seen:
#   fields in the mutation: source [added], manifest [added]
#   fields in an inline fragment: source [added], manifest [added]
#   fields in a fragment: source [added], manifest []
#   a text with two spaces: source ["two  spaces"], manifest ["two spaces"]
#   a block string: source ["one\n  two"], manifest [" one two "]
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @graphql-codegen/client-preset@6.2.0 @graphql-codegen/core@6.2.1 \
  @graphql-tools/documents@1.0.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { codegen } from '@graphql-codegen/core'
import { preset } from '@graphql-codegen/client-preset'
import { buildSchema, graphql, parse, validate } from 'graphql'

const sdl = 'type Query { a: Int } type Mutation { clear: Int, add(text: String = "added"): Int }'
const schema = buildSchema(sdl)
const cases = {
  'fields in the mutation': 'mutation M { clear add }',
  'fields in an inline fragment': 'mutation M { ... on Mutation { clear add } }',
  'fields in a fragment': 'mutation M { ...F } fragment F on Mutation { clear add }',
  'a text with two spaces': 'mutation M { add(text: "two  spaces") }',
  'a block string': 'mutation M { add(text: """\n  one\n    two\n""") }',
}

/** The only document in the manifest that is made of this source. */
async function persist(source) {
  const parts = await preset.buildGeneratesSection({
    baseOutputDir: 'out/',
    schema: parse(sdl),
    schemaAst: schema,
    documents: [{ location: 'm.graphql', document: parse(source), rawSDL: source }],
    config: {},
    presetConfig: { persistedDocuments: true },
    pluginMap: {},
    plugins: [],
    pluginContext: {},
    documentTransforms: [],
  })
  const written = await Promise.all(
    parts.map(async (part) => [part.filename, await codegen({ ...part, schema: parse(sdl), schemaAst: schema })]),
  )
  const manifest = JSON.parse(written.find(([name]) => name.endsWith('persisted-documents.json'))[1])
  return Object.values(manifest)[0]
}

async function run(source) {
  let notes = []
  const rootValue = {
    clear: () => {
      notes = []
    },
    add: ({ text }) => {
      notes.push(text)
    },
  }
  const { errors } = await graphql({ schema, source, rootValue })
  if (errors) throw errors[0]
  return notes[0] === 'added' ? '[added]' : JSON.stringify(notes)
}

for (const [name, source] of Object.entries(cases)) {
  if (validate(schema, parse(source)).length > 0) throw new Error(`not valid: ${name}`)
  console.log(`${name}: source ${await run(source)}, manifest ${await run(await persist(source))}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
fields in the mutation: source [added], manifest [added]
fields in an inline fragment: source [added], manifest [added]
fields in a fragment: source [added], manifest []
a text with two spaces: source ["two  spaces"], manifest ["two spaces"]
a block string: source ["one\n  two"], manifest [" one two "]
SEEN
