#!/usr/bin/env bash
# The client-side cache of node-redis answers from the database that was selected before.
#
# Versions: redis (node-redis) 6.3.1; redis-server 7.0.15, which has to be installed; Node 20.20.
#
# What one would expect: after `select(1)` a read shows the value of database 1. Commands of one connection are carried out in
# their order, so a read that is sent after a write shows what was written.
#
# What happens: with `clientSideCache` the key of an answer is made of the command alone. The same read in another database gets
# the answer of the first, and back again. The server sends no invalidation, because no key has changed. It lasts until somebody
# writes a key of this name in any of the databases. A read that is sent while an equal read is under way joins it, also if a write
# was sent between the two: the client then does not see its own write. Without the cache both are right.
#
# Source: https://github.com/redis/node-redis/blob/master/docs/client-side-caching.md says nothing of databases; generateCacheKey
# and handleCache in packages/client/lib/client/cache.ts. Redis itself invalidates a name in all databases at once:
# https://github.com/redis/redis/issues/6237.
#
# Output seen:
#   without cache: database 0 "zero", database 1 "one", database 0 "zero"
#   without cache: read "old", write, read "new"
#   with cache: database 0 "zero", database 1 "zero", database 0 "zero"
#   with cache: read "old", write, read "old"
set -euo pipefail
command -v redis-server >/dev/null || { echo 'redis-server is not installed' >&2; exit 1; }
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund redis@6.3.1
cat >run.mjs <<'JS'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from 'redis'

// A socket in this folder needs no port.
const path = `${process.cwd()}/redis.sock`
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no'])
let log = ''
for await (const chunk of server.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
  log += chunk
  if (log.includes('eady to accept connections')) break
}
server.stdout.resume()
try {
  const writer = await createClient({ socket: { path } }).connect()
  await writer.set('name', 'zero')
  await writer.select(1)
  await writer.set('name', 'one')
  await writer.select(0)
  const options = { 'without cache': {}, 'with cache': { clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: 'LRU' } } }
  for (const [name, option] of Object.entries(options)) {
    await writer.set('state', 'old')
    const client = await createClient({ socket: { path }, ...option }).connect()
    const seen = []
    for (const database of [0, 1, 0]) {
      await client.select(database)
      seen.push(`database ${database} ${JSON.stringify(await client.get('name'))}`)
    }
    console.log(`${name}: ${seen.join(', ')}`)
    const [before, , after] = await Promise.all([client.get('state'), client.set('state', 'new'), client.get('state')])
    console.log(`${name}: read ${JSON.stringify(before)}, write, read ${JSON.stringify(after)}`)
    client.destroy()
  }
  writer.destroy()
} finally {
  server.kill()
  await once(server, 'exit')
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
without cache: database 0 "zero", database 1 "one", database 0 "zero"
without cache: read "old", write, read "new"
with cache: database 0 "zero", database 1 "zero", database 0 "zero"
with cache: read "old", write, read "old"
SEEN
