// A machine whose wall clock can be set and that can be restarted, under processes with clocks of their own.
import type { BootClock } from '../../src/clock.ts'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'

export interface Machine {
  /** True time, which no process can read. */
  readonly clock: ManualClock
  readonly bootClock: BootClock
  setWall(byMs: number): void
  restart(): void
  /** From now on the system does not show whether the machine was restarted. */
  hideBootId(): void
}

export function createMachine(uptimeMs = 1_000_000): Machine {
  const clock = createManualClock(1000)
  let boots = 1
  let bootedAtMs = clock.monotonicMs() - uptimeMs
  let isHidden = false
  return {
    clock,
    bootClock: {
      get bootId() {
        return isHidden ? null : `boot-${boots}`
      },
      sinceBootMs: () => clock.monotonicMs() - bootedAtMs,
      wallMs: clock.wallMs,
    },
    setWall: (byMs) => clock.jumpWall(byMs),
    restart() {
      boots += 1
      bootedAtMs = clock.monotonicMs()
    },
    hideBootId: () => void (isHidden = true),
  }
}
