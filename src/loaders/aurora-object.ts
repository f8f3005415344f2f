// An object of Aurora as resolvers use it: the members known so far, and the read that brings the others.
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { merge } from '../merge.ts'

export interface AuroraObject {
  readonly kind: Kind
  /** Names it within its kind: Aurora's id, or the parent's id if each parent has one such object. */
  readonly key: string
  /**
   * A known member costs nothing, and is no promise. Any other costs the object's own read, once per request for all
   * members; a member that the read does not contain is undefined. Rejects with the error of that read.
   */
  get(member: string): unknown
  /**
   * The whole body, with current names beside older ones. An object with a read of its own is always read, because a list
   * may have left members out. Rejects with the error of that read.
   */
  raw(): Soon<Members>
}

/** What the objects of one loader share. */
export interface ObjectSource {
  readonly kind: Kind
  /** Reads the other members; null if there are none. */
  readonly complete: ((key: string, member: string) => Soon<unknown>) | null
  /** Reads the whole body; null if the known members are the whole body. */
  readonly readRaw: ((key: string, known: Members) => Soon<Members>) | null
  /** Whether the key and the known members are enough to make an equal object: `refer` of by-key.ts does so. */
  readonly isReferred?: true
}

/** A class, because a screen has hundreds of objects, and closures for each would take most of its memory. */
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

/** The parts of which an object is made. */
export interface Referred {
  readonly kind: Kind
  readonly key: string
  readonly known: Members
  readonly above: Members | undefined
}

/** Null for an object that was made in another way, and for any other value. */
export const asReferred = (value: unknown): Referred | null => (KnownObject.isReferred(value) ? value : null)

/** `above` are the ids of its parents, known from the path to the object; its own members take precedence. */
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
