#!/usr/bin/env bash
# The batching executor of GraphQL Tools runs operations that nobody named, and answers null without an error.
#
# Versions: @graphql-tools/batch-execute 10.3.2, graphql 16.15.0; Node 20.20.
#
# What one would expect: of a document with several operations only the one that operationName names is run. A request in a batch
# gets the answer that it gets alone, or an error.
#
# What happens: a request that is alone is passed on as it is. As soon as two come in one tick, the selections of all operations of
# both documents become one operation. So a mutation is executed that no request named, in this example a deletion, and its result
# is in the answers. If a root field that cannot be null fails, the data of the whole batch is null by the rules of GraphQL. The
# request with that field gets the error. The others get `data: null` without errors, which the specification does not allow, and
# which a client takes for "there is nothing".
#
# Source: https://spec.graphql.org/September2025/#GetOperation(); https://spec.graphql.org/September2025/#sec-Errors: where data is
# null, there must be errors. mergeRequests of the package chooses no operation by its name. That null goes to all requests is meant,
# https://github.com/graphql-hive/gateway/pull/2545, which does not speak of the errors.
#
# Output seen:
#   Add alone: run add, answer {"data":{"add":1}}
#   Add twice in one tick: run add delete add delete, answer {"data":{"add":1,"delete":2}}
#   a alone: answer {"data":{"a":"a"}}
#   a beside a field that fails: answer {"data":null}
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @graphql-tools/batch-execute@10.3.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { createBatchingExecutor } from '@graphql-tools/batch-execute'
import { buildSchema, execute, parse } from 'graphql'

const schema = buildSchema(`
  type Query { a: String fails: String! }
  type Mutation { add: Int delete: Int }
`)
let run = []
const rootValue = {
  a: 'a',
  fails: () => {
    throw new Error('broken')
  },
  add: () => (run.push('add'), 1),
  delete: () => (run.push('delete'), 2),
}
const send = createBatchingExecutor(({ document, operationName, variables }) =>
  execute({ schema, document, operationName, rootValue, variableValues: variables }),
)

const document = parse('mutation Add { add } mutation Delete { delete }')
// Each request is an object of its own, because the executor answers the same object again from its memory.
const add = () => ({ document, operationName: 'Add' })
const tell = (name, answer) => {
  const ran = run.length > 0 ? `run ${run.join(' ')}, ` : ''
  console.log(`${name}: ${ran}answer ${JSON.stringify(answer)}`)
  run = []
}
tell('Add alone', await send(add()))
const [first] = await Promise.all([send(add()), send(add())])
tell('Add twice in one tick', first)

const query = () => ({ document: parse('{ a }') })
tell('a alone', await send(query()))
const [, neighbour] = await Promise.all([send({ document: parse('{ fails }') }), send(query())])
tell('a beside a field that fails', neighbour)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
Add alone: run add, answer {"data":{"add":1}}
Add twice in one tick: run add delete add delete, answer {"data":{"add":1,"delete":2}}
a alone: answer {"data":{"a":"a"}}
a beside a field that fails: answer {"data":null}
SEEN
