// An object of Aurora as the schema meets it: members known so far, and the read that brings the others.
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'

export interface AuroraObject {
  readonly kind: Kind
  /** Names it within its kind: Aurora's id, or the parent's where there is one per parent. */
  readonly key: string
  /**
   * A member that is known costs nothing. One that is absent from what is known costs the object's own read, once
   * per request however many members need it; absent from that too, it is undefined. Rejects with that read's error.
   */
  get(member: string): unknown
  /**
   * The whole body, with current names beside older ones: of an object with a read of its own always that read's, at
   * the cost of it, as a list may have left something out. Rejects with that read's error.
   */
  raw(): Promise<Members> | Members
}

export interface ObjectSource {
  readonly kind: Kind
  readonly key: string
  readonly known: Members
  /** Reads the members that are not known; null where what is known is all there is. */
  readonly complete: ((member: string) => Promise<unknown>) | null
  /** Reads the whole body; null or left out where what is known is all there is. */
  readonly readRaw?: (() => Promise<Members>) | null
}

export const createObject = ({ kind, key, known, complete, readRaw }: ObjectSource): AuroraObject => ({
  kind,
  key,
  get: (member) => (Object.hasOwn(known, member) ? known[member] : complete?.(member)),
  raw: () => readRaw?.() ?? known,
})

export const covers = (known: Members, members: readonly string[]): boolean =>
  members.every((member) => Object.hasOwn(known, member))
