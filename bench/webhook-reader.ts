// Requests the same answer at fixed times, in a process of its own, and measures how long each takes. `bench/webhooks.ts` starts it.
import { setTimeout as delay } from 'node:timers/promises'
import { ask } from './ask-gateway.ts'

export interface Reading {
  readonly url: string
  readonly query: string
  readonly eachMs: number
  readonly seconds: number
}

/** Whether or not the last answer has come: a server that is slow gets no fewer requests. */
async function read({ url, query, eachMs, seconds }: Reading): Promise<readonly number[]> {
  const times: number[] = []
  const underWay: Promise<void>[] = []
  await ask(url, query)
  const beganAtMs = performance.now()
  for (let count = 0; count * eachMs < seconds * 1000; count += 1) {
    await delay(Math.max(0, beganAtMs + count * eachMs - performance.now()))
    const sentAtMs = performance.now()
    underWay.push(ask(url, query).then(() => void times.push(performance.now() - sentAtMs)))
  }
  await Promise.all(underWay)
  return times
}

process.on('message', (reading: Reading) => void read(reading).then((times) => process.send?.(times)))
