// Of all replicas one calls; the others wait for what it brings, and the next one takes over where it brings nothing.
import type { Cache } from '../cache/cache.ts'
import { maySave } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import type { Call, Reply, Upstream } from '../rest/call.ts'
import { isRead } from '../rest/endpoint.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Completions } from './completions.ts'
import type { Connection } from './connection.ts'
import { unwrapAll } from './drop-log.ts'
import type { DropLog } from './drop-log.ts'
import { createFlightLocks } from './flight-locks.ts'
import { digestOf } from './keys.ts'
import type { CallDigest, Keys } from './keys.ts'
import { isFreshEnough } from './reply-store.ts'
import type { ReplyStore } from './reply-store.ts'

export interface SharedFlightOptions {
  readonly main: Connection
  readonly cache: Cache
  readonly replies: ReplyStore
  readonly drops: DropLog
  readonly completions: Completions
  readonly keys: Keys
  readonly clock: Clock
  readonly emit: Emit
  readonly newToken: () => string
  /** One attempt of one call. */
  readonly attemptTimeoutMs: number
}

/** The notice of a flight's end comes within a millisecond; this is for a notice that does not come. */
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
export function withSharedFlight(next: Upstream, options: SharedFlightOptions): Upstream {
  const { main, cache, replies, drops, completions, keys, clock, emit, attemptTimeoutMs } = options
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
    const reply = isNews ? found : null
    if (reply) cache.store(call, reply, begun)
    return { isOurs, reply }
  }

  async function fly(call: Call, digest: CallDigest, token: string): Promise<Reply> {
    const begun = drops.mark()
    let reply: Reply | null = null
    try {
      reply = await next(call)
      return reply
    } finally {
      void land(digest, token, reply && replies.pack(call, reply, begun))
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
      return unwrapAll(await completions.add(locks.leave(pipeline, digest, token), digest).exec())
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
    const start: Start = { startMs, knownAtMs: cache.read(call)?.reply.answeredAtMs ?? -Infinity }
    // Who boards while it waits may put the end of the wait off.
    while (clock.monotonicMs() < (call.wait?.latestMs ?? startMs + call.maxWaitMs) + attemptTimeoutMs) {
      const completion = completions.next(digest)
      const boarded = await board(call, digest, token, start)
      if (boarded?.reply) {
        completion.cancel()
        if (boarded.isOurs) void land(digest, token, null)
        call.tally.saved.joined += 1
        emit('saved', { operation: call.endpoint.operation, by: 'joined', record: call.record })
        return boarded.reply
      }
      if (boarded === null || boarded.isOurs) {
        completion.cancel()
        return boarded ? fly(call, digest, token) : next(call)
      }
      await completion.wait(LOOK_AGAIN_MS, call.signal)
    }
    return next(call)
  }
}
