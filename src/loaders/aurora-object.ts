// An object of Aurora as resolvers use it: the members known so far, and the read that brings the others.
import type { Soon } from '../at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'

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

export interface ObjectSource {
  readonly kind: Kind
  readonly key: string
  readonly known: Members
  /** Ids of its parents, which are known from the way to it; what the object itself shows comes first. */
  readonly above?: Members | undefined
  /** Reads the other members; null where there are none. */
  readonly complete: ((key: string, member: string) => Soon<unknown>) | null
  /** Reads the whole body; null or left out where `known` is the whole body. */
  readonly readRaw?: ((key: string) => Soon<Members>) | null
}

/** A class, because a screen has hundreds of objects, and functions of their own would take most of the memory of each. */
class KnownObject implements AuroraObject {
  readonly kind: Kind
  readonly key: string
  readonly #source: ObjectSource

  constructor(source: ObjectSource) {
    this.kind = source.kind
    this.key = source.key
    this.#source = source
  }

  get(member: string): unknown {
    const { known, above, complete } = this.#source
    if (Object.hasOwn(known, member)) return known[member]
    return above && Object.hasOwn(above, member) ? above[member] : complete?.(this.key, member)
  }

  raw(): Soon<Members> {
    const { known, above, readRaw } = this.#source
    return readRaw?.(this.key) ?? (above ? { ...above, ...known } : known)
  }
}

export const createObject = (source: ObjectSource): AuroraObject => new KnownObject(source)

export function covers(known: Members, members: readonly string[]): boolean {
  for (const member of members) if (!Object.hasOwn(known, member)) return false
  return true
}
