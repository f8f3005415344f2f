// Notices time that the process has not seen: its machine slept, or the process itself stood still.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'

export interface LostTimeOptions {
  readonly clock: Clock
  readonly emit: Emit
  /** Everything that is held is older by so much than by the clock of the process. */
  readonly onSlept: (sleptMs: number) => void
  /** Nothing was received for a while, by either way. */
  readonly onStandstill: () => void
}

const LOOK_EVERY_MS = 1000
/** A clock that is corrected at the start of a machine is wrong by seconds, and hardly a reply is good for so short a time. */
const MIN_SLEPT_MS = 10_000
/** Aurora takes a webhook for failed after some seconds, and sends it again much later. */
const MIN_STANDSTILL_MS = 10_000

/**
 * The clock by which replies age stands still while a machine sleeps, and while a virtual machine is suspended. Only the wall clock
 * shows that time has passed, once somebody has set it. A wall clock that was wrong and is set forwards looks the same, so it counts as
 * a sleep: that costs calls, while the other mistake would show what is hours old as fresh. Returns the function that ends it.
 */
export function watchLostTime({ clock, emit, onSlept, onStandstill }: LostTimeOptions): () => void {
  let lastMs = clock.monotonicMs()
  let lastWallMs = clock.wallMs()
  let cancel = (): void => {}

  function look(): void {
    const nowMs = clock.monotonicMs()
    const wallMs = clock.wallMs()
    const sleptMs = wallMs - lastWallMs - (nowMs - lastMs)
    const stoodStillMs = nowMs - lastMs - LOOK_EVERY_MS
    lastMs = nowMs
    lastWallMs = wallMs
    const hasSlept = sleptMs >= MIN_SLEPT_MS
    if (hasSlept) onSlept(sleptMs)
    if (hasSlept || stoodStillMs >= MIN_STANDSTILL_MS) {
      onStandstill()
      emit('timeLost', { hasSlept, lostMs: Math.round(hasSlept ? sleptMs : stoodStillMs) })
    }
    cancel = clock.after(LOOK_EVERY_MS, look)
  }
  cancel = clock.after(LOOK_EVERY_MS, look)

  return () => cancel()
}
