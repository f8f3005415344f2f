// Waits for what happens in another process: checks often, gives up late. No test asserts how long it took.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ManualClock } from './manual-clock.ts'

const LOOK_EVERY_MS = 5
/** The pause grows with the time that has passed, because a check may cost a whole request. A test becomes longer by this at most. */
const LATE_BY = 0.05
const LOOK_LATEST_AFTER_MS = 250
const GIVE_UP_MS = 100_000

export const waitUntil = (isSo: () => boolean | Promise<boolean>): Promise<void> =>
  repeat(isSo, (passedMs) => Math.min(LOOK_LATEST_AFTER_MS, Math.max(LOOK_EVERY_MS, passedMs * LATE_BY)))

/** Each check advances `clock` by `stepMs`, so the checks are evenly spaced. */
export const advanceUntil = (
  clock: ManualClock,
  stepMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> =>
  repeat(
    async () => {
      await clock.advance(stepMs)
      return isSo()
    },
    () => LOOK_EVERY_MS,
  )

async function repeat(
  isSo: () => boolean | Promise<boolean>,
  pauseMs: (passedMs: number) => number,
): Promise<void> {
  const startedAtMs = performance.now()
  while (!(await isSo())) {
    const passedMs = performance.now() - startedAtMs
    if (passedMs > GIVE_UP_MS) throw new Error(`not within ${GIVE_UP_MS} ms: ${String(isSo)}`)
    await sleep(pauseMs(passedMs))
  }
}
