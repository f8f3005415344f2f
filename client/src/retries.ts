// When a query that was partly refused is sent again: after its time, spread by chance between devices, and one after the other
// on one device. Why it is done so, and what load that makes: decision 60 of the gateway.
import { createDevice } from './device.ts'
import type { Device } from './device.ts'
import { limitedOf } from './limited.ts'
import type { AnswerError, Limited } from './limited.ts'

export interface Retries {
  /** Calls `ask` once, when its time and its turn have come. Returns a function that cancels it. */
  plan(retry: PlannedRetry): () => void
}

export interface PlannedRetry {
  readonly limited: Limited
  /** How many repeats in a row have brought nothing. */
  readonly vain: number
  /** `done` is to be called with the errors of the answer, or with nothing if there was none. */
  readonly ask: (done: (errors?: readonly AnswerError[]) => void) => void
}

export interface RetriesOptions {
  /** The window in which Aurora counts calls. */
  readonly windowMs?: number
  readonly device?: Device
}

/** The spread of the first repeats: the gateway keeps their places for two of these. */
const SPREAD_SHARE = 1 / 12

/** After this time the next tab has its turn, also where the repeat before has no answer. */
const PATIENCE_MS = 10_000

/** A hidden tab waits for so many windows, so that visible ones are first. */
const HIDDEN_WINDOWS = 5

const LOCK = 'aurora-graphql-client'

export function createRetries({ windowMs = 60_000, device = createDevice() }: RetriesOptions = {}): Retries {
  return {
    plan({ limited, vain, ask }) {
      const aborting = new AbortController()
      const { signal } = aborting
      /**
       * A turn ends with its answer. If that was refused as well, no call is left for the tabs behind it either, so the turn
       * ends at the time that the answer names.
       */
      const takeTurn = (end: () => void): readonly (() => void)[] => {
        let cancelTimer = device.after(PATIENCE_MS, end)
        ask((errors) => {
          cancelTimer()
          const again = limitedOf(errors)
          if (again) cancelTimer = device.after(Math.min(again.waitMs, windowMs), end)
          else end()
        })
        return [
          () => cancelTimer(),
          // A browser may stop a hidden page at any time, while the page holds the lock.
          device.onVisibility(() => {
            if (device.isHidden()) end()
          }),
        ]
      }
      const comeBack = async (): Promise<void> => {
        const spreadMs = spreadOf(limited.waitMs, vain, windowMs)
        await until((go) => [device.after(limited.waitMs + device.random() * spreadMs, go)], signal)
        if (device.isHidden())
          await until((go) => [device.after(HIDDEN_WINDOWS * windowMs, go), whenSeen(device, go)], signal)
        if (signal.aborted) return
        const turn = (): Promise<void> => until(takeTurn, signal)
        // A lock is refused to a page that may store nothing, and rejects where it was cancelled while others had it.
        await device.locks.request(LOCK, { signal }, turn).catch(turn)
      }
      void comeBack()
      return () => aborting.abort()
    },
  }
}

/** A repeat that brought nothing is a sign of many devices: each time the spread doubles, up to a window. */
const spreadOf = (waitMs: number, vain: number, windowMs: number): number =>
  Math.min(vain === 0 ? waitMs : windowMs, windowMs * SPREAD_SHARE * 2 ** vain)

const whenSeen = (device: Device, go: () => void): (() => void) =>
  device.onVisibility(() => {
    if (!device.isHidden()) go()
  })

/** Resolves when `begin` calls `go`, or when it is cancelled; then what `begin` returned is called, to clean up. */
async function until(begin: (go: () => void) => readonly (() => void)[], signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let ends: readonly (() => void)[] = []
  await new Promise<unknown>((go) => {
    signal.addEventListener('abort', go, { once: true })
    ends = [...begin(() => go(null)), () => signal.removeEventListener('abort', go)]
  })
  for (const end of ends) end()
}
