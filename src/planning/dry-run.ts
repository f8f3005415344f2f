// What an operation is executed over when it is only planned: the true loaders and writes, above an imagined Aurora.
import { withInvalidation } from '../cache/with-invalidation.ts'
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
import { createImaginedAurora } from './imagined-aurora.ts'
import type { ImaginedAuroraOptions, ImaginedCall } from './imagined-aurora.ts'
import { createImaginedReplies } from './imagined-replies.ts'
import type { Outlook } from './outlook.ts'
import type { TypicalReplies } from './typical-replies.ts'

export interface DryRun {
  /** Another set after each write, as in the true run. */
  readonly loaders: Loaders
  readonly write: Write
  readonly tally: Tally
  readonly calls: readonly ImaginedCall[]
  /** Resolves when there are more calls than are worth counting: the execution then never ends, and needs no waiting for. */
  readonly full: Promise<void>
}

export interface DryRunOptions extends Omit<ImaginedAuroraOptions, 'replies' | 'foundShare'> {
  readonly terms: Terms
  readonly typicalReplies: Pick<TypicalReplies, 'of'>
  readonly pageShares: Pick<PageShares, 'expect'>
  readonly pageSize: number
}

/** Of many objects looked for on a page, how many are there. */
const FOUND: Readonly<Record<Outlook, (expected: number) => number>> = {
  known: () => 1,
  min: () => 1,
  expected: (expected) => expected,
  max: () => 0,
}

export function createDryRun(outlook: Outlook, options: DryRunOptions): DryRun {
  const { typicalReplies, pageShares, pageSize } = options
  const replies = createImaginedReplies(outlook, typicalReplies)
  const aurora = createImaginedAurora({
    ...options,
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
      // What is decided is decided as in the true run, but nothing is learned from what was imagined.
      pageShares: withoutLearning(pageShares),
      onPosition: replies.reach,
    })
  const write = createWrite(terms, upstream)
  let loaders = openLoaders()
  return {
    get loaders() {
      return loaders
    },
    write: (operation, input) => write(operation, input).finally(() => void (loaders = openLoaders())),
    tally: terms.tally,
    calls: aurora.calls,
    full: aurora.full,
  }
}
