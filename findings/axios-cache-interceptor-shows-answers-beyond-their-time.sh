#!/usr/bin/env bash
# axios-cache-interceptor caches a minute for a year, shows old answers for ever if the server fails, and stores errors over them.
#
# Versions: axios-cache-interceptor 1.12.3, axios 1.21.1; Node 20.20.
#
# What one would expect: `max-age=60, immutable` says that the answer does not change during its 60 seconds. After that the server is
# asked. `stale-if-error=120` in an answer allows to show it for 120 seconds after it became old, if the server fails. An answer with
# status 503 is not stored, because the default `cachePredicate` does not accept its status.
#
# What happens, all with the default options:
# - With immutable the max-age and the Age are ignored, and the answer is fresh for a year.
# - The package searches stale-if-error in the answer that failed, not in the one that is stored. A refused connection has no
#   answer, and a 503 has no such directive, so the limit is never found, and the old answer is shown for ever.
# - The status is checked only if nothing is stored yet. With `validateStatus: () => true`, which is common in servers that pass
#   answers on, a 503 without header fields replaces an answer that had an ETag and had become old. It counts as fresh for the
#   default time, 5 minutes, though the server is well again.
#
# Source: RFC 8246, section 2; RFC 5861, section 4; src/header/interpreter.ts and src/interceptors/response.ts of
# https://github.com/arthurfiorette/axios-cache-interceptor, whose issue 506 asks that the directive limits the time.
#
# Output seen:
#   max-age=60, immutable: after 30 days "old" from the cache
#   max-age=60: after 30 days "new"
#   stale-if-error=120, then no connection: after 100 s "old" from the cache, after 30 days "old" from the cache
#   stale-if-error=120, then 503: after 100 s "old" from the cache, after 30 days "old" from the cache
#   503 instead of a 304, with validateStatus: after 61 s 503, after 261 s 503 from the cache
#   503 as the first answer, with validateStatus: at once 503, after 1 s "new"
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund axios@1.21.1 axios-cache-interceptor@1.12.3
cat >run.mjs <<'JS'
import Axios, { AxiosError } from 'axios'
import { setupCache } from 'axios-cache-interceptor'

// The package reads the time from Date.now only.
let now = Date.parse('2026-01-01T00:00:00Z')
Date.now = () => now
const DAYS_30 = 30 * 24 * 3600

/** A client whose server gives these answers one after the other, and the last one from then on. undefined refuses the connection. */
function createClient(answers, options) {
  let count = 0
  const adapter = async (config) => {
    const answer = answers[Math.min(count, answers.length - 1)]
    count += 1
    if (!answer) throw new AxiosError('refused', 'ECONNREFUSED', config)
    const [status, data, cacheControl] = answer
    const headers = cacheControl ? { 'cache-control': cacheControl, etag: '"1"' } : {}
    const response = { status, statusText: '', data, headers, config }
    if (config.validateStatus(status)) return response
    throw new AxiosError('status', undefined, config, undefined, response)
  }
  const client = setupCache(Axios.create({ adapter, ...options }))
  return async () => {
    const { status, data, cached } = await client.get('http://api.example/')
    return `${status === 200 ? `"${data}"` : status}${cached ? ' from the cache' : ''}`
  }
}

async function after(seconds, get) {
  now += seconds * 1000
  return get()
}

for (const cacheControl of ['max-age=60, immutable', 'max-age=60']) {
  const get = createClient([[200, 'old', cacheControl], [200, 'new']])
  await get()
  console.log(`${cacheControl}: after 30 days ${await after(DAYS_30, get)}`)
}
for (const [name, failure] of [['no connection', undefined], ['503', [503, 'busy']]]) {
  const get = createClient([[200, 'old', 'max-age=60, stale-if-error=120'], failure])
  await get()
  const soon = await after(100, get)
  console.log(`stale-if-error=120, then ${name}: after 100 s ${soon}, after 30 days ${await after(DAYS_30, get)}`)
}
const validateStatus = () => true
const busy = createClient([[200, 'old', 'max-age=60'], [503, 'busy'], [200, 'new']], { validateStatus })
await busy()
const first = await after(61, busy)
console.log(`503 instead of a 304, with validateStatus: after 61 s ${first}, after 261 s ${await after(200, busy)}`)
const starting = createClient([[503, 'busy'], [200, 'new']], { validateStatus })
console.log(`503 as the first answer, with validateStatus: at once ${await starting()}, after 1 s ${await after(1, starting)}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
max-age=60, immutable: after 30 days "old" from the cache
max-age=60: after 30 days "new"
stale-if-error=120, then no connection: after 100 s "old" from the cache, after 30 days "old" from the cache
stale-if-error=120, then 503: after 100 s "old" from the cache, after 30 days "old" from the cache
503 instead of a 304, with validateStatus: after 61 s 503, after 261 s 503 from the cache
503 as the first answer, with validateStatus: at once 503, after 1 s "new"
SEEN
