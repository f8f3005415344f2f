#!/usr/bin/env bash
# The cache of make-fetch-happen forgets the header Age, so behind another cache it shows answers for twice as long as it may.
#
# Versions: make-fetch-happen 15.0.6 and 16.0.1 (on node 24.22.3, because 16 needs it), http-cache-semantics 4.3.0; Node 20.20.
#
# What one would expect: an answer with `max-age=100` and `Age: 90` has spent 90 of its 100 seconds in another cache, such as a
# CDN or a gateway. It may be shown for 10 more.
#
# What happens: the answer is stored without its Age, because Age is not in the list of headers that are stored. Read from the
# store it counts as new: it is shown for 100 seconds, with an Age that begins at 0. An answer that is too old already when it
# comes is stored and shown, too. A chain of such clients adds the whole lifetime with each step. `cacheAdditionalHeaders: ['age']`
# gives the Age back, and the answers are right.
#
# Source: RFC 9111, sections 4.2.3 and 3.1; KEEP_RESPONSE_HEADERS in lib/cache/entry.js. An earlier version obeyed the Age:
# https://github.com/zkat/make-fetch-happen/pull/13.
#
# Output seen, of both versions:
#   max-age=100, Age: 0, after 60 seconds: from the cache, Age 60
#   max-age=100, Age: 90, after 60 seconds: from the cache, Age 60
#   max-age=100, Age: 200, at once: from the cache, Age 0
#   max-age=100, Age: 90, after 60 seconds, cacheAdditionalHeaders: from the server, Age 90
#   max-age=100, Age: 200, at once, cacheAdditionalHeaders: from the server, Age 200
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mfh15@npm:make-fetch-happen@15.0.6 mfh16@npm:make-fetch-happen@16.0.1 http-cache-semantics@4.3.0 "$node24@24.22.3"
cat >run.mjs <<'JS'
import { mkdtempSync } from 'node:fs'
import http from 'node:http'

// The clock stands still, but for the seconds that a case lets pass.
let now = Date.now()
Date.now = () => now
const { default: fetch } = await import(process.argv[2])

const option = { cacheAdditionalHeaders: ['age'] }
const cases = [
  [0, 60, {}],
  [90, 60, {}],
  [200, 0, {}],
  [90, 60, option],
  [200, 0, option],
]
for (const [age, seconds, options] of cases) {
  let requests = 0
  const server = http.createServer((_request, response) => {
    requests += 1
    const headers = { 'cache-control': 'max-age=100', age, date: new Date(now).toUTCString() }
    response.writeHead(200, headers).end('answer')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/`
  const ask = fetch.defaults({ cachePath: mkdtempSync(`${process.cwd()}/cache-`), ...options })
  await (await ask(url)).text()
  now += seconds * 1000
  const again = await ask(url)
  await again.text()
  const wait = seconds > 0 ? `after ${seconds} seconds` : 'at once'
  const name = `max-age=100, Age: ${age}, ${wait}${options === option ? ', cacheAdditionalHeaders' : ''}`
  console.log(`${name}: from the ${requests > 1 ? 'server' : 'cache'}, Age ${again.headers.get('age')}`)
  server.close()
}
// Connections that are kept open would keep the process for some seconds more.
process.exit()
JS
for run in 'node mfh15' "node_modules/$node24/bin/node mfh16"; do
  read -r program package <<<"$run"
  echo "$package"
  "$program" run.mjs "$package" | tee seen
  diff seen - <<'SEEN'
max-age=100, Age: 0, after 60 seconds: from the cache, Age 60
max-age=100, Age: 90, after 60 seconds: from the cache, Age 60
max-age=100, Age: 200, at once: from the cache, Age 0
max-age=100, Age: 90, after 60 seconds, cacheAdditionalHeaders: from the server, Age 90
max-age=100, Age: 200, at once, cacheAdditionalHeaders: from the server, Age 200
SEEN
done
