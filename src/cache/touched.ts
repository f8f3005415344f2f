// What was touched lately and what lies below what: enough to tell whether a read, by whatever id, was touched since a moment.
import { READS } from '../aurora/reads.ts'
import type { Answer } from '../rest/answer.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { createDrops, readNameOf } from './drops.ts'
import type { Mark, ReadName } from './drops.ts'
import type { Touch } from './invalidation.ts'
import { bothAbove, createLineage } from './lineage.ts'
import type { Above, Asked, Lineage } from './lineage.ts'

export interface Touched {
  /** A moment among the drops, for `store`, `isOutdated` and `haveTouched`. */
  mark(): Mark
  /** The name of a read, with what is known of the objects above it, also from its answer and from another process. */
  nameOf(
    scope: ScopeKey,
    asked: Asked,
    known?: { readonly answer?: Answer; readonly above?: Above },
  ): ReadName
  /** What is read was touched since; if that is unknown, true. */
  haveTouched(read: ReadName, since: Mark): boolean
  /** Notes what another process knew of the objects above the one that is read. */
  learn(scope: ScopeKey, asked: Asked, above: Above): void
}

export interface TouchedNotes {
  readonly touched: Touched
  readonly lineage: Pick<Lineage, 'learn' | 'aboveOf' | 'bytes'>
  add(scope: ScopeKey, touches: readonly Touch[]): void
  /** Something was touched, and it is unknown what. */
  addAll(): void
}

export function createTouched(lineageMaxBytes: number): TouchedNotes {
  const drops = createDrops()
  const lineage = createLineage(lineageMaxBytes)
  return {
    touched: {
      mark: drops.mark,
      nameOf: (scope, asked, { answer, above } = {}) =>
        readNameOf(scope, asked, bothAbove(lineage.aboveOf(scope, asked, answer), above)),
      haveTouched: drops.haveTouched,
      learn: lineage.take,
    },
    lineage,
    add(scope, touches) {
      drops.add(scope, touches)
      for (const { operation, path } of touches) lineage.forget(scope, { endpoint: READS[operation], path })
    },
    addAll() {
      drops.addAll()
      lineage.clear()
    },
  }
}
