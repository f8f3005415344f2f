// The end of somebody's interest in some work: an AbortSignal with the few members that are used, at a small part of its price.

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
  /** Calls each listener once, in the order in which they came. The first reason stays. */
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
    const { listeners } = this
    this.listeners = null
    for (const listener of listeners ?? []) listener()
  }
}

/** A signal that nobody ever aborts. */
export const NEVER_LEFT: LeaveSignal = createLeaving().signal
