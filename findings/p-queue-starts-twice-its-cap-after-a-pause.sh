#!/usr/bin/env bash
# p-queue starts twice as many tasks as `intervalCap` allows at the end of an interval in which it had nothing to do for a while.
#
# Versions: p-queue 9.3.5; 9.1.0, 9.2.0 and 9.3.0 do the same, 9.0.0 and 8.1.1 do not; Node 20.20.
#
# What one would expect: with `intervalCap: 5, interval: 1000` at most five tasks start in each interval. By the documentation the
# intervals follow each other, so ten tasks may start within a short time at the border of two of them, but five in each.
#
# What happens: five tasks start and the queue is empty. Tasks that come before the interval has ended wait for a timer. If the timer
# fires in the very millisecond in which the interval ends, five tasks start, and the queue takes the old interval for one that still
# lasts: it sets a timer of 0 ms, which begins another interval and starts five more. So ten start within two milliseconds, in one
# interval. An API with a fixed window of the same length answers 429. If the timer fires a millisecond late the count is right, so
# with real timers it happens often, not each time. Here the timers are fake ones, which are exact. `strict: true` counts right.
#
# Source: https://github.com/sindresorhus/p-queue#intervalcap; isIntervalPausedAt in source/index.ts. The issues 182 and 251 led to
# the present form of this function; they are about intervals that begin too early, and tasks that wait too long.
#
# Output seen:
#   p-queue 9.3.5: 5 at 0, 5 at 1000, 5 at 1001, 5 at 2000, 5 at 3000
#   p-queue 9.3.5, strict: 5 at 0, 5 at 1000, 5 at 2000, 5 at 3000, 5 at 4000
#   p-queue 9.0.0: 5 at 0, 5 at 1000, 5 at 2000, 5 at 3000, 5 at 4000
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund new@npm:p-queue@9.3.5 old@npm:p-queue@9.0.0 @sinonjs/fake-timers@15.5.0
cat >run.mjs <<'JS'
import FakeTimers from '@sinonjs/fake-timers'
import NewQueue from 'new'
import OldQueue from 'old'

const clock = FakeTimers.install({
  now: Date.parse('2026-01-01T00:00:00Z'),
  toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
})
for (const [name, Queue, options] of [
  ['p-queue 9.3.5', NewQueue, {}],
  ['p-queue 9.3.5, strict', NewQueue, { strict: true }],
  ['p-queue 9.0.0', OldQueue, {}],
]) {
  const queue = new Queue({ intervalCap: 5, interval: 1000, ...options })
  const startedAt = Date.now()
  const counts = new Map()
  const add = (count) => {
    for (let number = 0; number < count; number += 1) {
      void queue.add(() => {
        const ms = Date.now() - startedAt
        counts.set(ms, (counts.get(ms) ?? 0) + 1)
      })
    }
  }
  add(5)
  await clock.tickAsync(500)
  add(20)
  await clock.tickAsync(10_000)
  console.log(`${name}: ${[...counts].map(([ms, count]) => `${count} at ${ms}`).join(', ')}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
p-queue 9.3.5: 5 at 0, 5 at 1000, 5 at 1001, 5 at 2000, 5 at 3000
p-queue 9.3.5, strict: 5 at 0, 5 at 1000, 5 at 2000, 5 at 3000, 5 at 4000
p-queue 9.0.0: 5 at 0, 5 at 1000, 5 at 2000, 5 at 3000, 5 at 4000
SEEN
