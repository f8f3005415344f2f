// Makes each read at most once in a request, even if many fields need it.
import type { Soon } from '../turns/at-once.ts'
import type { ReadsWatch } from './reads-made.ts'

/** The reads of one operation, or of one use of it, by the key of the read object or list. */
export interface Once {
  <Value>(key: string, read: (key: string) => Soon<Value>): Soon<Value>
  hasBegun(key: string): boolean
  /** The same for a read that may return undefined if it would need a promise: it has not begun then. */
  attempt<Value>(key: string, read: (key: string) => Soon<Value> | undefined): Soon<Value> | undefined
  /** The result of the read, or a promise of it; undefined if the read has not begun. */
  peek(key: string): unknown
  /** Takes the result of an earlier request. */
  learn(key: string, value: unknown): void
}

/** A failure is shared as well: the same read would cost another call and fail again. */
export function createOnce(watch?: (key: string, read: (key: string) => unknown) => unknown): Once {
  const reads = new Map<string, unknown>()
  const attempt: Once['attempt'] = (key, read) => {
    const known = reads.get(key)
    // A value of a read may be null, but never undefined.
    if (known !== undefined) return known as ReturnType<typeof read>
    const begun = watch ? (watch(key, read) as ReturnType<typeof read>) : read(key)
    if (begun !== undefined) reads.set(key, begun)
    return begun
  }
  return Object.assign(attempt as <Value>(key: string, read: (key: string) => Soon<Value>) => Soon<Value>, {
    attempt,
    hasBegun: (key: string) => reads.has(key),
    peek: (key: string) => reads.get(key),
    learn: (key: string, value: unknown) => void reads.set(key, value),
  })
}

/**
 * One of them for each name: a map for each name can use the key as it is, while one map would need a joined text at
 * each use.
 */
export function createOnces(watch?: Pick<ReadsWatch, 'read'>): (name: string) => Once {
  const made = new Map<string, Once>()
  return (name) => {
    let known = made.get(name)
    if (!known)
      made.set(
        name,
        (known = createOnce(watch && ((key, read) => watch.read({ name, key, read: () => read(key) })))),
      )
    return known
  }
}
