#!/usr/bin/env bash
# The response cache of Envelop and GraphQL Yoga stores an old answer after the mutation that invalidated it.
#
# Versions: @envelop/response-cache 9.3.1, @envelop/core 5.6.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: by the documentation a mutation invalidates the cached answers that hold an object of its result. The time
# to live may then be infinite, and by default it is.
#
# What happens: an answer is stored when its query ends. A query can read an object, and still run while a mutation changes the
# object. It stores the old data after the invalidation, which found nothing to remove. All later queries get the old data, until
# the next mutation of this object, or for ever. It happens in one process: a slow field beside the object is enough. The same
# happens with `cache.invalidate()`. A finite `ttl` bounds it.
#
# Source: https://the-guild.dev/graphql/envelop/plugins/use-response-cache; useResponseCache in src/plugin.ts does not look at
# what was invalidated since the execution began.
#
# Output seen:
#   one after the other: query "old", mutation "new", then "new" "new"
#   mutation during the query: query "old", mutation "new", then "old" "old"
#   invalidate() during the query: query "old", then "old" "old"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @envelop/response-cache@9.3.1 @envelop/core@5.6.1 graphql@16.15.0
cat >run.mjs <<'JS'
import { envelop, useEngine, useSchema } from '@envelop/core'
import { createInMemoryCache, useResponseCache } from '@envelop/response-cache'
import * as graphql from 'graphql'

const QUERY = '{ user { id name } weather }'
const MUTATION = 'mutation { rename(to: "new") { id name } }'

function open() {
  const schema = graphql.buildSchema(`
    type User { id: ID! name: String! }
    type Query { user: User! weather: String! }
    type Mutation { rename(to: String!): User! }
  `)
  const stored = { id: '1', name: 'old' }
  const cache = createInMemoryCache()
  const server = envelop({
    plugins: [useEngine(graphql), useSchema(schema), useResponseCache({ session: () => null, cache })],
  })
  let goOn = () => {}
  let tellBegun = () => {}
  const rootValue = {
    user: () => ({ ...stored }),
    // The slow field: it holds the query back after the user has been read.
    weather: () =>
      new Promise((resolve) => {
        goOn = () => resolve('fine')
        tellBegun()
      }),
    rename: ({ to }) => Object.assign(stored, { name: to }),
  }
  async function run(source) {
    const { parse, contextFactory, execute } = server({ request: {} })
    const { data } = await execute({ schema, document: parse(source), rootValue, contextValue: await contextFactory() })
    return JSON.stringify((data.user ?? data.rename).name)
  }
  const begin = async () => {
    const begun = new Promise((resolve) => (tellBegun = resolve))
    const answer = run(QUERY)
    // A cached answer never begins.
    await Promise.race([begun, answer])
    return { answer, end: () => (goOn(), answer) }
  }
  const ask = async () => (await begin()).end()
  return { ask, begin, cache, mutate: () => run(MUTATION), rename: () => Object.assign(stored, { name: 'new' }) }
}

const first = open()
const [asked, mutatedThen] = [await first.ask(), await first.mutate()]
console.log(`one after the other: query ${asked}, mutation ${mutatedThen}, then ${await first.ask()} ${await first.ask()}`)

const second = open()
const slow = await second.begin()
const mutated = await second.mutate()
const ended = await slow.end()
console.log(`mutation during the query: query ${ended}, mutation ${mutated}, then ${await second.ask()} ${await second.ask()}`)

const third = open()
const held = await third.begin()
third.rename()
await third.cache.invalidate([{ typename: 'User', id: '1' }])
console.log(`invalidate() during the query: query ${await held.end()}, then ${await third.ask()} ${await third.ask()}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
one after the other: query "old", mutation "new", then "new" "new"
mutation during the query: query "old", mutation "new", then "old" "old"
invalidate() during the query: query "old", then "old" "old"
SEEN
