// One replica makes a call for all: the others wait for its answer, and the next one takes over if there is none.
import { isRead } from '../aurora/endpoint.ts'
import { isReadOperation } from '../aurora/reads.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { lifetimeOf } from '../cache/decide-lifetime.ts'
import { askedAtMsOf } from '../cache/held.ts'
import type { Cache } from '../cache/cache.ts'
import { withKnownParents } from '../cache/read-name.ts'
import { maySave } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import { countSaved } from '../rest/accounting.ts'
import { refusalOf } from '../rest/attempt-error.ts'
import { waitEndOf } from '../rest/wait.ts'
import type { Call, Layer, NamedQuestion, Reply, Upstream } from '../rest/call.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Completions } from './completions.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { DropLog } from './drop-log.ts'
import { createFlightLocks } from './flight-locks.ts'
import type { FlightLocks } from './flight-locks.ts'
import { digestOf } from './keys.ts'
import type { CallDigest, Keys } from './keys.ts'
import { addLook, readLook } from './look.ts'
import { askAll } from './pipeline.ts'
import type { ReplyStore } from './reply-store.ts'

export interface SharedFlightOptions {
  readonly main: Connection
  readonly cache: Cache
  readonly replies: ReplyStore
  readonly drops: DropLog
  /** Resolves when the other replicas have applied everything that was published here, or mark what they serve. */
  readonly known: () => Promise<unknown>
  readonly completions: Completions
  readonly keys: Keys
  readonly clock: Clock
  readonly emit: Emit
  readonly newToken: () => string
  /** Whether replies of this call may be shared. Those of made-up credentials are not worth the commands. */
  readonly isShared: (call: Call) => boolean
  /** The time limit of one attempt of one call. */
  readonly attemptTimeoutMs: number
}

/** A notice arrives within a millisecond; this is for notices that are lost. */
const LOOK_AGAIN_MS = 250
/** Two replicas may date the same answer this far apart, because their clocks differ. */
const SAME_MS = 1000

/** One call, and what this replica had cached when the call came. */
interface Flight {
  readonly call: Call
  readonly digest: CallDigest
  readonly token: string
  /** Monotonic time. */
  readonly startMs: number
  /** When the answer came that this replica had cached at the start; `-Infinity` for none. */
  readonly cachedAtMs: number
}

interface Parts extends SharedFlightOptions {
  readonly locks: FlightLocks
  readonly next: Upstream
}

/**
 * This layer is inside the single flight of the replica, so that each replica waits once for each call. Without Redis
 * every replica makes its own calls. No replica waits longer for the call of another than its own call might take: the
 * wait of its callers and the time limit of one attempt. Named times are not shared. While the replica with the lock
 * waits for one, the others wait for its answer, then make the call themselves, and then have a named time of their
 * own.
 */
export const withSharedFlight =
  (options: SharedFlightOptions): Layer =>
  (next) => {
    const parts: Parts = { ...options, locks: createFlightLocks(options), next }
    const { main, cache, clock } = options
    return async (call) => {
      if (!isRead(call.endpoint) || !maySave(call.endpoint) || !options.isShared(call)) return next(call)
      if (!main.isUp()) return flyAlone(call, parts)
      const flight: Flight = {
        call,
        digest: digestOf(call),
        token: options.newToken(),
        startMs: clock.monotonicMs(),
        cachedAtMs: cache.read(call)?.answer.answeredAtMs ?? -Infinity,
      }
      // A lock of this replica is held by a flight from before a write, so a call after the write does not wait for it.
      return parts.locks.isOurs(flight.digest) ? fly(flight, parts) : flyOrWait(flight, parts)
    }
  }

async function flyOrWait(flight: Flight, parts: Parts): Promise<Reply> {
  const { call, digest, startMs } = flight
  const { completions, clock, emit, attemptTimeoutMs } = parts
  // A caller who joins the flight while it waits may extend the wait.
  const latestMs = (): number => Math.max(startMs, waitEndOf(call)) + attemptTimeoutMs
  while (clock.monotonicMs() < latestMs()) {
    const completion = completions.next(digest)
    const looked = await lockAndLook(flight, parts)
    if (looked?.answer) {
      completion.cancel()
      if (looked.isOurs) void release(flight, parts, null)
      countSaved(emit, call.terms, { operation: call.endpoint.operation, by: 'joined' })
      if (isReply(looked.answer)) return looked.answer
      throw toRefusalError(call.endpoint, looked.answer)
    }
    if (looked === null || looked.isOurs) {
      completion.cancel()
      return looked ? fly(flight, parts) : flyAlone(call, parts)
    }
    await completion.wait(LOOK_AGAIN_MS, call.terms.signal)
  }
  return flyAlone(call, parts)
}

/**
 * Takes the lock if it is free, and then looks for a reply: the previous holder stores its reply before it frees the lock.
 * In the other order a reply could be stored between the two, and the call would be made again. Null without Redis.
 */
async function lockAndLook(
  { call, digest, token, startMs, cachedAtMs }: Flight,
  { main, cache, replies, locks, keys, clock }: Parts,
): Promise<{ readonly isOurs: boolean; readonly answer: Answer | null } | null> {
  const sentAtMs = clock.monotonicMs()
  const answers = await askAll(main, (pipeline) => addLook(locks.take(pipeline, digest, token), keys, digest))
  if (answers === null) return null
  const [taken, ...look] = answers
  const isOurs = taken === 'OK'
  if (isOurs) locks.keep(digest, token)
  const begun = cache.mark()
  // The cached answer of this replica does not answer a request that demands a new one.
  const isNewer = (answeredAtMs: number): boolean => answeredAtMs > cachedAtMs + SAME_MS
  const found = await replies.judge(
    call,
    readLook(look, sentAtMs),
    (answeredAtMs) => isNewer(answeredAtMs) || isSinceRequest(call, answeredAtMs),
  )
  const isUsed =
    found &&
    ((isNewer(found.answeredAtMs) && isFreshEnough(call, found, startMs)) || isNews(call, found, sentAtMs))
  // A write may have been acknowledged here while the reply was unpacked.
  const answer = isUsed && !cache.isOutdated(call, begun) ? found : null
  if (answer) cache.store(call, answer, begun)
  return { isOurs, answer }
}

async function fly(flight: Flight, parts: Parts): Promise<Reply> {
  const { call } = flight
  const begun = parts.drops.mark()
  const end = (answer: Answer | null): void => {
    const isOf = answer && !isSurelyTouched(call, answer, begun, parts)
    void release(flight, parts, isOf ? { answer, begun } : null)
  }
  try {
    const reply = await flyAlone(call, parts)
    end(reply)
    return reply
  } catch (error) {
    end(refusalOf(error))
    throw error
  }
}

/**
 * No replica would take such an answer, as the log shows the touch: the webhooks of a flood touch each page before it has
 * come. A webhook that is not in the log yet does not count, and neither does a touch that may be of another object because
 * this replica does not know the parents: another replica takes the answer then, and makes no call.
 */
const isSurelyTouched = (
  call: Call,
  answer: Answer,
  since: SharedMark | null,
  { cache, drops }: Parts,
): boolean =>
  since !== null &&
  drops.haveTouched(withKnownParents(cache.nameOf(call.terms.scope.key, call, { answer })), since)

/**
 * Makes the call without a lock, so other replicas may make the same one. They are notified of moved pages even if
 * Redis is away.
 */
async function flyAlone(call: Call, parts: Parts): Promise<Reply> {
  const movedBy = parts.cache.watchMove(call)
  const reply = await parts.next(call)
  // Awaited before the page is shown, because a client that sees it may request the neighbouring pages from another
  // replica.
  const moved = movedBy(reply)
  if (moved.length > 0) await forget(moved, call, { askedAtMs: askedAtMsOf(reply), ...parts })
  return reply
}

/**
 * Items have moved between these pages and the one that was read. If Redis has no copy of a page, hardly any replica
 * has one. If Redis does not answer, it may have copies of all pages, and the replicas get the notice when it is back.
 */
async function forget(
  pages: readonly NamedQuestion[],
  { terms }: Call,
  { main, cache, keys, drops, known, clock, askedAtMs }: Parts & { readonly askedAtMs: number },
): Promise<void> {
  const counts = await askAll(main, (pipeline) =>
    pages.reduce((all, page) => {
      const key = keys.reply(digestOf(page))
      // If pages are refreshed together, the answer to the next one may be there already.
      return cache.isHeldSince(page.key, askedAtMs) ? all.exists(key) : all.del(key)
    }, pipeline),
  )
  const askedAgoMs = Math.max(0, Math.floor(clock.monotonicMs() - askedAtMs))
  const moved = pages.flatMap(({ endpoint: { operation }, path, query }, index) =>
    counts?.[index] !== 0 && isReadOperation(operation) ? [{ operation, path, query, askedAgoMs }] : [],
  )
  if (moved.length === 0) return
  drops.publish({ owner: terms.scope.key, touches: [], moved })
  await known()
}

/** Stores the answer, if there is one, frees the lock and notifies the replicas that wait. */
async function release(
  { call, digest, token }: Flight,
  { main, cache, replies, completions, locks, keys }: Parts,
  fetched: { readonly answer: Answer; readonly begun: SharedMark | null } | null,
): Promise<void> {
  const packed = fetched && (await replies.pack(call, fetched.answer, fetched.begun).catch(() => null))
  await askAll(main, (pipeline) => {
    // Checked when the command is sent, because a command that deletes the page after a neighbouring change comes
    // later.
    if (packed && !cache.isBeforeMove(call, fetched.answer))
      pipeline.set(keys.reply(digest), packed.bytes, 'PX', packed.keptMs)
    return completions.add(locks.leave(pipeline, digest, token), digest)
  })
  locks.forget(digest, token)
}

/**
 * An answer that came after the request had begun is new enough for every demand of the request: another request of the
 * same refresh may have read it at another replica. No answer of Redis looks younger than it is.
 */
function isNews(call: Call, answer: Answer, nowMs: number): boolean {
  const freshMs = lifetimeOf(call.endpoint, answer)?.freshMs ?? 0
  return isSinceRequest(call, answer.answeredAtMs) && nowMs - answer.answeredAtMs < freshMs
}

const isSinceRequest = ({ terms }: Call, answeredAtMs: number): boolean => answeredAtMs >= terms.begunAtMs

/** False if the request, which came at `sinceMs`, may demand a younger answer. */
function isFreshEnough({ endpoint, terms }: Call, answer: Answer, sinceMs: number): boolean {
  const freshMs = lifetimeOf(endpoint, answer)?.freshMs ?? 0
  return answer.answeredAtMs >= sinceMs - Math.min(freshMs, terms.freshness.maxAgeMs ?? freshMs)
}
