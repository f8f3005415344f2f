// Notifies listeners that a cached answer is no longer the same: replaced, dropped, evicted or in doubt.

export interface Listener {
  /**
   * Called once for each key, during the change, so it must not use the cache. An answer that was evicted to make room
   * is still true.
   */
  changed(isEvicted: boolean): void
  /** Set if it goes on listening after an eviction: the next notice is of a touch, or of a new answer. */
  readonly staysWhenEvicted?: true
}

export interface Notices {
  /** Listens from now on until the next change of this key. The calling code has just found an answer there. */
  listen(key: string, listener: Listener): void
  /** Ends the listening; does nothing if it has ended already. */
  leave(key: string, listener: Listener): void
  /**
   * Notifies as for a change of each key with a listener that passes the test; the test may use the cache. If there are
   * many keys, only the first are tested before it returns, and the others in later turns, piece by piece.
   */
  notifyWhere(test: (key: string) => boolean): void
}

export interface NoticeBoard {
  readonly notices: Notices
  /** Returns whether a listener goes on listening to it. */
  notify(key: string, isEvicted?: boolean): boolean
  notifyAll(): void
}

/** Testing this many takes some milliseconds. */
const KEYS_A_TURN = 2000

/**
 * Limited by the number of listeners: a key without one has no entry here. `onLeft` is called when the last listener of
 * a key leaves.
 */
export function createNoticeBoard(onLeft: (key: string) => void = () => {}): NoticeBoard {
  const listeners = new Map<string, Set<Listener>>()

  const notify = (key: string, isEvicted = false): boolean => {
    const notified = listeners.get(key)
    if (!notified) return false
    const staying = isEvicted ? [...notified].filter(({ staysWhenEvicted }) => staysWhenEvicted) : []
    // A listener leaves its other keys itself when it is notified.
    if (staying.length > 0) listeners.set(key, new Set(staying))
    else {
      listeners.delete(key)
      onLeft(key)
    }
    for (const listener of notified) listener.changed(isEvicted)
    return staying.length > 0
  }

  /** A listener may listen to its keys again at once, so `keys` is the list from the beginning. */
  function notifyInTurns(keys: readonly string[], test: (key: string) => boolean, from = 0): void {
    const until = from + KEYS_A_TURN
    for (const key of keys.slice(from, until).filter((each) => listeners.has(each) && test(each))) notify(key)
    if (until < keys.length) setImmediate(notifyInTurns, keys, test, until)
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
        if (!known?.delete(listener) || known.size > 0) return
        listeners.delete(key)
        onLeft(key)
      },
      notifyWhere(test) {
        notifyInTurns([...listeners.keys()], test)
      },
    },
    notify,
    notifyAll() {
      for (const key of listeners.keys()) notify(key)
    },
  }
}
