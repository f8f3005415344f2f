// A device whose pauses end at once and whose silences never, and what tests of the kit over answers made by hand need beside it.
import { expect } from 'vitest'
import type { Device } from '../../client/src/device.ts'
import type { AnswerError } from '../../client/src/limited.ts'

export const refused = (...path: (string | number)[]): AnswerError => ({
  message: 'no call is left',
  path,
  extensions: { code: 'RATE_LIMITED', retryAfter: 30 },
})

export function createQuickDevice(random = 0) {
  const pauses: number[] = []
  const device: Device = {
    nowMs: () => 0,
    random: () => random,
    after(ms, then) {
      if (ms === 25_000) return () => {}
      pauses.push(ms)
      const timer = setImmediate(() => then())
      return () => clearImmediate(timer)
    },
    locks: { request: async (_name, _options, work) => work() },
    isHidden: () => false,
    onVisibility: () => () => {},
  }
  return { device, pauses }
}

/** As `localStorage`: of all pages of an app. */
export function createStorage() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
}

/** What `work` throws and nobody catches. A browser shows that in its console. */
export async function uncaughtIn(work: () => Promise<unknown>): Promise<unknown[]> {
  const faults: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', (fault) => faults.push(fault))
  try {
    await work()
    await expect.poll(() => faults.length, { timeout: 120_000 }).toBeGreaterThan(0)
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
  }
  return faults
}
