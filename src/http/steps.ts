// Divides the work of the event loop into steps: after some milliseconds of them, the loop serves other connections first.

import type { Clock } from '../clock.ts'

/** `read`: what a connection sent; `readOn`: more of what it sent at once; `start`: a request that was read begins. */
export type StepKind = 'read' | 'readOn' | 'start'

const KINDS: readonly StepKind[] = ['start', 'read', 'readOn']

export interface Steps {
  /** Whether the next step may be done at once: this turn of the loop has time for it, and no other step waits. */
  isFree(): boolean
  /**
   * Does the step after those of its kind that wait already, in this turn or a later one. Kinds alternate, so that a request
   * that was read does not wait behind all connections that have more to read.
   */
  later(kind: StepKind, step: () => void): void
  /** Ends this turn after its next step. */
  endSoon(): void
}

/** Each turn does one step at least. */
export function createSteps({ clock, maxMs }: { readonly clock: Clock; readonly maxMs: number }): Steps {
  const waiting: Readonly<Record<StepKind, Set<() => void>>> = {
    read: new Set(),
    readOn: new Set(),
    start: new Set(),
  }
  /** In the order of their turns. */
  let kinds = KINDS
  const isWaiting = (): boolean => kinds.some((kind) => waiting[kind].size > 0)
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
    // The steps that wait are done after the loop has served the connections, and before it serves them again.
    if (isHurried && isWaiting()) beganAtMs = begin() - maxMs
    isHurried = false
    if (!isBusy) doNext()
  }
  const doNext = (): void => {
    isBusy = false
    const kind = kinds.find((each) => waiting[each].size > 0)
    if (!kind) return
    kinds = [...kinds.filter((each) => each !== kind), kind]
    const [step] = waiting[kind]
    if (!step) return
    waiting[kind].delete(step)
    step()
    if (!isWaiting()) return
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
    isFree: () => !isWaiting() && hasTime(),
    later(kind, step) {
      beganAtMs ??= begin()
      waiting[kind].add(step)
    },
  }
}
