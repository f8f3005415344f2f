// Notices time that the process has not seen: its machine slept, or the process itself stood still.
import type { Clock } from '../clock.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Log } from '../telemetry/log.ts'
import type { Machine } from './machine.ts'

interface LostTimeOptions {
  readonly gateway: Pick<Gateway, 'noteLostTime'>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  readonly machine: Machine
}

const LOOK_EVERY_MS = 1000
/**
 * The correction of a clock at the start of a machine is some seconds, and hardly any reply is good for so short a
 * time.
 */
const MIN_SLEPT_MS = 10_000
/** Aurora takes a webhook for failed after some seconds, and sends it again much later. */
const MIN_STANDSTILL_MS = 10_000

/**
 * The clock by which replies age stands still while a machine sleeps, and while a virtual machine is suspended. The
 * wall clock shows the lost time once it is set again. A wall clock that was wrong and is set forwards looks the same.
 * A clock of the system that counts sleep tells the two apart, except where a virtual machine may have been suspended
 * with that clock. In that case the step counts as a sleep: that costs calls, while the other mistake would show what
 * is hours old as fresh.
 */
export function watchLostTime({ gateway, clock, log, machine }: LostTimeOptions): void {
  let lastMs = clock.monotonicMs()
  let lastWallMs = clock.wallMs()
  /** All sleep since the machine was started. */
  let asleepMs = machine.uptimeMs() - lastMs

  function sleptMsOf(aheadMs: number, nowMs: number): number {
    const before = asleepMs
    asleepMs = machine.uptimeMs() - nowMs
    return machine.mayBeVirtual() ? aheadMs : Math.round(asleepMs - before)
  }

  function look(): void {
    const nowMs = clock.monotonicMs()
    const wallMs = clock.wallMs()
    const aheadMs = Math.round(wallMs - lastWallMs - (nowMs - lastMs))
    const stoodStillMs = Math.round(nowMs - lastMs - LOOK_EVERY_MS)
    const sleptMs = aheadMs >= MIN_SLEPT_MS ? sleptMsOf(aheadMs, nowMs) : 0
    lastMs = nowMs
    lastWallMs = wallMs
    if (sleptMs >= MIN_SLEPT_MS) {
      gateway.noteLostTime({ sleptMs })
      log.warn(
        { sleptMs },
        'the machine slept, or its clock was set forwards: cached answers are older by that',
      )
    } else if (stoodStillMs >= MIN_STANDSTILL_MS) {
      gateway.noteLostTime({ sleptMs: 0 })
      log.warn({ stoodStillMs }, 'the process stood still: webhooks that came meanwhile may be lost')
    }
    clock.after(LOOK_EVERY_MS, look)
  }
  clock.after(LOOK_EVERY_MS, look)
}
