#!/usr/bin/env bash
# Popular caches store an old value after it was deleted, if the deletion comes while the value is loading.
#
# Versions: cache-manager 7.2.9, cacheable 2.5.0, bentocache 1.6.1, async-cache-dedupe 3.4.0, layered-loader 14.2.2 and p-memoize
# 8.0.0; lru-cache 11.5.3, dataloader 2.2.3, ocache 0.3.2 and axios-cache-interceptor 1.12.3, which are right; Node 20.20.
# layered-loader 16.1.0 and p-memoize 9.0.0, which need Node 22, are right as well.
#
# What one would expect: these functions return a cached value, or load it and store it. Who changes the value calls the function
# that deletes or invalidates the key. Whoever asks afterwards gets the new value.
#
# What happens: a load that has read the old value, and has not ended, stores it after the deletion, which found nothing to delete.
# Everybody gets the old value until its time to live ends; without one, for ever. The gap is as long as the load, and a value is
# loaded most often when many ask for it. It happens in one process, with the caches in memory. Of the others, lru-cache ends the
# load with an error, and the rest give its value to those who waited for it, and do not store it.
#
# Source: wrap in packages/cache-manager and getOrSet in packages/utils of https://github.com/jaredwray/cacheable; the factory
# runner of https://github.com/Julien-R44/bentocache; src/cache.js of https://github.com/mcollina/async-cache-dedupe. The pull
# request 414 of https://github.com/kibertoad/layered-loader describes it well. Guava has it as an open issue since 2014:
# https://github.com/google/guava/issues/1881.
#
# Output seen, after the value "old" was replaced by "new" and deleted from the cache:
#   cache-manager, wrap and del: old
#   cacheable, getOrSet and delete: old
#   bentocache, getOrSet and delete: old
#   async-cache-dedupe, invalidateAll: old
#   layered-loader, invalidateCacheFor: old
#   p-memoize, pMemoizeClear: old
#   lru-cache, fetch and delete: new
#   dataloader, clear: new
#   ocache, invalidate: new
#   axios-cache-interceptor, storage.remove: new
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cache-manager@7.2.9 cacheable@2.5.0 bentocache@1.6.1 async-cache-dedupe@3.4.0 \
  layered-loader@14.2.2 p-memoize@8.0.0 lru-cache@11.5.3 dataloader@2.2.3 ocache@0.3.2 axios@1.21.1 axios-cache-interceptor@1.12.3
cat >run.mjs <<'JS'
import { createCache as createDedupe } from 'async-cache-dedupe'
import Axios from 'axios'
import { setupCache } from 'axios-cache-interceptor'
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { createCache } from 'cache-manager'
import { Cacheable } from 'cacheable'
import DataLoader from 'dataloader'
import { Loader } from 'layered-loader'
import { LRUCache } from 'lru-cache'
import { defineCachedFunction } from 'ocache'
import pMemoize, { pMemoizeClear } from 'p-memoize'

const HOUR = 3_600_000

/** Makes a cache of each kind around the function that loads the value: how to get it, and how to delete it. */
const kinds = {
  'cache-manager, wrap and del'(load) {
    const cache = createCache({ ttl: HOUR })
    return { get: () => cache.wrap('key', load), remove: () => cache.del('key') }
  },
  'cacheable, getOrSet and delete'(load) {
    const cache = new Cacheable({ ttl: HOUR })
    return { get: () => cache.getOrSet('key', load), remove: () => cache.delete('key') }
  },
  'bentocache, getOrSet and delete'(load) {
    const cache = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(memoryDriver({})) } })
    return { get: () => cache.getOrSet({ key: 'key', factory: load, ttl: HOUR }), remove: () => cache.delete({ key: 'key' }) }
  },
  'async-cache-dedupe, invalidateAll'(load) {
    const cache = createDedupe({ ttl: HOUR / 1000, storage: { type: 'memory', options: { invalidation: true } } })
    cache.define('load', { references: () => ['reference'] }, load)
    return { get: () => cache.load('key'), remove: () => cache.invalidateAll('reference') }
  },
  'layered-loader, invalidateCacheFor'(load) {
    const cache = new Loader({ inMemoryCache: { ttlInMsecs: HOUR, maxItems: 10 }, dataSources: [{ name: 'source', get: load }] })
    return { get: () => cache.get('key'), remove: () => cache.invalidateCacheFor('key') }
  },
  'p-memoize, pMemoizeClear'(load) {
    const cached = pMemoize(load)
    return { get: () => cached('key'), remove: () => pMemoizeClear(cached) }
  },
  'lru-cache, fetch and delete'(load) {
    const cache = new LRUCache({ max: 10, ttl: HOUR, fetchMethod: load })
    return { get: () => cache.fetch('key'), remove: () => cache.delete('key') }
  },
  'dataloader, clear'(load) {
    const loader = new DataLoader((keys) => Promise.all(keys.map(load)))
    return { get: () => loader.load('key'), remove: () => loader.clear('key') }
  },
  'ocache, invalidate'(load) {
    const cached = defineCachedFunction(load, { name: 'load', maxAge: HOUR / 1000, swr: false })
    return { get: () => cached('key'), remove: () => cached.invalidate('key') }
  },
  'axios-cache-interceptor, storage.remove'(load) {
    const adapter = async (config) => ({ data: await load(), status: 200, headers: {}, config })
    const axios = setupCache(Axios.create({ adapter }), { ttl: HOUR })
    return { get: async () => (await axios.get('/', { id: 'key' })).data, remove: () => axios.storage.remove('key') }
  },
}

for (const [name, create] of Object.entries(kinds)) {
  let stored = 'old'
  const [started, ended] = [deferred(), deferred()]
  const { get, remove } = create(async () => {
    const value = stored
    started.resolve()
    await ended.promise
    return value
  })
  const first = get()
  await started.promise
  stored = 'new'
  await remove()
  ended.resolve()
  await first.catch(() => undefined)
  // Some caches store in the background. They need no time, only turns of the event loop.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  console.log(`${name}: ${await get()}`)
}
process.exit()

function deferred() {
  let resolve
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
cache-manager, wrap and del: old
cacheable, getOrSet and delete: old
bentocache, getOrSet and delete: old
async-cache-dedupe, invalidateAll: old
layered-loader, invalidateCacheFor: old
p-memoize, pMemoizeClear: old
lru-cache, fetch and delete: new
dataloader, clear: new
ocache, invalidate: new
axios-cache-interceptor, storage.remove: new
SEEN
