// A signal that nobody waits for some work any more: an AbortSignal with only the members that are used, at a small part of its cost.
import { callAlone } from './turns/call-alone.ts'

/** The signal for which work listens; an AbortSignal fits, too. */
export interface LeaveSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Leaving {
  readonly signal: LeaveSignal
  /** Calls each listener once, in the order in which they came, even if one of them throws. The first reason stays. */
  abort(reason: unknown): void
}

/** Each call to Aurora needs one or two of these, so it is an object of one shape, and makes a set for its second listener only. */
export const createLeaving = (): Leaving => {
  const signal = new Signal()
  return { signal, abort: (reason) => signal.abort(reason) }
}

class Signal implements LeaveSignal {
  aborted = false
  reason: unknown = undefined
  private first: (() => void) | null = null
  /** The listeners after the first one. */
  private others: Set<() => void> | null = null

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted || listener === this.first) return
    if (this.first === null && (this.others?.size ?? 0) === 0) this.first = listener
    else (this.others ??= new Set()).add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (listener === this.first) this.first = null
    else this.others?.delete(listener)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    // The set is kept during the loop, so that a listener that another one removes is not called.
    const { first, others } = this
    if (first) callAlone(first)
    if (others) for (const listener of others) callAlone(listener)
    this.first = null
    this.others = null
  }
}

/** A signal that is never aborted. */
export const NEVER_LEFT: LeaveSignal = createLeaving().signal
