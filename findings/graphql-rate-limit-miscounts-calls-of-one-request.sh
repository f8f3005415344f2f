#!/usr/bin/env bash
# graphql-rate-limit refuses the third of five allowed mutations, and forgets the calls of an hour when a field of equal name is read.
#
# Versions: graphql-rate-limit 3.3.0, graphql 16.15.0; Node 20.20.
#
# What one would expect: with `max: 5, window: '1m'` five calls in a minute are allowed, in one request or in five. Each field has a
# limit of its own.
#
# What happens, first: `enableBatchRequestCache` is there because the selections of one request read the store at the same time, and
# none sees the others. So each call adds those before it in the request. Root fields of a mutation run one after the other, and
# find in the store what was added before as well. They count 1, 3, 6, 10: of five mutations in one request two are carried out,
# and the store holds 15 calls, which keep the user out for the next minute. Fields of a list that load one after the other are
# counted in this way, too. Without the option the count is right here, and wrong for fields that run at the same time.
#
# Second: a limit is stored under the name of the field, without its type. Whoever checks a field removes the calls that are older
# than its own window. If `Query.messages` has a limit per hour and `Team.messages` one per second, each look at a team deletes the
# calls of the hour. The hourly limit is never reached. No error is reported.
#
# Source: https://github.com/teamplanes/graphql-rate-limit#enablebatchrequestcache; getWeakMapCache in src/lib/batch-request-cache.ts,
# getFieldIdentity and the filter of timestamps in src/lib/get-graphql-rate-limiter.ts. The pull request 96 brought the option.
#
# Output seen:
#   5 per minute, five mutations in five requests: 5 carried out, 5 stored
#   5 per minute, five mutations in one request: 2 carried out, 15 stored
#   5 per minute, five mutations in one request, without the option: 5 carried out, 5 stored
#   3 per hour, read 12 times: 3 carried out
#   3 per hour, read 12 times, with a look at a team between: 12 carried out
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps graphql-rate-limit@3.3.0 graphql@16.15.0 graphql-middleware@6.1.35
cat >run.mjs <<'JS'
import { buildSchema, graphql } from 'graphql'
import { getGraphQLRateLimiter, InMemoryStore } from 'graphql-rate-limit'

// The package reads the time from Date.now only.
let now = Date.parse('2026-01-01T00:00:00Z')
Date.now = () => now

const schema = buildSchema(`
  type Query { messages: Int team: Team }
  type Team { messages: Int }
  type Mutation { rename(name: String!): String }
`)

function createServer(enableBatchRequestCache) {
  const store = new InMemoryStore()
  const limiter = getGraphQLRateLimiter({ enableBatchRequestCache, identifyContext: ({ user }) => user, store })
  let count = 0
  const limited = (options) => async (args, context, info) => {
    const message = await limiter({ parent: {}, args, context, info }, options)
    if (message) throw new Error(message)
    if (options.window !== '1s') count += 1
    return 1
  }
  const rootValue = {
    rename: limited({ max: 5, window: '1m' }),
    messages: limited({ max: 3, window: '1h' }),
    team: { messages: limited({ max: 3, window: '1s' }) },
  }
  return {
    ask: (source) => graphql({ schema, source, rootValue, contextValue: { user: 'ada' } }),
    count: () => count,
    stored: () => store.getForIdentity({ contextIdentity: 'ada', fieldIdentity: 'rename' }).length,
  }
}

const names = ['a', 'b', 'c', 'd', 'e']
const rename = (name) => `${name}: rename(name: "${name}")`
for (const [name, isOn, documents] of [
  ['five mutations in five requests', true, names.map((each) => `mutation { ${rename(each)} }`)],
  ['five mutations in one request', true, [`mutation { ${names.map(rename).join(' ')} }`]],
  ['five mutations in one request, without the option', false, [`mutation { ${names.map(rename).join(' ')} }`]],
]) {
  const server = createServer(isOn)
  for (const document of documents) await server.ask(document)
  console.log(`5 per minute, ${name}: ${server.count()} carried out, ${server.stored()} stored`)
}

for (const [name, other] of [['', undefined], [', with a look at a team between', '{ team { messages } }']]) {
  const server = createServer(true)
  for (let minute = 0; minute < 24; minute += 2) {
    await server.ask('{ messages }')
    now += 60_000
    if (other) await server.ask(other)
    now += 60_000
  }
  console.log(`3 per hour, read 12 times${name}: ${server.count()} carried out`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
5 per minute, five mutations in five requests: 5 carried out, 5 stored
5 per minute, five mutations in one request: 2 carried out, 15 stored
5 per minute, five mutations in one request, without the option: 5 carried out, 5 stored
3 per hour, read 12 times: 3 carried out
3 per hour, read 12 times, with a look at a team between: 12 carried out
SEEN
