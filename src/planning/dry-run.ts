// Makes the parts with which a planned operation is executed: the real loaders and writes, over an imagined Aurora.
import { withInvalidation } from '../cache/with-invalidation.ts'
import { imagineListEnds } from '../loaders/list-ends.ts'
import type { LoadersOptions, PlannedLists } from '../loaders/loaders-options.ts'
import type { ListEnds } from '../loaders/list-ends.ts'
import { createLoaders } from '../loaders/loaders.ts'
import type { Loaders } from '../loaders/loaders.ts'
import { withoutLearning } from '../loaders/page-shares.ts'
import type { PageShares } from '../loaders/page-shares.ts'
import { createWrite } from '../loaders/writes.ts'
import type { Write } from '../loaders/writes.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Terms } from '../rest/terms.ts'
import type { Upstream } from '../rest/call.ts'
import { isRead } from '../aurora/endpoint.ts'
import { mayBeNothing } from '../aurora/reads.ts'
import { createAlike } from './alike.ts'
import type { Alike } from './alike.ts'
import { createBounds } from './bounds.ts'
import type { Bounds, BoundsOptions } from './bounds.ts'
import { createImaginedAurora } from './imagined-aurora.ts'
import type { ImaginedAuroraOptions, ImaginedCall } from './imagined-aurora.ts'
import { isImagined } from './imagined-objects.ts'
import { createImaginedReplies } from './imagined-replies.ts'
import type { Outlook } from './outlook.ts'
import type { TypicalReplies } from './typical-replies.ts'

export interface DryRun {
  /** New ones after each write, as in a real request. */
  readonly loaders: () => Loaders
  readonly write: Write
  readonly tally: Tally
  readonly calls: readonly ImaginedCall[]
  readonly bounds: Bounds
  /** Takes the items of a list that are to be executed. Null if all are. */
  readonly gather: Alike['gather'] | null
  /** Whether equal objects could not be counted together, so that each has to be executed in another dry run. */
  hasGivenUp(): boolean
}

export interface DryRunOptions
  extends Omit<ImaginedAuroraOptions, 'replies' | 'foundShare' | 'bounds' | 'alike'>, BoundsOptions {
  /** Whether objects that are alike are counted together. */
  readonly isGathering: boolean
  readonly terms: Terms
  readonly typicalReplies: Pick<TypicalReplies, 'of'>
  readonly pageShares: Pick<PageShares, 'expect'>
  readonly listEnds: Pick<ListEnds, 'decide' | 'pageLength'>
  readonly pageSize: number
  readonly histories?: LoadersOptions['histories']
  readonly lists?: PlannedLists
}

/** 0 to 1: the part of the wanted objects that a page shows. */
const FOUND: Readonly<Record<Outlook, (expected: number) => number>> = {
  certain: () => 1,
  min: () => 1,
  expected: (expected) => expected,
  max: () => 0,
}

/**
 * Whether an imagined answer that may be empty counts as one with content, which shows that its parent exists: then no
 * call is made for the parent. Null: it counts as it was imagined.
 */
const THERE: Readonly<Record<Outlook, boolean | null>> = {
  certain: null,
  min: true,
  expected: null,
  max: false,
}

export function createDryRun(outlook: Outlook, options: DryRunOptions): DryRun {
  const { typicalReplies, pageShares, pageSize, histories, lists } = options
  const listEnds = imagineListEnds(options.listEnds, isImagined)
  let hasGivenUp = false
  const giveUp = (): void => {
    hasGivenUp = true
    bounds.pass()
  }
  const alike = options.isGathering ? createAlike(giveUp) : null
  const replies = createImaginedReplies(outlook, { typicalReplies, listEnds, alike })
  const bounds = createBounds(options)
  const aurora = createImaginedAurora({
    ...options,
    bounds,
    alike,
    replies,
    foundShare: (page) => FOUND[outlook](pageShares.expect(page)),
  })
  const terms: Terms = { ...options.terms, tally: createTally(), afterwards: () => {}, onUsed: () => {} }
  const writes = withInvalidation(aurora.cache)(aurora.upstream)
  const upstream: Upstream = (call) => (isRead(call.endpoint) ? aurora.upstream(call) : writes(call))
  const openLoaders = () =>
    createLoaders({
      terms,
      upstream,
      cache: aurora.cache,
      pageSize,
      // Pages are chosen as in a real request, but imagined answers do not change the learned values.
      pageShares: withoutLearning(pageShares),
      listEnds,
      histories,
      plannedLists: lists,
      pace: bounds.pace,
      onPosition: replies.reach,
      imagineThere: (endpoint, path) =>
        mayBeNothing(endpoint) && aurora.isImagined(endpoint, path) ? THERE[outlook] : null,
    })
  const write = createWrite(terms, upstream)
  let loaders = openLoaders()
  return {
    loaders: () => loaders,
    write: (operation, input) => write(operation, input).finally(() => void (loaders = openLoaders())),
    tally: terms.tally,
    calls: aurora.calls,
    bounds,
    gather: alike?.gather ?? null,
    hasGivenUp: () => hasGivenUp,
  }
}
