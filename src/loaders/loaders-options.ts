// What the loaders of one request are made of.
import type { CacheReads } from '../cache/cache-reads.ts'
import type { Histories } from '../changes/histories.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { ListIndexes } from '../list-index/list-indexes.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { Ids, Upstream } from '../rest/call.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Pace } from '../turns/pace.ts'
import type { Position } from './cursor.ts'
import type { ListEnds } from './list-ends.ts'
import type { PageShares } from './page-shares.ts'
import type { ReadsWatch } from './reads-made.ts'

export type PlannedLists = Pick<ListIndexes, 'baseOf' | 'objectsSince'>

export interface LoadersOptions {
  readonly terms: Terms
  readonly upstream: Upstream
  /** Answers reads without a promise, if it can; left out, every answer is a promise. */
  readonly answerAtOnce?: AnswerAtOnce | undefined
  readonly cache: CacheReads
  /** The size of all pages: with one size for all, slices share pages. */
  readonly pageSize: number
  /** Receives the calls that were saved; left out if no real calls are made. */
  readonly emit?: Emit
  /** The pages on which looked-up objects were. */
  readonly pageShares: PageShares
  /** How the pages of lists end. */
  readonly listEnds: ListEnds
  /** The indexes of whole lists; left out if no real calls are made. */
  readonly lists?: ListIndexes
  /** The same in a dry run, which only reads them; left out if nothing is planned. */
  readonly plannedLists?: PlannedLists | undefined
  /** The changes in lists; a dry run only reads them. */
  readonly histories?: Histories | undefined
  /**
   * Until all items of a list were executed, the objects that they need are unknown. Left out: they are executed in one
   * turn.
   */
  readonly pace?: Pick<Pace, 'isBusy' | 'whenIdle' | 'take' | 'wait' | 'note'> | undefined
  /** Called with the place where a slice begins, before its page is read. */
  readonly onPosition?: ((endpoint: Endpoint, position: Position) => void) | undefined
  /** In a dry run: whether an imagined answer that may be empty counts as one with content; null for every other answer. */
  readonly imagineThere?: ((endpoint: Endpoint, path: Ids) => boolean | null) | undefined
  /** Records the reads for other requests. Left out: none takes them over. */
  readonly watch?: ReadsWatch | undefined
}
