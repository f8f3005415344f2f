#!/usr/bin/env bash
# Schemas that GraphQL Tools wrap or stitch lose a field that is selected twice, if the first selection has `@include` or `@skip`.
#
# Versions: @graphql-tools/wrap 11.2.5, @graphql-tools/stitch 10.3.1, @graphql-tools/delegate 12.3.3, graphql 16.15.0; Node 20.20.
#
# What one would expect: `{ me { name @include(if: $all) name } }` always has the name, because the second selection has no
# condition. Generated queries and merged fragments have such pairs. The schema itself answers so.
#
# What happens: while the gateway prepares the request to the service, it leaves out a field whose name and alias it has seen in the
# same selection set. It does not look at directives, so only the conditional selection is sent. If the condition is false, the
# field is null, without an error, or the object around it is null with an error, if the field is not nullable. In the other order
# the result is right. Two conditions that differ have the same fate, and objects with it: all that was selected inside is lost.
#
# Source: https://spec.graphql.org/September2025/#CollectFields(); isFieldNodeSatisfiedBySelections in
# packages/delegate/src/prepareGatewayDocument.ts of https://github.com/graphql-hive/gateway. Query planners have had the same
# fault: https://github.com/apollographql/federation/issues/2712.
#
# Output seen:
#   { me { name @include(if: $all) name } }
#     schema {"me":{"name":"Ada"}}, wrapped {"me":{"name":null}}, stitched {"me":{"name":null}}
#     sent query ($all: Boolean!) { me { name @include(if: $all) } }
#   { me { name name @include(if: $all) } }
#     schema {"me":{"name":"Ada"}}, wrapped {"me":{"name":"Ada"}}, stitched {"me":{"name":"Ada"}}
#     sent { me { name } }
#   { me { id @include(if: $all) id } }
#     schema {"me":{"id":"1"}}, wrapped {"me":null} with 1 error, stitched {"me":null} with 1 error
#     sent query ($all: Boolean!) { me { id @include(if: $all) } }
#   { me { boss @include(if: $all) { name } boss { name } } }
#     schema {"me":{"boss":{"name":"Eve"}}}, wrapped {"me":{"boss":null}}, stitched {"me":{"boss":null}}
#     sent query ($all: Boolean!) { me { boss @include(if: $all) { name } } }
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @graphql-tools/wrap@11.2.5 @graphql-tools/stitch@10.3.1 @graphql-tools/delegate@12.3.3 \
  graphql@16.15.0
cat >run.mjs <<'JS'
import { stitchSchemas } from '@graphql-tools/stitch'
import { wrapSchema } from '@graphql-tools/wrap'
import { buildSchema, execute, parse, print, validate } from 'graphql'

const schema = buildSchema('type Query { me: User } type User { id: ID!, name: String, boss: User }')
const rootValue = { me: { id: '1', name: 'Ada', boss: { id: '2', name: 'Eve' } } }
let sent
const service = {
  schema,
  executor({ document, variables }) {
    sent = print(document).replaceAll(/\s+/g, ' ')
    return execute({ schema, document, variableValues: variables, rootValue })
  },
}
const gateways = { schema, wrapped: wrapSchema(service), stitched: stitchSchemas({ subschemas: [service] }) }
for (const selected of [
  '{ me { name @include(if: $all) name } }',
  '{ me { name name @include(if: $all) } }',
  '{ me { id @include(if: $all) id } }',
  '{ me { boss @include(if: $all) { name } boss { name } } }',
]) {
  const document = parse(`query ($all: Boolean!) ${selected}`)
  const faults = validate(schema, document)
  if (faults.length > 0) throw faults[0]
  const answers = []
  for (const [name, gateway] of Object.entries(gateways)) {
    const { data, errors } = await execute({ schema: gateway, document, variableValues: { all: false }, rootValue })
    answers.push(`${name} ${JSON.stringify(data)}${errors ? ` with ${errors.length} error` : ''}`)
  }
  console.log(`${selected}\n  ${answers.join(', ')}\n  sent ${sent}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
{ me { name @include(if: $all) name } }
  schema {"me":{"name":"Ada"}}, wrapped {"me":{"name":null}}, stitched {"me":{"name":null}}
  sent query ($all: Boolean!) { me { name @include(if: $all) } }
{ me { name name @include(if: $all) } }
  schema {"me":{"name":"Ada"}}, wrapped {"me":{"name":"Ada"}}, stitched {"me":{"name":"Ada"}}
  sent { me { name } }
{ me { id @include(if: $all) id } }
  schema {"me":{"id":"1"}}, wrapped {"me":null} with 1 error, stitched {"me":null} with 1 error
  sent query ($all: Boolean!) { me { id @include(if: $all) } }
{ me { boss @include(if: $all) { name } boss { name } } }
  schema {"me":{"boss":{"name":"Eve"}}}, wrapped {"me":{"boss":null}}, stitched {"me":{"boss":null}}
  sent query ($all: Boolean!) { me { boss @include(if: $all) { name } } }
SEEN
