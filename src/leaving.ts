// The end of somebody's interest in some work: an AbortSignal with the few members that are used, at a small part of its price.
import { callAlone } from './turns/call-alone.ts'

/** What work listens to: an AbortSignal is one too. */
export interface LeaveSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Leaving {
  readonly signal: LeaveSignal
  /** Calls each listener once, in the order in which they came, whatever one of them throws. The first reason stays. */
  abort(reason: unknown): void
}

/** Each call to Aurora needs one or two of these, so it is an object of one shape whose listeners are a set. */
export const createLeaving = (): Leaving => {
  const signal = new Signal()
  return { signal, abort: (reason) => signal.abort(reason) }
}

class Signal implements LeaveSignal {
  aborted = false
  reason: unknown = undefined
  private listeners: Set<() => void> | null = null

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.aborted) (this.listeners ??= new Set()).add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners?.delete(listener)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    // The set stays while it is gone through, so that a listener which another one removes is not called.
    const { listeners } = this
    if (!listeners) return
    for (const listener of listeners) callAlone(listener)
    this.listeners = null
  }
}

/** A signal that nobody ever aborts. */
export const NEVER_LEFT: LeaveSignal = createLeaving().signal
