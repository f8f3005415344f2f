// Waits for what happens in another process: checks often, gives up late. No test asserts how long it took.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ManualClock } from './manual-clock.ts'

const LOOK_EVERY_MS = 5
/** What has taken long is looked for less often, because a look may cost a whole request: this is all that a test is longer for it. */
const LATE_BY = 0.05
const LOOK_LATEST_AFTER_MS = 250
const GIVE_UP_MS = 100_000

export const waitUntil = (isSo: () => boolean | Promise<boolean>): Promise<void> =>
  repeat(isSo, (passedMs) => Math.min(LOOK_LATEST_AFTER_MS, Math.max(LOOK_EVERY_MS, passedMs * LATE_BY)))

/** The time of `clock` passes by `stepMs` with each look, so the looks come at an even pace. */
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
