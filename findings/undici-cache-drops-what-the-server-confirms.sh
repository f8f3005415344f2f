#!/usr/bin/env bash
# The cache of undici throws an answer away when the server confirms it by a 304, and fetches the whole answer again.
#
# Versions: undici 7.30.2 and 8.13.1 (on node 24.22.3, because 8 needs it); Node 20.20.
#
# What one would expect: when an answer with max-age=60 and an ETag is too old, the cache asks the server whether it still holds. The
# 304 makes it fresh for another 60 seconds. An answer that does not change is sent once, and after that only 304 answers follow.
#
# What happens: the 304 is good for one request. The stored answer is removed, and its body is shown with the Age of before, so a
# cache behind takes it for old. The next request is not conditional any more: the server sends the whole answer. So the server is
# asked twice in the time of one answer, and sends the body every second time. Nothing is logged.
#
# Source: RFC 9111, section 4.3.4; lib/interceptor/cache.js and lib/handler/cache-revalidation-handler.js. Issue 5505 of
# https://github.com/nodejs/undici is open, and says that the answer stays old; the pull request 5700 says that it is removed.
#
# Output seen, of both versions:
#   0 s: the server sends 200, Age -
#   30 s: from the cache, Age 30
#   61 s: the server sends 304, Age 61
#   62 s: the server sends 200, Age -
#   90 s: from the cache, Age 28
#   123 s: the server sends 304, Age 61
#   124 s: the server sends 200, Age -
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts undici7@npm:undici@7.30.2 undici8@npm:undici@8.13.1 "$node24@24.22.3"
cat >run.mjs <<'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'

const { Agent, interceptors, request } = await import(process.argv[2])

// The cache reads the time from Date.now only.
let now = Date.parse('2026-01-01T00:00:00Z')
Date.now = () => now
const start = now

let sent
const server = createServer(({ headers }, response) => {
  const isConfirmed = headers['if-none-match'] === '"1"'
  sent = isConfirmed ? 304 : 200
  response.writeHead(sent, { date: new Date(now).toUTCString(), 'cache-control': 'max-age=60', etag: '"1"' })
  response.end(isConfirmed ? undefined : 'answer')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${server.address().port}/`
const dispatcher = new Agent().compose(interceptors.cache())

for (const second of [0, 30, 61, 62, 90, 123, 124]) {
  now = start + second * 1000
  sent = undefined
  const { statusCode, headers, body } = await request(address, { dispatcher })
  if (statusCode !== 200 || (await body.text()) !== 'answer') throw new Error('Not the answer')
  console.log(`${second} s: ${sent ? `the server sends ${sent}` : 'from the cache'}, Age ${headers.age ?? '-'}`)
}
server.close()
server.closeAllConnections()
await dispatcher.close()
JS
for run in 'node undici7' "node_modules/$node24/bin/node undici8"; do
  read -r program package <<<"$run"
  echo "$package"
  "$program" run.mjs "$package" | tee seen
  diff seen - <<'SEEN'
0 s: the server sends 200, Age -
30 s: from the cache, Age 30
61 s: the server sends 304, Age 61
62 s: the server sends 200, Age -
90 s: from the cache, Age 28
123 s: the server sends 304, Age 61
124 s: the server sends 200, Age -
SEEN
done
