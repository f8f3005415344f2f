#!/usr/bin/env bash
# With automatic pipelines ioredis sends some commands before earlier ones: a write goes to another database, or is lost at the end.
#
# Versions: ioredis 5.11.1 and 6.0.0; redis-server 7.0.15, which has to be installed; Node 20.20.
#
# What one would expect: the documentation says of `enableAutoPipelining` that no other change of the code is necessary. Commands of
# one connection are sent in the order of the calls, so a write that is called before `select(1)` changes the database that was
# selected before, and one that is called before `quit()` is carried out.
#
# What happens: a command waits in a pipeline until the end of the turn of the event loop. Some commands must not be in a pipeline,
# such as `select`, `multi`, `pipeline` and `quit`. They are sent at once, so they overtake all commands that wait. The write is
# carried out in the database that was selected after it, without an error. A transaction or a pipeline does not see the write of
# the line before. After `quit()` the waiting writes are not sent; they reject with "Connection is closed", which nobody sees who
# does not wait for each write. While a pipeline is on its way, commands wait for its answer as well, so the gap can be longer than
# one turn.
#
# Source: https://github.com/redis/ioredis#autopipelining; notAllowedAutoPipelineCommands in lib/autoPipelining.ts. Related issues:
# 1505, where the `select` of ioredis itself came after a subscription, and 1978, which asks about the order.
#
# Output seen, of both versions:
#   automatic pipelines off
#     set, then get in a pipeline: new
#     set, then get in a transaction: new
#     set, then select(1): database 0 new, database 1 old
#     set, then quit(): new
#   automatic pipelines on
#     set, then get in a pipeline: old
#     set, then get in a transaction: old
#     set, then select(1): database 0 old, database 1 new
#     set, then quit(): old
set -euo pipefail
command -v redis-server >/dev/null || { echo 'redis-server is missing' >&2; exit 1; }
folder="$(mktemp -d)"
redis=""
trap '[ -n "$redis" ] && kill "$redis"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis5@npm:ioredis@5.11.1 ioredis6@npm:ioredis@6.0.0
redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --appendonly no >/dev/null &
redis=$!
until redis-cli -s "$folder/redis.sock" ping >/dev/null 2>&1; do sleep 0.1; done
cat >run.mjs <<'JS'
const { Redis } = await import(process.argv[2])

function open(enableAutoPipelining) {
  const client = new Redis(process.argv[3], { enableAutoPipelining })
  client.on('error', () => undefined)
  return client
}

/** Reads with a connection of its own. */
async function read(db) {
  const reader = open(false)
  await reader.select(db)
  const value = await reader.get('key')
  reader.disconnect()
  return value
}

async function trial(name, isOn, run) {
  const client = open(isOn)
  await client.select(1)
  await client.set('key', 'old')
  await client.select(0)
  await client.set('key', 'old')
  const write = client.set('key', 'new').catch(() => undefined)
  const seen = await run(client)
  await write
  client.disconnect()
  console.log(`  ${name}: ${seen ?? (await read(0))}`)
}

for (const isOn of [false, true]) {
  console.log(`automatic pipelines ${isOn ? 'on' : 'off'}`)
  await trial('set, then get in a pipeline', isOn, async (client) => (await client.pipeline().get('key').exec())[0][1])
  await trial('set, then get in a transaction', isOn, async (client) => (await client.multi().get('key').exec())[0][1])
  await trial('set, then select(1)', isOn, async (client) => {
    await client.select(1)
    await client.get('key')
    return `database 0 ${await read(0)}, database 1 ${await read(1)}`
  })
  await trial('set, then quit()', isOn, async (client) => {
    // The answer to `quit()` is lost, if the pipeline is written to the closed connection first.
    await client.quit().catch(() => undefined)
    return read(0)
  })
}
JS
for version in ioredis5 ioredis6; do
  echo "$version"
  node run.mjs "$version" "$folder/redis.sock" | tee seen
  diff seen - <<'SEEN'
automatic pipelines off
  set, then get in a pipeline: new
  set, then get in a transaction: new
  set, then select(1): database 0 new, database 1 old
  set, then quit(): new
automatic pipelines on
  set, then get in a pipeline: old
  set, then get in a transaction: old
  set, then select(1): database 0 old, database 1 new
  set, then quit(): old
SEEN
done
