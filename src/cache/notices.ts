// Notifies whoever listens that a cached answer is no longer what it was: replaced, dropped, evicted or in doubt.

export interface Listener {
  /**
   * Called once for each key that it listens to. Called during the change, so it must not use the cache. An answer that was
   * evicted for want of memory is as true as before.
   */
  changed(isEvicted: boolean): void
  /** It goes on listening to a key whose answer was evicted: the next notice is of a touch of it, or of a new answer. */
  readonly staysWhenEvicted?: true
}

export interface Notices {
  /** From now on until the next change of this key. The caller has just found an answer there. */
  listen(key: string, listener: Listener): void
  /** Ends the listening; does nothing where it has ended already. */
  leave(key: string, listener: Listener): void
  /**
   * The same as a change of each key that somebody listens to and that passes the test, which may use the cache. Of many keys, only
   * the first are looked at before it returns; the others a piece at a time, each in a turn of its own.
   */
  notifyWhere(test: (key: string) => boolean): void
}

export interface NoticeBoard {
  readonly notices: Notices
  /** Whether anybody goes on listening to it. */
  notify(key: string, isEvicted?: boolean): boolean
  notifyAll(): void
}

/** Some milliseconds. */
const KEYS_A_TURN = 2000

/** Bounded by what listens: a key without a listener has no entry here. `onLeft` is called when nobody listens to a key any more. */
export function createNoticeBoard(onLeft: (key: string) => void = () => {}): NoticeBoard {
  const listeners = new Map<string, Set<Listener>>()

  const notify = (key: string, isEvicted = false): boolean => {
    const notified = listeners.get(key)
    if (!notified) return false
    const staying = isEvicted ? [...notified].filter(({ staysWhenEvicted }) => staysWhenEvicted) : []
    // A listener leaves its other keys when it is notified.
    if (staying.length > 0) listeners.set(key, new Set(staying))
    else {
      listeners.delete(key)
      onLeft(key)
    }
    for (const listener of notified) listener.changed(isEvicted)
    return staying.length > 0
  }

  /** A listener may listen to its keys again at once, so the keys are those of the beginning. */
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
