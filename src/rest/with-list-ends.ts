// Decides what a refusal of a further page shows: the end of its list, which is cached as an empty page, or perhaps a fault of a proxy.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Answer } from './answer.ts'
import { AttemptError, refusalOf } from './attempt-error.ts'
import type { Refusal } from './attempt-error.ts'
import type { Call, Layer, PageBefore, Reply } from './call.ts'
import { toRefusalError } from './refusal-error.ts'
import { isFurtherPage, isNoSuchPage, NOT_FOUND_STATUS } from './no-such-page.ts'

export interface ListEndsOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /**
   * Monotonic time at which the items of the page came when it was read last; null if it had none, or may have changed
   * since.
   */
  readonly itemsAtMs: (call: Call) => number | null
}

/** A page that Aurora has answered with 404. Monotonic times. */
interface Missing {
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Whether a later 404 counts as the end at once. */
  readonly isProven: boolean
  /** The error of the call; null if the 404 was passed on. */
  readonly fault: AttemptError | null
}

/** Proxies answer with 404 as well while the service behind them is started anew, which takes seconds. */
const PROVEN_AFTER_MS = 60_000
/** As long as any 404 is cached, so that many readers of the page cost no more calls than one. */
const ASK_AGAIN_MS = 10_000
/** Two faults on two days prove nothing. */
const FORGOTTEN_AFTER_MS = 60 * 60_000
/** Some hundred bytes each. */
const MAX_MISSING = 1000

/**
 * Stands inside the layer that stores: what it returns is cached like a page that Aurora has answered with no items. A 404 is the
 * end if nothing suggests this page: the one before it is short, and it had no items before. Otherwise it is the end once
 * it was there a minute ago as well; behind a page that says that more follows, never. Until then a page that had items fails in
 * passing, so that these are served, marked, and any other 404 is passed on, and is cached as briefly as all of them.
 */
export const withListEnds =
  ({ clock, itemsAtMs }: ListEndsOptions): Layer =>
  (next) => {
    // `max` would allocate room for all of them at once.
    const missing = new LRUCache<string, Missing>({ maxSize: MAX_MISSING, sizeCalculation: () => 1 })

    function note(call: Call, refusal: Refusal): Missing {
      const { answeredAtMs } = refusal
      const known = missing.get(call.key)
      const itemsCameAtMs = itemsAtMs(call)
      const hasItems = itemsCameAtMs !== null
      // Another replica may have read the items since.
      const isBefore = known && known.firstAtMs < (itemsCameAtMs ?? -Infinity)
      const isKnown =
        known && !isBefore && (known.isProven || answeredAtMs - known.firstAtMs < FORGOTTEN_AFTER_MS)
      const firstAtMs = isKnown ? known.firstAtMs : answeredAtMs
      const before = pageBeforeOf(call)
      const isUnlikely = before === 'short' && !hasItems
      const isOld = answeredAtMs - firstAtMs >= PROVEN_AFTER_MS
      const isProven = isUnlikely || (isOld && before !== 'followed')
      const fault = hasItems && !isProven ? toFault(call, answeredAtMs) : null
      const noted = { firstAtMs, lastAtMs: answeredAtMs, isProven, fault }
      missing.set(call.key, noted)
      return noted
    }

    async function readFurther(call: Call): Promise<Reply> {
      const known = missing.get(call.key)
      // After a write, no old items are left that could be served.
      if (known?.fault && clock.monotonicMs() - known.lastAtMs < ASK_AGAIN_MS && itemsAtMs(call) !== null)
        throw known.fault
      try {
        const reply = await next(call)
        if (isBlank(reply)) throw toRefusalError(call.endpoint, { ...timesOf(reply), ...NO_SUCH_PAGE })
        missing.delete(call.key)
        return reply
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal || !isNoSuchPage(error, () => pageBeforeOf(call))) throw error
        if (refusal.status !== NOT_FOUND_STATUS) {
          if (pageBeforeOf(call) === 'followed') throw error
          return toEmptyPage(refusal)
        }
        const { isProven, fault } = note(call, refusal)
        if (isProven) return toEmptyPage(refusal)
        throw fault ?? error
      }
    }

    return (call) => (isFurtherPage(call) ? readFurther(call) : next(call))
  }

const pageBeforeOf = ({ pageBefore }: Call): PageBefore => pageBefore?.() ?? 'full'

/** It is no answer, so that the copy from before stays. */
const toFault = ({ endpoint: { method, route } }: Call, answeredAtMs: number): AttemptError =>
  new AttemptError(
    'UPSTREAM_UNAVAILABLE',
    'Aurora answers that a page of the list does not exist, and it had items before.',
    {
      wasSent: true,
      isPassing: true,
      refusal: null,
      details: {
        upstream: { method, route, status: NOT_FOUND_STATUS },
        retryAtMs: answeredAtMs + ASK_AGAIN_MS,
      },
    },
  )

const NO_CONTENT = 204

const toEmptyPage = (refusal: Refusal): Reply => ({
  status: NO_CONTENT,
  value: [],
  bytes: 0,
  ...timesOf(refusal),
})

const timesOf = ({ answeredAtMs, sentAtMs, tookMs }: Answer) => ({
  answeredAtMs,
  ...(sentAtMs !== undefined && { sentAtMs }),
  ...(tookMs !== undefined && { tookMs }),
})

const NO_SUCH_PAGE = { status: NOT_FOUND_STATUS, retryAfterMs: null }

/**
 * A success without a word. Some servers answer so behind the end of a list, and proxies whose service has failed, for any page: it
 * proves as little as a 404 does.
 */
const isBlank = ({ status, bytes }: Reply): boolean => bytes === 0 && status !== NO_CONTENT
