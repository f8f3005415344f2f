#!/usr/bin/env bash
# The cache of got takes every answer for a 200: it shows a part as the whole, and errors long after they have passed.
#
# Versions: got 14.6.6 and 16.1.0 (on node 24.22.3, because 16 needs it), both with cacheable-request 13.0.19 and
# http-cache-semantics 4.3.0; Node 20.20.
#
# What one would expect: got and cacheable-request promise a cache by RFC 7234. A cache that does not join parts stores no 206. An
# error such as 403, 429 or 503 is stored only if its headers say that it may be, or for how long.
#
# What happens: cacheable-request gives the answer of Node to http-cache-semantics, which reads its `status`. Node's answers have
# a `statusCode` only, so the status counts as 200, whatever it is. A request for a range stores its part, and the next request,
# for the whole, gets this part from the cache, with status 206. An error with a Last-Modified, as a static page of errors has it,
# is shown again for a tenth of the age of that page, which may be days, without asking the server. http-cache-semantics decides
# right when it is given the status. Answers that say `no-store` are not stored.
#
# Source: RFC 9111, sections 3, 3.3 and 4.2.2; in src/index.ts of cacheable-request the status is set before a revalidation, but not
# before the first answer is stored.
#
# Output seen, of both versions:
#   a part, then the whole: 206 "first", then 206 "first" from the cache; by its status not to be stored
#   403 with Last-Modified: 403 "first", then 403 "first" from the cache; by its status not to be stored
#   429 with Last-Modified: 429 "first", then 429 "first" from the cache; by its status not to be stored
#   503 with Last-Modified: 503 "first", then 503 "first" from the cache; by its status not to be stored
#   200 with Last-Modified: 200 "first", then 200 "first" from the cache; by its status to be stored
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts got14@npm:got@14.6.6 got16@npm:got@16.1.0 cacheable-request@13.0.19 http-cache-semantics@4.3.0 "$node24@24.22.3"
cat >run.mjs <<'JS'
import http from 'node:http'
import CachePolicy from 'http-cache-semantics'

const { default: got } = await import(process.argv[2])
const MONTH_MS = 30 * 24 * 60 * 60 * 1000
const dated = { 'last-modified': new Date(Date.now() - MONTH_MS).toUTCString() }
const cases = {
  'a part, then the whole': [206, { 'cache-control': 'max-age=1000', 'content-range': 'bytes 0-4/12' }],
  '403 with Last-Modified': [403, dated],
  '429 with Last-Modified': [429, dated],
  '503 with Last-Modified': [503, dated],
  '200 with Last-Modified': [200, dated],
}
for (const [name, [status, headers]] of Object.entries(cases)) {
  let requests = 0
  const server = http.createServer((_request, response) => {
    requests += 1
    if (requests === 1) response.writeHead(status, headers).end('first')
    else response.writeHead(200, { 'cache-control': 'no-store' }).end('first, whole')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cache = new Map()
  const stored = new Promise((resolve) => (cache.set = (...entry) => (resolve(), Map.prototype.set.apply(cache, entry))))
  const client = got.extend({ cache, retry: { limit: 0 }, throwHttpErrors: false })
  const url = `http://127.0.0.1:${server.address().port}/`
  const tell = ({ statusCode, body, isFromCache }) =>
    `${statusCode} ${JSON.stringify(body)}${isFromCache ? ' from the cache' : ''}`
  const first = await client(url, status === 206 ? { headers: { range: 'bytes=0-4' } } : {})
  await stored
  const second = await client(url)
  const right = new CachePolicy({ url: '/', method: 'GET', headers: {} }, { status, headers }).storable()
  console.log(`${name}: ${tell(first)}, then ${tell(second)}; by its status ${right ? '' : 'not '}to be stored`)
  server.close()
}
JS
for run in 'node got14' "node_modules/$node24/bin/node got16"; do
  read -r program package <<<"$run"
  echo "$package"
  "$program" run.mjs "$package" | tee seen
  diff seen - <<'SEEN'
a part, then the whole: 206 "first", then 206 "first" from the cache; by its status not to be stored
403 with Last-Modified: 403 "first", then 403 "first" from the cache; by its status not to be stored
429 with Last-Modified: 429 "first", then 429 "first" from the cache; by its status not to be stored
503 with Last-Modified: 503 "first", then 503 "first" from the cache; by its status not to be stored
200 with Last-Modified: 200 "first", then 200 "first" from the cache; by its status to be stored
SEEN
done
