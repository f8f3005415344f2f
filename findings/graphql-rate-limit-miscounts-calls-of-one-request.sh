#!/usr/bin/env bash
# graphql-rate-limit refuses the third of five allowed mutations, if one request brings all five.
#
# Versions: graphql-rate-limit 3.3.0, graphql 16.15.0; Node 20.20.
#
# What one would expect: with `max: 5, window: '1m'` five calls in a minute are allowed, in one request or in five.
#
# What happens: `enableBatchRequestCache` is there because the selections of one request read the store at the same time, and
# none sees the others. So each call adds those before it in the request. Root fields of a mutation run one after the other, and
# find in the store what was added before as well. They count 1, 3, 6, 10: of five mutations in one request two are carried out,
# and the store holds 15 calls, which keep the user out for the next minute. Fields of a list that load one after the other are
# counted in this way, too. Without the option the count is right here, and wrong for fields that run at the same time.
#
# Source: https://github.com/teamplanes/graphql-rate-limit#enablebatchrequestcache; getWeakMapCache in src/lib/batch-request-cache.ts.
# The pull request 96 brought the option.
#
# Output seen:
#   5 per minute, five mutations in five requests: 5 carried out, 5 stored
#   5 per minute, five mutations in one request: 2 carried out, 15 stored
#   5 per minute, five mutations in one request, without the option: 5 carried out, 5 stored
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps graphql-rate-limit@3.3.0 graphql@16.15.0 graphql-middleware@6.1.35
cat >run.mjs <<'JS'
import { buildSchema, graphql } from 'graphql'
import { getGraphQLRateLimiter, InMemoryStore } from 'graphql-rate-limit'

const schema = buildSchema(`
  type Query { name: String }
  type Mutation { rename(name: String!): String }
`)

function createServer(enableBatchRequestCache) {
  const store = new InMemoryStore()
  const limiter = getGraphQLRateLimiter({ enableBatchRequestCache, identifyContext: ({ user }) => user, store })
  let count = 0
  const rename = async (args, context, info) => {
    const message = await limiter({ parent: {}, args, context, info }, { max: 5, window: '1m' })
    if (message) throw new Error(message)
    count += 1
    return args.name
  }
  return {
    ask: (source) => graphql({ schema, source, rootValue: { rename }, contextValue: { user: 'ada' } }),
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
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
5 per minute, five mutations in five requests: 5 carried out, 5 stored
5 per minute, five mutations in one request: 2 carried out, 15 stored
5 per minute, five mutations in one request, without the option: 5 carried out, 5 stored
SEEN
