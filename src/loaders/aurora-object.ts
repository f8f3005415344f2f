// An object of Aurora as resolvers use it: the members known so far, and the read that brings the others.
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { merge } from '../merge.ts'

export interface AuroraObject {
  readonly kind: Kind
  /** Names it within its kind: Aurora's id, or the parent's id where each parent has one. */
  readonly key: string
  /**
   * A known member costs nothing, and is no promise. Any other costs the object's own read, once per request however many
   * members need it; a member that the read does not bring is undefined. Rejects with the error of that read.
   */
  get(member: string): unknown
  /**
   * The whole body, with current names beside older ones. An object with a read of its own is always read, because a list
   * may have left members out. Rejects with the error of that read.
   */
  raw(): Soon<Members>
}

/** What the objects of one loader have in common. */
export interface ObjectSource {
  readonly kind: Kind
  /** Reads the other members; null where there are none. */
  readonly complete: ((key: string, member: string) => Soon<unknown>) | null
  /** Reads the whole body; null where what is known is the whole body. */
  readonly readRaw: ((key: string, known: Members) => Soon<Members>) | null
  /** Whether an equal object is made by the key and the known members alone: by `refer` of by-key.ts. */
  readonly isReferred?: true
}

/** A class, because a screen has hundreds of objects, and functions of their own would take most of the memory of each. */
class KnownObject implements AuroraObject, Referred {
  readonly key: string
  readonly known: Members
  readonly above: Members | undefined
  readonly #source: ObjectSource

  constructor(source: ObjectSource, key: string, known: Members, above: Members | undefined) {
    this.key = key
    this.#source = source
    this.known = known
    this.above = above
  }

  static isReferred(value: unknown): value is KnownObject {
    return value instanceof KnownObject && value.#source.isReferred === true
  }

  get kind(): Kind {
    return this.#source.kind
  }

  get(member: string): unknown {
    if (Object.hasOwn(this.known, member)) return this.known[member]
    const { above } = this
    return above && Object.hasOwn(above, member) ? above[member] : this.#source.complete?.(this.key, member)
  }

  raw(): Soon<Members> {
    const { known, above } = this
    return this.#source.readRaw?.(this.key, known) ?? (above ? merge(above, known) : known)
  }
}

/** An object by what it is made of. */
export interface Referred {
  readonly kind: Kind
  readonly key: string
  readonly known: Members
  readonly above: Members | undefined
}

/** Null for an object that is made in another way, and for any other value. */
export const asReferred = (value: unknown): Referred | null => (KnownObject.isReferred(value) ? value : null)

/** `above` are ids of its parents, which are known from the way to it; what the object itself shows comes first. */
export const createObject = (
  source: ObjectSource,
  key: string,
  known: Members,
  above?: Members,
): AuroraObject => new KnownObject(source, key, known, above)

export function covers(known: Members, members: readonly string[]): boolean {
  for (const member of members) if (!Object.hasOwn(known, member)) return false
  return true
}
