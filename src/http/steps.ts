// Divides the work of the event loop into steps: after some milliseconds of them, the loop hears other connections first.

import type { Clock } from '../clock.ts'

export interface Steps {
  /** Whether the next step may be done at once: this turn of the loop has time for it, and no other step waits. */
  isFree(): boolean
  /** Does the step after those that wait already, in this turn or a later one. */
  later(step: () => void): void
  /** Ends this turn after its next step. */
  endSoon(): void
}

/** Each turn does one step at least. */
export function createSteps({ clock, maxMs }: { readonly clock: Clock; readonly maxMs: number }): Steps {
  const waiting = new Set<() => void>()
  let beganAtMs: number | null = null
  let isBusy = false
  let isHurried = false

  const begin = (): number => {
    setImmediate(endTurn)
    return clock.monotonicMs()
  }
  const hasTime = (): boolean => {
    beganAtMs ??= begin()
    return clock.monotonicMs() - beganAtMs < maxMs
  }
  const endTurn = (): void => {
    beganAtMs = null
    // The steps that wait are done after the loop has heard the connections, and before it hears them again.
    if (isHurried && waiting.size > 0) beganAtMs = begin() - maxMs
    isHurried = false
    if (!isBusy) doNext()
  }
  const doNext = (): void => {
    isBusy = false
    const [step] = waiting
    if (!step) return
    waiting.delete(step)
    step()
    if (waiting.size === 0) return
    if (!hasTime()) return
    isBusy = true
    // Microtasks come first: they are what the step has begun, and belong to its time.
    queueMicrotask(() => process.nextTick(doNextInTime))
  }
  const doNextInTime = (): void => {
    if (hasTime()) return doNext()
    isBusy = false
  }
  return {
    endSoon() {
      beganAtMs ??= begin()
      beganAtMs = -Infinity
      isHurried = true
    },
    isFree: () => waiting.size === 0 && hasTime(),
    later(step) {
      beganAtMs ??= begin()
      waiting.add(step)
    },
  }
}
