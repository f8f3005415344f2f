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
  /** Reads the other members; null where there are none. */
  readonly complete: ((member: string) => Soon<unknown>) | null
  /** Reads the whole body; null or left out where `known` is the whole body. */
  readonly readRaw?: (() => Soon<Members>) | null
}

export const createObject = ({ kind, key, known, complete, readRaw }: ObjectSource): AuroraObject => ({
  kind,
  key,
  get: (member) => (Object.hasOwn(known, member) ? known[member] : complete?.(member)),
  raw: () => readRaw?.() ?? known,
})

export function covers(known: Members, members: readonly string[]): boolean {
  for (const member of members) if (!Object.hasOwn(known, member)) return false
  return true
}
