// Refreshes answers that are often used, shortly before they go stale, with calls that no request needs.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { createLeaving } from '../leaving.ts'
import { isReply } from '../rest/answer.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import { createCall } from '../rest/call.ts'
import type { Call, Layer, PageBefore, Question, Reply, Upstream } from '../rest/call.ts'
import type { Scope } from '../rest/scope.ts'
import { createSpareTerms } from '../rest/spare-terms.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { CacheReads } from './cache-reads.ts'
import { lifetimeNow } from './proven.ts'

export interface WarmUpOptions {
  readonly mode: 'gentle' | 'full'
  /** The layers behind the cache. */
  readonly next: Upstream
  /** Reads without counting as a use, so that an answer that no client uses any more is still evicted. */
  readonly cache: Pick<CacheReads, 'read'>
  readonly clock: Clock
  readonly emit: Emit
  /** Whether a caller can still use this scope. */
  readonly isServed: (scope: Scope) => boolean
  /** The time limit of one refresh, which no client waits for. */
  readonly refreshTimeoutMs: number
  /** Called before each look, so that `again` is called for uses that were counted elsewhere. */
  readonly beforeLook?: () => void
}

export interface WarmUp {
  /** Counts the uses of each answer. This layer is before the cache. */
  readonly watch: Layer
  /** The same for answers that pass no layer. */
  watchAtOnce(answer: AnswerAtOnce): AnswerAtOnce
  /** Counts uses of an answer that were made without its calls. */
  again(used: UsedReply, times: number): void
  /** Starts no more calls, and aborts those under way. */
  close(): void
}

/** How often an answer must have been used since it came, and how many calls one round may spend. */
const MODES = {
  /** Three times is more than one person looking twice; 12 calls a minute are an eighth of what Aurora allows. */
  gentle: { minAsked: 3, maxCalls: 1 },
  full: { minAsked: 1, maxCalls: 3 },
} as const
const LOOK_EVERY_MS = 5000
/** All parts of a screen go stale at once: a minute before that there is time for a dozen rounds. */
const AHEAD_MS = 60_000
/** An answer with a shorter life (a job) would be refreshed all the time. */
const MIN_FRESH_MS = 2 * AHEAD_MS
/** Some hundred bytes each; the least recently used one is forgotten first. */
const MAX_WATCHED = 2000

interface Watched {
  readonly scope: Scope
  readonly question: Question
  /**
   * The answer that is counted. The next answer begins a new count, so that the refreshes end when no client uses it.
   */
  readonly answeredAtMs: number
  readonly pageBefore: Call['pageBefore']
  asked: number
}

export const createWarmUpIfSet = (
  mode: WarmUpOptions['mode'] | 'off',
  options: Omit<WarmUpOptions, 'mode'>,
): WarmUp | null => (mode === 'off' ? null : createWarmUp({ ...options, mode }))

export function createWarmUp(options: WarmUpOptions): WarmUp {
  const { mode, next, clock, emit } = options
  const spare = { caller: 'warm-up', clock, timeoutMs: options.refreshTimeoutMs }
  const { maxCalls } = MODES[mode]
  const watched = new LRUCache<string, Watched>({ maxSize: MAX_WATCHED, sizeCalculation: () => 1 })
  const closing = createLeaving()
  let cancel = schedule()

  function schedule(): () => void {
    return clock.after(LOOK_EVERY_MS, () => {
      void refreshDue().finally(() => {
        if (!closing.signal.aborted) cancel = schedule()
      })
    })
  }

  /** Makes one call after the other, and stops as soon as no slot is to spare or Aurora fails. */
  async function refreshDue(): Promise<void> {
    options.beforeLook?.()
    const due = [...watched.entries()]
      .filter((entry) => isDue(entry, options))
      .toSorted(([, one], [, other]) => other.asked - one.asked)
    for (const [, { scope, question, pageBefore }] of due.slice(0, maxCalls)) {
      const terms = createSpareTerms({ ...spare, scope, signal: closing.signal })
      const isDone = await next({ ...createCall(terms, question), pageBefore }).then(
        () => true,
        () => false,
      )
      emit('warmedUp', { operation: question.endpoint.operation, isDone })
      if (!isDone || closing.signal.aborted) return
    }
  }

  function count({ key, endpoint, path, query, terms }: Call, { status, answeredAtMs }: Reply): void {
    const before = watched.get(key)
    if (before?.answeredAtMs === answeredAtMs) return void (before.asked += 1)
    const question = { endpoint, path, query }
    const pageBefore = status === NO_CONTENT ? asBefore : undefined
    watched.set(key, { scope: terms.scope, question, answeredAtMs, pageBefore, asked: 1 })
  }

  return {
    watch: (reads) => async (call) => {
      const reply = await reads(call)
      count(call, reply)
      return reply
    },
    watchAtOnce: (answerAtOnce) => watchCalls(answerAtOnce, count),
    again({ key, answeredAtMs }, times) {
      const before = watched.get(key)
      if (before?.answeredAtMs === answeredAtMs) before.asked += times
    },
    close() {
      cancel()
      closing.abort(new Error('the gateway ends'))
    },
  }
}

const NO_CONTENT = 204

/**
 * A refusal has shown the end of the list after a page that has not changed since: with a change, the cache would have
 * dropped the end, too. Without this, the same refusal would be a failure, and the refresh would be tried again and
 * again.
 */
const asBefore = (): PageBefore => 'short'

const watchCalls = (answerAtOnce: AnswerAtOnce, count: (call: Call, reply: Reply) => void): AnswerAtOnce =>
  Object.assign(
    (call: Call) => {
      const answer = answerAtOnce(call)
      if (answer && isReply(answer)) count(call, answer)
      return answer
    },
    // Each use is counted by its call, so look-ups by id go through it, too.
    { byId: () => () => null },
  )

function isDue(
  [key, { scope, question, answeredAtMs, asked }]: readonly [string, Watched],
  { mode, cache, isServed }: WarmUpOptions,
): boolean {
  if (!isServed(scope)) return false
  const cached = cache.read({ key, ...question })
  if (!cached || cached.answer.answeredAtMs !== answeredAtMs || asked < MODES[mode].minAsked) return false
  const { freshMs } = lifetimeNow(cached)
  const leftMs = freshMs - cached.ageMs
  return freshMs >= MIN_FRESH_MS && leftMs > 0 && leftMs <= AHEAD_MS
}
