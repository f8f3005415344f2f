#!/usr/bin/env bash
# graphql-jit leaves out a fragment that is spread twice, if a condition skips the first spread only.
#
# Versions: graphql-jit 0.8.9, graphql 16.15.0, which answers all queries right; Node 20.20.
#
# What one would expect: a fragment is in the answer if one of its spreads is not skipped. Clients that collect the fragments of
# their components spread one fragment several times, and one component has it under a condition.
#
# What happens: the compiler remembers the names of the fragments it has seen, whatever the condition of the spread. It ignores
# every later spread, so the condition of the first one holds for all. The fields are missing, without an error. With the spreads
# in the other order the answer is right, and so it is if the second component selects the fields themselves. The option
# useExperimentalPathBasedSkipInclude changes nothing here.
#
# Source: https://spec.graphql.org/September2025/#CollectFields(): a skipped spread is passed over before its name is remembered;
# collectFieldsImpl in src/ast.ts remembers it first. Issue 111 of https://github.com/zalando-incubator/graphql-jit is about
# one fragment below two fields; the option mends that one.
#
# Output seen:
#   skipped, then not: graphql {"a":1}, graphql-jit {}, with the option {}
#   skipped, then inside another fragment: graphql {"a":1}, graphql-jit {}, with the option {}
#   not skipped, then skipped: graphql {"a":1}, graphql-jit {"a":1}, with the option {"a":1}
#   skipped, then its field: graphql {"a":1}, graphql-jit {"a":1}, with the option {"a":1}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql-jit@0.8.9 graphql@16.15.0
cat >run.mjs <<'JS'
import { buildSchema, execute, parse, validate } from 'graphql'
import { compileQuery } from 'graphql-jit'

const schema = buildSchema('type Query { a: Int }')
const rootValue = { a: 1 }
const FRAGMENT = 'fragment F on Query { a }'
const cases = {
  'skipped, then not': `{ ...F @skip(if: $skip) ...F } ${FRAGMENT}`,
  'skipped, then inside another fragment': `{ ...F @skip(if: $skip) ...G } ${FRAGMENT} fragment G on Query { ...F }`,
  'not skipped, then skipped': `{ ...F ...F @skip(if: $skip) } ${FRAGMENT}`,
  'skipped, then its field': `{ ...F @skip(if: $skip) a } ${FRAGMENT}`,
}
const variableValues = { skip: true }
for (const [name, selection] of Object.entries(cases)) {
  const document = parse(`query ($skip: Boolean!) ${selection}`)
  if (validate(schema, document).length > 0) throw new Error(`not valid: ${name}`)
  const compiled = async (options) => {
    const { data, errors } = await compileQuery(schema, document, '', options).query(rootValue, {}, variableValues)
    return errors ? 'errors' : JSON.stringify(data)
  }
  const { data } = await execute({ schema, document, rootValue, variableValues })
  const withOption = await compiled({ useExperimentalPathBasedSkipInclude: true })
  console.log(`${name}: graphql ${JSON.stringify(data)}, graphql-jit ${await compiled({})}, with the option ${withOption}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
skipped, then not: graphql {"a":1}, graphql-jit {}, with the option {}
skipped, then inside another fragment: graphql {"a":1}, graphql-jit {}, with the option {}
not skipped, then skipped: graphql {"a":1}, graphql-jit {"a":1}, with the option {"a":1}
skipped, then its field: graphql {"a":1}, graphql-jit {"a":1}, with the option {"a":1}
SEEN
