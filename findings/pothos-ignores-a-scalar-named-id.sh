#!/usr/bin/env bash
# Pothos accepts a scalar of its user's own named ID, and builds the schema with the built-in one.
#
# Versions: @pothos/core 4.15.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: `builder.addScalarType('ID', own)` either replaces the scalar or throws, as a second type of one name
# does. Somebody who wants ids that are checked (for example against whole numbers that lost digits) tries this first.
#
# What happens: no error, and the check of the own scalar never runs. A scalar under any other name does run.
#
# Source: seen by running it; the build takes GraphQLID for every place that has the type ID.
#
# Output seen:
#   a scalar named Key: refused
#   a scalar named ID: accepted 9007199254740992
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @pothos/core@4.15.1 graphql@16.15.0
cat >run.mjs <<'JS'
import SchemaBuilder from '@pothos/core'
import { graphql, GraphQLScalarType } from 'graphql'

for (const name of ['Key', 'ID']) {
  const own = new GraphQLScalarType({
    name,
    parseValue() {
      throw new Error('refused')
    },
  })
  const builder = new SchemaBuilder({})
  builder.addScalarType(name, own)
  builder.queryType({
    fields: (t) => ({
      echo: t.string({
        args: { key: t.arg({ type: name, required: true }) },
        resolve: (_root, { key }) => `accepted ${key}`,
      }),
    }),
  })
  const { data, errors } = await graphql({
    schema: builder.toSchema(),
    source: `query ($key: ${name}!) { echo(key: $key) }`,
    variableValues: { key: 9007199254740992 },
  })
  const refused = errors?.[0]?.message.includes('refused') ? 'refused' : errors?.[0]?.message
  console.log(`a scalar named ${name}: ${refused ?? data.echo}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
a scalar named Key: refused
a scalar named ID: accepted 9007199254740992
SEEN
