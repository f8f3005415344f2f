// After a write of this app its reads ask past the cache of the browser, which may still hold what was before.
import { createDevice } from './device.ts'
import type { Device } from './device.ts'

/** The largest `max-age` of an answer. */
const MAX_AGE_MS = 300_000

export interface OwnWrites {
  /** To be called when a mutation is sent, and again when it has ended, however it did. */
  note(): void
  /** For the `cache` of `fetch`: its copy is revalidated, which costs no call. */
  cacheMode(): 'no-cache' | undefined
}

export function createOwnWrites({ nowMs }: Pick<Device, 'nowMs'> = createDevice()): OwnWrites {
  let notedAtMs = -Infinity
  return {
    note: () => void (notedAtMs = nowMs()),
    cacheMode: () => (nowMs() - notedAtMs < MAX_AGE_MS ? 'no-cache' : undefined),
  }
}
