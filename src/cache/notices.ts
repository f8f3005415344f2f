// Notifies whoever listens that a cached answer is no longer what it was: replaced, dropped, evicted or in doubt.

export interface Listener {
  /** Called once for each key that it listens to. Called during the change, so it must not use the cache. */
  changed(): void
}

export interface Notices {
  /** From now on until the next change of this key. The caller has just found an answer there. */
  listen(key: string, listener: Listener): void
  /** Ends the listening; does nothing where it has ended already. */
  leave(key: string, listener: Listener): void
}

export interface NoticeBoard {
  readonly notices: Notices
  notify(key: string): void
  notifyAll(): void
}

/** Bounded by what listens: a key without a listener has no entry here. */
export function createNoticeBoard(): NoticeBoard {
  const listeners = new Map<string, Set<Listener>>()

  const notify = (key: string): void => {
    const notified = listeners.get(key)
    if (!notified) return
    // A listener leaves its other keys when it is notified.
    listeners.delete(key)
    for (const listener of notified) listener.changed()
  }

  return {
    notices: {
      listen(key, listener) {
        const known = listeners.get(key)
        if (known) known.add(listener)
        else listeners.set(key, new Set([listener]))
      },
      leave(key, listener) {
        const known = listeners.get(key)
        if (known?.delete(listener) && known.size === 0) listeners.delete(key)
      },
    },
    notify,
    notifyAll() {
      for (const key of listeners.keys()) notify(key)
    },
  }
}
