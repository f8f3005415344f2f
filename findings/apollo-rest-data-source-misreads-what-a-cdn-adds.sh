#!/usr/bin/env bash
# RESTDataSource of Apollo asks an API behind a CDN each time, though it has a fresh answer, or shows an answer for too long.
#
# Versions: @apollo/datasource-rest 6.4.1 with http-cache-semantics 4.3.0, @apollo/utils.keyvaluecache 4.0.0, graphql 16.15.0;
# Node 20.20. The first and the last two cases are those of http-cache-semantics, which got and make-fetch-happen use as well.
#
# What one would expect: an answer with max-age=60 is shown from the cache for 60 seconds, counted from its Age. The directive
# must-revalidate counts only when this time is over. After a 304 the age is that of the 304. `cacheOptions: { ttl: 60 }` overrides
# the header fields, and caches for 60 seconds.
#
# What happens, in the order of the output:
# - With must-revalidate no answer is ever shown from the cache, since http-cache-semantics 4.2.0.
# - `ttl` is compared with an age in which the Age of the answer is included. An answer that has been in the CDN for longer than
#   `ttl` is stored and never used.
# - If the first answer has an Age, and the CDN answers the next request with a 304 from the server, without Age, the old Age
#   stays. When it is near to max-age, every request goes to the API from then on.
# - If the first answer has no Age, and the 304 has one, it is ignored, because only header fields that are stored already are
#   replaced. An answer that may be shown for 10 more seconds is shown for 60.
# There is no error and no log line. An API with a limit of calls sees as many as without a cache.
#
# Source: RFC 9111, sections 5.2.2.2, 4.2.3 and 3.2; evaluateRequest and revalidatedPolicy in index.js of
# https://github.com/kornelski/http-cache-semantics, whose pull request 54 is open since June 2026; `fetch` in src/HTTPCache.ts of
# https://github.com/apollographql/datasource-rest. Issues 21 and 30 of kornelski/rusty-http-cache-semantics, of the same code in
# Rust, are about the 304.
#
# Output seen; "conditional" and "whole" are requests to the API:
#   max-age=60: 0 s whole, 10 s cache, 20 s cache
#   max-age=60, must-revalidate: 0 s whole, 10 s whole, 20 s whole
#   ttl 60: 0 s whole, 10 s cache, 20 s cache
#   ttl 60, Age 100: 0 s whole, 10 s whole, 20 s whole
#   Age 59, then a 304 without Age: 0 s whole, 2 s conditional, 10 s conditional, 20 s conditional
#   no Age, then a 304 with Age 50: 0 s whole, 60 s conditional, 75 s cache, 119 s cache
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/datasource-rest@6.4.1 http-cache-semantics@4.3.0 @apollo/utils.keyvaluecache@4.0.0 \
  graphql@16.15.0
cat >run.mjs <<'JS'
import { RESTDataSource } from '@apollo/datasource-rest'
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache'

// Both packages read the time from Date.now only.
let now = Date.parse('2026-01-01T00:00:00Z')
Date.now = () => now

/** The API answers with the first header fields, and then each conditional request by a 304 with the others. */
async function trial(name, seconds, first, then, options) {
  const cache = new InMemoryLRUCache()
  let asked
  const fetch = async (_address, { headers }) => {
    const isConditional = headers['if-none-match'] !== undefined
    asked = isConditional ? 'conditional' : 'whole'
    const fields = { 'content-type': 'application/json', ...(isConditional ? then : first) }
    return isConditional ? new Response(null, { status: 304, headers: fields }) : new Response('{}', { headers: fields })
  }
  const start = now
  const seen = []
  for (const second of seconds) {
    now = start + second * 1000
    asked = 'cache'
    // A data source lives for one operation of GraphQL. The cache is common to all.
    const source = new RESTDataSource({ cache, fetch })
    const { httpCache } = await source.fetch('http://api.example/prices', options)
    await httpCache.cacheWritePromise
    seen.push(`${second} s ${asked}`)
  }
  console.log(`${name}: ${seen.join(', ')}`)
}

const fresh = { 'cache-control': 'max-age=60' }
const tagged = { ...fresh, etag: '"1"' }
await trial('max-age=60', [0, 10, 20], fresh)
await trial('max-age=60, must-revalidate', [0, 10, 20], { 'cache-control': 'max-age=60, must-revalidate' })
await trial('ttl 60', [0, 10, 20], { 'cache-control': 'max-age=600' }, undefined, { cacheOptions: { ttl: 60 } })
await trial('ttl 60, Age 100', [0, 10, 20], { 'cache-control': 'max-age=600', age: '100' }, undefined, { cacheOptions: { ttl: 60 } })
await trial('Age 59, then a 304 without Age', [0, 2, 10, 20], { ...tagged, age: '59' }, tagged)
await trial('no Age, then a 304 with Age 50', [0, 60, 75, 119], tagged, { ...tagged, age: '50' })
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
max-age=60: 0 s whole, 10 s cache, 20 s cache
max-age=60, must-revalidate: 0 s whole, 10 s whole, 20 s whole
ttl 60: 0 s whole, 10 s cache, 20 s cache
ttl 60, Age 100: 0 s whole, 10 s whole, 20 s whole
Age 59, then a 304 without Age: 0 s whole, 2 s conditional, 10 s conditional, 20 s conditional
no Age, then a 304 with Age 50: 0 s whole, 60 s conditional, 75 s cache, 119 s cache
SEEN
