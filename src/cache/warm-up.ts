// Refreshes what is asked for often shortly before it goes stale, with calls that nobody else needs.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { ANY_FRESHNESS } from '../rest/call.ts'
import type { Call, Reply, Scope, Upstream, Used } from '../rest/call.ts'
import type { Cache } from './cache.ts'
import { callKey } from './cache-key.ts'
import { createTally } from '../telemetry/tally.ts'

export interface WarmUpOptions {
  readonly mode: 'gentle' | 'full'
  /** The line behind the cache. */
  readonly next: Upstream
  /** What is only looked at: what nobody asks for any more leaves all the same. */
  readonly cache: Pick<Cache, 'read'>
  readonly clock: Clock
  readonly emit: Emit
  /** Whether anybody can ask in this name any more. */
  readonly isServed: (scope: Scope) => boolean
  /** Of one refresh, for which nobody waits. */
  readonly refreshTimeoutMs: number
}

export interface WarmUp {
  /** Hears what is asked for, and changes nothing about it. Stands before the cache. */
  listen(next: Upstream): Upstream
  /** What was answered without coming here was asked for all the same. */
  again(used: Used): void
  /** Begins no more calls, and gives up those under way. */
  close(): void
}

/** How often an answer must have been asked for since it came, and how many calls one look may spend. */
const MODES = {
  /** Three times is more than somebody looking twice; 12 calls a minute are an eighth of what Aurora allows. */
  gentle: { minAsked: 3, maxCalls: 1 },
  full: { minAsked: 1, maxCalls: 3 },
} as const
const LOOK_EVERY_MS = 5000
/** Everything on a screen goes stale at once: a minute before it there is time for a dozen looks. */
const AHEAD_MS = 60_000
/** What lives shorter (jobs) would be asked for all the time. */
const MIN_FRESH_MS = 2 * AHEAD_MS
/** Some hundred bytes each; what was not asked for longest is forgotten first. */
const MAX_WATCHED = 2000

type Question = Pick<Call, 'endpoint' | 'path' | 'query'> & { readonly scope: Scope }

interface Watched {
  readonly question: Question
  /** Of which answer it was counted: with the next one it begins anew, so that what nobody asks for any more ends. */
  readonly answeredAtMs: number
  readonly asked: number
}

export function createWarmUp(options: WarmUpOptions): WarmUp {
  const { mode, next, cache, clock, emit, isServed, refreshTimeoutMs } = options
  const { minAsked, maxCalls } = MODES[mode]
  const watched = new LRUCache<string, Watched>({ max: MAX_WATCHED })
  const closing = new AbortController()
  let cancel = schedule()

  function schedule(): () => void {
    return clock.after(LOOK_EVERY_MS, () => {
      void look().finally(() => {
        if (!closing.signal.aborted) cancel = schedule()
      })
    })
  }

  function note({ scope, endpoint, path, query }: Call, { isSuccess, answeredAtMs }: Reply): void {
    if (!isSuccess) return
    const question = { scope, endpoint, path, query }
    const key = callKey(question)
    const before = watched.get(key)
    const asked = before?.answeredAtMs === answeredAtMs ? before.asked + 1 : 1
    watched.set(key, { question, answeredAtMs, asked })
  }

  const toCall = (question: Question): Call => ({
    ...question,
    caller: 'warm-up',
    callClass: 'warmUp',
    signal: closing.signal,
    begunAtMs: clock.monotonicMs(),
    deadlineAtMs: clock.monotonicMs() + refreshTimeoutMs,
    // Takes a slot that is free, and only one that the budget has to spare.
    maxWaitMs: 0,
    freshness: ANY_FRESHNESS,
    afterwards: () => {},
    tally: createTally(),
    tellStale: () => {},
    tellUsed: () => {},
  })

  function isDue({ question, answeredAtMs, asked }: Watched): boolean {
    if (!isServed(question.scope)) return false
    const cached = cache.read(toCall(question))
    if (!cached || cached.reply.answeredAtMs !== answeredAtMs || asked < minAsked) return false
    const { freshMs } = cached.lifetime
    const leftMs = freshMs - cached.ageMs
    return freshMs >= MIN_FRESH_MS && leftMs > 0 && leftMs <= AHEAD_MS
  }

  /** One after the other, and no more once there is no call to spare, or Aurora fails. */
  async function look(): Promise<void> {
    const due = [...watched.values()].filter(isDue).toSorted((one, other) => other.asked - one.asked)
    for (const { question } of due.slice(0, maxCalls)) {
      const isDone = await next(toCall(question)).then(
        ({ isSuccess }) => isSuccess,
        () => false,
      )
      emit('warmedUp', { operation: question.endpoint.operation, isDone })
      if (!isDone || closing.signal.aborted) return
    }
  }

  return {
    listen: (reads) => async (call) => {
      const reply = await reads(call)
      note(call, reply)
      return reply
    },
    again({ key, answeredAtMs }) {
      const before = watched.get(key)
      if (before?.answeredAtMs === answeredAtMs) watched.set(key, { ...before, asked: before.asked + 1 })
    },
    close() {
      cancel()
      closing.abort(new Error('the gateway ends'))
    },
  }
}
