#!/usr/bin/env bash
# The response cache of GraphQL Yoga answers 304 to a client whose copy is old, because its ETag names the question, not the answer.
#
# Versions: @graphql-yoga/plugin-response-cache 3.26.1, graphql-yoga 5.24.1, graphql 16.15.0; Node 20.20.
#
# What one would expect: an ETag changes whenever the answer changes, so a client that sends it in If-None-Match gets a 304 only if
# its copy is the present answer.
#
# What happens: the ETag is the key of the cache, a hash of the query and its variables. It stays the same when a mutation changes
# the data. As soon as the new answer is in the cache, a request with If-None-Match alone gets a 304, and the client goes on showing
# the old data. Only an If-Modified-Since beside it is compared, though it has to be ignored where If-None-Match is present. Its time
# has whole seconds, so a change within the second of the copy is not noticed either. Browsers and most caches send both, so they
# are wrong for changes that follow each other quickly; clients that know the ETag alone are wrong until the entry leaves the cache.
# The ETag is sent without quotes too, which is not valid.
#
# Source: RFC 9110, sections 8.8.1, 8.8.3 and 13.2.2; https://the-guild.dev/graphql/yoga-server/docs/features/response-caching, which
# calls the ETag the key of the cached response; onRequest in packages/plugins/response-cache/src/index.ts of
# https://github.com/graphql-hive/graphql-yoga. In its issue 4491 CloudFront kept old answers in this way, and the mend was to send
# Last-Modified with the 304.
#
# Output seen; the data become "new" by a mutation, and another client has asked for them since:
#   a minute later, If-None-Match and If-Modified-Since: 200 "new"
#   a minute later, If-None-Match: 304, so the client shows "old"
#   in the same second, If-None-Match and If-Modified-Since: 304, so the client shows "old"
#   the ETag of "old" and that of "new" are equal, and have no quotes
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql@16.15.0 graphql-yoga@5.24.1 @graphql-yoga/plugin-response-cache@3.26.1
cat >run.mjs <<'JS'
import { mock } from 'node:test'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import { createSchema, createYoga } from 'graphql-yoga'

mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') })

async function trial(name, secondsBetween, chooseHeaders) {
  const user = { id: 1, name: 'old' }
  const yoga = createYoga({
    logging: false,
    plugins: [useResponseCache({ session: () => null })],
    schema: createSchema({
      typeDefs: 'type Query { user: User } type Mutation { rename(name: String!): User } type User { id: ID! name: String }',
      resolvers: { Query: { user: () => user }, Mutation: { rename: (_root, { name }) => Object.assign(user, { name }) } },
    }),
  })
  const ask = (query, headers) =>
    yoga.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
  const query = '{ user { id name } }'
  const nameIn = async (answer) => (await answer.json()).data.user.name

  const copy = await ask(query)
  const shown = await nameIn(copy)
  mock.timers.tick(secondsBetween * 1000)
  await (await ask('mutation { rename(name: "new") { id name } }')).json()
  const other = await ask(query)
  if (shown !== 'old' || (await nameIn(other)) !== 'new') throw new Error('The mutation did not invalidate the answer')

  const etag = copy.headers.get('etag')
  const headers = { 'if-none-match': etag, 'if-modified-since': copy.headers.get('last-modified') }
  const answer = await ask(query, Object.fromEntries(chooseHeaders.map((field) => [field, headers[field]])))
  const seen = answer.status === 304 ? `304, so the client shows "${shown}"` : `${answer.status} "${await nameIn(answer)}"`
  console.log(`${name}: ${seen}`)
  return [etag, other.headers.get('etag')]
}

await trial('a minute later, If-None-Match and If-Modified-Since', 60, ['if-none-match', 'if-modified-since'])
const [before, after] = await trial('a minute later, If-None-Match', 60, ['if-none-match'])
await trial('in the same second, If-None-Match and If-Modified-Since', 0, ['if-none-match', 'if-modified-since'])
if (before === after && /^[\da-f]{64}$/.test(before)) console.log('the ETag of "old" and that of "new" are equal, and have no quotes')
JS
node run.mjs 2>errors | tee seen
diff seen - <<'SEEN'
a minute later, If-None-Match and If-Modified-Since: 200 "new"
a minute later, If-None-Match: 304, so the client shows "old"
in the same second, If-None-Match and If-Modified-Since: 304, so the client shows "old"
the ETag of "old" and that of "new" are equal, and have no quotes
SEEN
