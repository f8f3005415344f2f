// Of all replicas one calls; the others wait for what it brings, and the next one takes over where it brings nothing.
import { isReply } from '../cache/answer.ts'
import type { Cache } from '../cache/cache.ts'
import { maySave } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import { isRead } from '../aurora/endpoint.ts'
import { countSaved } from '../rest/accounting.ts'
import { isAttemptError } from '../rest/attempt-error.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Connection } from './connection.ts'
import { unwrapAll } from './drop-log.ts'
import type { DropLog } from './drop-log.ts'
import { createFlightLocks } from './flight-locks.ts'
import { digestOf } from './keys.ts'
import type { CallDigest, Keys } from './keys.ts'
import type { Landings } from './landings.ts'
import { isFreshEnough } from './reply-store.ts'
import type { ReplyStore } from './reply-store.ts'

export interface SharedFlightOptions {
  readonly main: Connection
  readonly cache: Cache
  readonly replies: ReplyStore
  readonly drops: DropLog
  readonly landings: Landings
  readonly keys: Keys
  readonly clock: Clock
  readonly emit: Emit
  readonly newToken: () => string
  /** One attempt of one call. */
  readonly attemptTimeoutMs: number
}

/** A landing is heard of within a millisecond; this is for those that are not. */
const LOOK_AGAIN_MS = 250
/** By so much the same answer may seem to be of another time, as it was looked at by another clock. */
const SAME_MS = 1000

/** What the one who flies began with. What another request has brought here since is as good as what Redis shows. */
interface Start {
  /** Monotonic. */
  readonly startMs: number
  /** When the answer came that this replica knew then; `-Infinity` for none. */
  readonly knownAtMs: number
}

/**
 * Stands inside the local flight, so that each replica waits once for each call. Without Redis everybody flies alone.
 * Nobody waits longer for another's flight than its own might have taken.
 */
export const withSharedFlight =
  (options: SharedFlightOptions): Layer =>
  (next) => {
    const { main, cache, replies, drops, landings, keys, clock, emit, attemptTimeoutMs } = options
    const locks = createFlightLocks(options)

    /**
     * Takes the lock if it is free, and then looks at what Redis holds: whoever had it before has stored what it brought by
     * then. The other way round it might land in between, and be flown after.
     */
    async function board(call: Call, digest: CallDigest, token: string, { startMs, knownAtMs }: Start) {
      const sentAtMs = clock.monotonicMs()
      const answers = await main.ask(async (client) =>
        unwrapAll(await replies.look(locks.take(client.pipeline(), digest, token), digest).exec()),
      )
      if (answers === null) return null
      const [taken, ...look] = answers
      const isOurs = taken === 'OK'
      if (isOurs) locks.keep(digest, token)
      const begun = cache.mark()
      const found = await replies.judge(call, replies.readLook(look, sentAtMs))
      // It may have landed since this replica looked. What was known here is no answer to who wants it anew.
      const isNews = found && found.answeredAtMs > knownAtMs + SAME_MS && isFreshEnough(call, found, startMs)
      const answer = isNews ? found : null
      if (answer) cache.store(call, answer, begun)
      return { isOurs, answer }
    }

    async function fly(call: Call, digest: CallDigest, token: string): Promise<Reply> {
      const begun = drops.mark()
      try {
        const reply = await next(call)
        void land(digest, token, replies.pack(call, reply, begun))
        return reply
      } catch (error) {
        const refusal = isAttemptError(error) ? error.refusal : null
        void land(digest, token, refusal && replies.pack(call, refusal, begun))
        throw error
      }
    }

    async function land(
      digest: CallDigest,
      token: string,
      packing: ReturnType<ReplyStore['pack']> | null,
    ): Promise<void> {
      const packed = await packing?.catch(() => null)
      await main.ask(async (client) => {
        const pipeline = client.pipeline()
        if (packed) pipeline.set(keys.reply(digest), packed.bytes, 'PX', packed.keptMs)
        return unwrapAll(await landings.add(locks.leave(pipeline, digest, token), digest).exec())
      })
      locks.forget(digest, token)
    }

    return async (call) => {
      if (!isRead(call.endpoint) || !maySave(call.endpoint) || !main.isUp()) return next(call)
      const digest = digestOf(call)
      const token = options.newToken()
      // Who asks after a write does not wait for what was asked before it.
      if (locks.isOurs(digest)) return fly(call, digest, token)
      const startMs = clock.monotonicMs()
      const start: Start = { startMs, knownAtMs: cache.read(call)?.answer.answeredAtMs ?? -Infinity }
      // Who boards while it waits may put the end of the wait off.
      while (
        clock.monotonicMs() <
        (call.wait?.latestMs ?? startMs + call.terms.maxWaitMs) + attemptTimeoutMs
      ) {
        const landing = landings.next(digest)
        const boarded = await board(call, digest, token, start)
        if (boarded?.answer) {
          landing.cancel()
          if (boarded.isOurs) void land(digest, token, null)
          countSaved(emit, call.terms, { operation: call.endpoint.operation, by: 'joined' })
          if (isReply(boarded.answer)) return boarded.answer
          throw toRefusalError(call.endpoint, boarded.answer)
        }
        if (boarded === null || boarded.isOurs) {
          landing.cancel()
          return boarded ? fly(call, digest, token) : next(call)
        }
        await landing.wait(LOOK_AGAIN_MS, call.terms.signal)
      }
      return next(call)
    }
  }
