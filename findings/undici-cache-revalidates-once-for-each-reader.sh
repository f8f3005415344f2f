#!/usr/bin/env bash
# The cache of undici sends a request to the server for each reader of a stale answer, as long as the new one has not come.
#
# Versions: undici 7.30.2 and 8.13.1 (on node 24.22.3, because 8 needs it); Node 20.20.
#
# What one would expect: with `stale-while-revalidate` readers get the old answer at once, and one request in the background fetches the
# new one. A busy address costs the server one request per lifetime, which is what the directive is for.
#
# What happens: each reader gets the old answer at once, and each starts a request of its own. Nothing records that one is under way. So
# a slow server gets as many requests as there are readers in the time of one answer, exactly when it is slow. If it fails, the old
# answer stays, and each reader of the whole window, which may be days, asks it again, without a pause. Readers see nothing of it. An
# API with a limit is used up by this. `deduplicate()` helps if it comes before `cache()` in compose(), and changes nothing behind it.
# This is the opposite of what the documentation says of compose(), that the first interceptor is the outermost: the last one is.
#
# Source: RFC 5861, section 3; the background revalidation in lib/interceptor/cache.js, since https://github.com/nodejs/undici/pull/4492;
# "Composing multiple interceptors" in docs/docs/api/Interceptors.md, and compose in lib/dispatcher/dispatcher.js.
#
# Output seen:
#   undici 7, cache(): 20 readers got "old", requests meanwhile: 20; after a failure 20 readers got "old", requests: 20
#   undici 7, cache() and then deduplicate(): 20 readers got "old", requests meanwhile: 20; after a failure 20 readers got "old", requests: 20
#   undici 7, deduplicate() and then cache(): 20 readers got "old", requests meanwhile: 1; after a failure 20 readers got "old", requests: 1
#   undici 8: the same
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
import { setTimeout as sleep } from 'node:timers/promises'

const { Agent, interceptors, request } = await import(process.argv[2])
const { cache, deduplicate } = interceptors
const READERS = 20

/** Answers the first request at once, and holds the others until they are released. */
const held = []
let requests = 0
const server = createServer((_request, response) => {
  requests += 1
  if (requests > 1) {
    held.push(response)
    return
  }
  response.setHeader('cache-control', 'max-age=1, stale-while-revalidate=600')
  response.end('old')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`

async function readAll(dispatcher, path) {
  const before = requests
  const seen = new Set()
  for (let reader = 0; reader < READERS; reader += 1) {
    const { body } = await request(origin + path, { dispatcher })
    seen.add(await body.text())
  }
  // All requests that were started have come when no further one comes for a while.
  for (let known = -1; known !== requests; await sleep(300)) known = requests
  return [[...seen].map((text) => `"${text}"`).join(' or '), requests - before]
}

async function release() {
  for (const response of held.splice(0)) {
    response.statusCode = 500
    response.end('failed')
  }
  await sleep(300)
}

for (const [name, list] of [
  ['cache()', [cache()]],
  ['cache() and then deduplicate()', [cache(), deduplicate()]],
  ['deduplicate() and then cache()', [deduplicate(), cache()]],
]) {
  const dispatcher = new Agent({ connections: 100 }).compose(...list)
  requests = 0
  await (await request(`${origin}/`, { dispatcher })).body.text()
  await sleep(2500)
  const [seen, meanwhile] = await readAll(dispatcher, '/')
  await release()
  const [seenAfter, after] = await readAll(dispatcher, '/')
  await release()
  const text = `${READERS} readers got ${seen}, requests meanwhile: ${meanwhile}`
  console.log(`${name}: ${text}; after a failure ${READERS} readers got ${seenAfter}, requests: ${after}`)
}
process.exit()
JS
node run.mjs undici7 2>/dev/null | tee seen
diff seen - <<'SEEN'
cache(): 20 readers got "old", requests meanwhile: 20; after a failure 20 readers got "old", requests: 20
cache() and then deduplicate(): 20 readers got "old", requests meanwhile: 20; after a failure 20 readers got "old", requests: 20
deduplicate() and then cache(): 20 readers got "old", requests meanwhile: 1; after a failure 20 readers got "old", requests: 1
SEEN
"node_modules/$node24/bin/node" run.mjs undici8 2>/dev/null | diff seen -
echo 'undici 8: the same'
