// The recent touches and the parents of objects: enough to find out whether a read was touched since a moment.
import { READS } from '../aurora/reads.ts'
import type { Answer } from '../rest/answer.ts'
import type { Owner, ScopeKey, TenantKey } from '../rest/scope.ts'
import { askedAtMsOf } from './held.ts'
import { createDrops } from './drops.ts'
import type { Touch } from './invalidation.ts'
import { createListTouches } from './list-touches.ts'
import type { ListTouches } from './list-touches.ts'
import { createLineage } from './lineage.ts'
import { bothAbove, isOwnRead } from './parents.ts'
import type { Lineage, LineageListener } from './lineage.ts'
import type { Above, Asked } from './parents.ts'
import { readNameOf } from './read-name.ts'
import type { Mark, ReadName } from './read-name.ts'

export interface Touched {
  /** A moment among the drops, for `store`, `isOutdated` and `haveTouched`. */
  mark(): Mark
  /** The name of a read, with the known parents of its object, also from its answer and from another process. */
  nameOf(
    scope: ScopeKey,
    asked: Asked,
    known?: { readonly answer?: Answer; readonly above?: Above },
  ): ReadName
  /** Whether the data of the read was touched since then; true if that is unknown. */
  haveTouched(read: ReadName, since: Mark): boolean
  /**
   * The objects of which a list of the tenant was touched after this moment; null if something else may have changed in
   * it.
   */
  objectsSince: ListTouches['objectsSince']
  /** Notes the parents of the object that another process has sent. */
  learn(scope: ScopeKey, asked: Asked, above: Above): void
}

export interface TouchedNotes {
  readonly touched: Touched
  readonly lineage: Pick<Lineage, 'learn' | 'aboveOf' | 'bytes'>
  /** `settledAtMs`: until then Aurora may answer with the state before. */
  add(owner: Owner, touches: readonly Touch[], settledAtMs?: number): void
  /** Adds a touch of unknown parts. */
  addAll(): void
  /** Monotonic time until which Aurora may answer this read with the state before a change; -Infinity if it cannot. */
  settledAtMs(scope: ScopeKey, asked: Asked, answer: Answer): number
  /** The projects above an object, as answers to any credential of the tenant have shown them. */
  projectsAbove(tenant: TenantKey, asked: Asked): readonly string[] | undefined
}

export function createTouched(lineageMaxBytes: number, listener?: LineageListener): TouchedNotes {
  const drops = createDrops()
  const listTouches = createListTouches()
  const lineage = createLineage(lineageMaxBytes, listener)
  const nameOf: Touched['nameOf'] = (scope, asked, { answer, above } = {}) =>
    readNameOf(scope, asked, bothAbove(lineage.aboveOf(scope, asked, answer), above))
  return {
    touched: {
      mark: drops.mark,
      nameOf,
      haveTouched: drops.haveTouched,
      objectsSince: listTouches.objectsSince,
      learn: lineage.take,
    },
    lineage,
    add(owner, touches, settledAtMs) {
      drops.add(owner, touches, settledAtMs)
      listTouches.add(owner, touches, drops.mark())
      for (const { operation, path } of touches) {
        const endpoint = READS[operation]
        if (!isOwnRead(endpoint)) continue
        const asked = { endpoint, path }
        for (const scope of lineage.scopesOf(owner, asked)) lineage.forget(scope, asked)
      }
    },
    addAll() {
      drops.addAll()
      listTouches.addAll(drops.mark())
      lineage.clear()
    },
    settledAtMs: (scope, asked, answer) =>
      drops.isSettledBy(scope, askedAtMsOf(answer))
        ? -Infinity
        : drops.settledAtMs(nameOf(scope, asked, { answer })),
    projectsAbove(tenant, asked) {
      for (const scope of lineage.scopesOf(tenant, asked)) {
        const { project_id } = lineage.aboveOf(scope, asked)
        if (project_id) return project_id
      }
      return undefined
    },
  }
}
