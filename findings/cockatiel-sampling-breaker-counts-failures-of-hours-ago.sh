#!/usr/bin/env bash
# The SamplingBreaker of cockatiel counts calls of hours ago as calls of the last seconds, so it opens too early, or far too late.
#
# Versions: cockatiel 3.2.1 (4.0.0 does the same); Node 20.20.
#
# What one would expect: with a duration of 30 seconds and a threshold of 50 % the circuit opens if half of the calls of the last
# 30 seconds have failed.
#
# What happens: the breaker counts in windows of a second each. If a call finds that the last window has ended, one window is
# emptied, however many seconds have passed. After a pause all other windows still hold what they held before it. So one failed call
# opens the circuit of a service that has failed 29 times in the morning and has had nothing to do since. In the other direction,
# a thousand good calls of the morning keep the circuit closed while every call of the last 20 seconds fails. A service with many
# calls in every second is not affected; one whose calls come in bursts, for example at each full hour, is.
#
# Source: https://github.com/connor4312/cockatiel#samplingbreaker; rotateWindow and push in src/breaker/SamplingBreaker.ts. Issue 64
# describes the first case, and was closed with an answer about another one, the circuit that is open already.
#
# Output seen:
#   1 failed call: Closed
#   29 failed calls: Closed; 8 hours later 1 failed call: Open
#   600 failed calls in 20 seconds: Open after 30 calls
#   1000 good calls; 8 hours later 600 failed calls in 20 seconds: Closed
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cockatiel@3.2.1
cat >run.mjs <<'JS'
import { circuitBreaker, CircuitState, handleAll, SamplingBreaker } from 'cockatiel'

// The breaker reads the time from Date.now only.
let now = Date.parse('2026-01-01T09:00:00Z')
Date.now = () => now
const HOURS = 3_600_000

function createCircuit() {
  const breaker = new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 })
  const policy = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker })
  const call = async (isGood) => {
    await policy.execute(() => (isGood ? 'good' : Promise.reject(new Error('failed')))).catch(() => undefined)
  }
  return {
    state: () => CircuitState[policy.state],
    async call(count, isGood) {
      for (let number = 0; number < count; number += 1) await call(isGood)
    },
    /** 30 failed calls in each of 20 seconds. Returns how many it took to open the circuit. */
    async failFor20Seconds() {
      for (let number = 1; number <= 600; number += 1) {
        await call(false)
        if (policy.state === CircuitState.Open) return number
        if (number % 30 === 0) now += 1000
      }
      return undefined
    },
  }
}

const one = createCircuit()
await one.call(1, false)
console.log(`1 failed call: ${one.state()}`)

const quiet = createCircuit()
await quiet.call(29, false)
const before = quiet.state()
now += 8 * HOURS
await quiet.call(1, false)
console.log(`29 failed calls: ${before}; 8 hours later 1 failed call: ${quiet.state()}`)

const fresh = createCircuit()
const count = await fresh.failFor20Seconds()
console.log(`600 failed calls in 20 seconds: ${fresh.state()} after ${count} calls`)

const busy = createCircuit()
await busy.call(1000, true)
now += 8 * HOURS
await busy.failFor20Seconds()
console.log(`1000 good calls; 8 hours later 600 failed calls in 20 seconds: ${busy.state()}`)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
1 failed call: Closed
29 failed calls: Closed; 8 hours later 1 failed call: Open
600 failed calls in 20 seconds: Open after 30 calls
1000 good calls; 8 hours later 600 failed calls in 20 seconds: Closed
SEEN
