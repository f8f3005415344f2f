// Answers that any replica has paid for, for all of them: compressed, bounded, dated by Redis' clock, and checked when read.
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { isReply } from '../cache/answer.ts'
import type { Answer } from '../cache/answer.ts'
import { lifetimeOf } from '../cache/decide-lifetime.ts'
import { restore, save } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import { callKey } from '../rest/call.ts'
import type { Call } from '../rest/call.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Client, Connection } from './connection.ts'
import { unwrapAll } from './drop-log.ts'
import type { DropLog, SharedMark } from './drop-log.ts'
import type { CallDigest, Keys } from './keys.ts'
import { toServerMs } from './server-clock.ts'

type Pipeline = ReturnType<Client['pipeline']>

/** What one look brought: a reply as Redis holds it, and what is needed to judge it. */
export interface Look {
  readonly value: Buffer | null
  /** Redis' clock. */
  readonly serverMs: number
  /** Monotonic, before it was asked. */
  readonly sentAtMs: number
  /** The generation and the last entry of the log of drops at that moment. */
  readonly newest: SharedMark | null
}

export interface ReplyStore {
  /** Adds the commands of one look; `readLook` makes sense of their answers. */
  look(pipeline: Pipeline, digest: CallDigest): Pipeline
  readLook(answers: readonly unknown[], sentAtMs: number): Look
  /** Null for what is not there, not whole, not for this call, of no known age, or may have become untrue. */
  judge(call: Call, look: Look): Promise<Answer | null>
  /** What Redis is to hold, with how long; null for what is not shared: too large, not kept at all, of no known age. */
  pack(call: Call, answer: Answer, begun: SharedMark | null): Promise<Packed | null>
}

export interface Packed {
  readonly bytes: Buffer
  readonly keptMs: number
}

/** Making and reading a text holds up everybody else: some 20 ms for as much. */
const MAX_PLAIN_BYTES = 4 * 1024 * 1024
/** Redis does one thing at a time: larger values would make all replicas wait. */
const MAX_PACKED_BYTES = 1024 * 1024
/** Above what was packed for its envelope; a bomb ends here. */
const MAX_UNPACKED_BYTES = 2 * MAX_PLAIN_BYTES

const compress = promisify(gzip)
const decompress = promisify(gunzip)

interface ReplyStoreOptions {
  readonly main: Connection
  readonly drops: DropLog
  readonly keys: Keys
  readonly clock: Clock
  readonly emit: Emit
}

export function createReplyStore({ main, drops, keys, clock, emit }: ReplyStoreOptions): ReplyStore {
  /** Null, and counted, for what is not ours, not whole or of another form. */
  async function unpack(call: Call, { value, serverMs, sentAtMs }: Look) {
    const envelope = value && (await readEnvelope(value))
    if (!envelope) return null
    // Redis' clock went back: nobody knows how old this is.
    if (envelope.answeredAtMs > serverMs) return null
    const restored = restore(envelope.saved, { monotonicMs: sentAtMs, wallMs: serverMs })
    if (restored === null || callKey(call.terms.scope.key, restored.call) !== call.key) return null
    return { answer: restored.answer, begun: envelope.begun }
  }

  /** This copy of the log may be behind what Redis showed along with the reply. */
  async function isLogWhole({ newest }: Look): Promise<boolean> {
    const mark = drops.mark()
    if (newest !== null && mark?.generation === newest.generation && mark.id === newest.id) return true
    return drops.catchUp()
  }

  return {
    look: (pipeline, digest) =>
      pipeline
        .getBuffer(keys.reply(digest))
        .get(keys.generation)
        .xrevrange(keys.drops, '+', '-', 'COUNT', 1)
        .time(),
    readLook([value, generation, newest, time], sentAtMs) {
      const [entry] = newest as [string, string[]][]
      const [seconds, micros] = time as unknown[]
      return {
        value: value as Buffer | null,
        serverMs: toServerMs(seconds, micros),
        sentAtMs,
        newest: typeof generation === 'string' && entry ? { generation, id: entry[0] } : null,
      }
    },
    async judge(call, look) {
      if (look.value === null) return null
      const found = await unpack(call, look)
      if (found === null) {
        emit('sharedUnreadable', { what: 'reply' })
        return null
      }
      const read = { scope: call.terms.scope.key, operation: call.endpoint.operation, path: call.path }
      const isTrue = (await isLogWhole(look)) && !drops.haveTouched(read, found.begun)
      return isTrue ? found.answer : null
    },
    async pack(call, answer, begun) {
      const now = main.time.at(clock.monotonicMs())
      if (begun === null || now === null || (isReply(answer) && answer.bytes > MAX_PLAIN_BYTES)) return null
      const lifetime = lifetimeOf(call.endpoint, answer)
      const ageMs = clock.monotonicMs() - answer.answeredAtMs
      const keptMs = Math.floor((lifetime?.keptMs ?? 0) - ageMs)
      // The least that Redis' clock can have shown, so that no replica takes it for younger than it is.
      const name = { scope: call.terms.scope.key, ...call }
      const saved = save(name, answer, { monotonicMs: clock.monotonicMs(), wallMs: Math.floor(now.leastMs) })
      if (saved === null || keptMs <= 0) return null
      const bytes = await compress(JSON.stringify({ begun, saved }), { level: 1 })
      return bytes.length > MAX_PACKED_BYTES ? null : { bytes, keptMs }
    },
  }
}

/** Whether a flight that began at `sinceMs` has nothing newer to bring: what it was asked for may demand a younger one. */
export function isFreshEnough({ endpoint, terms }: Call, answer: Answer, sinceMs: number): boolean {
  const freshMs = lifetimeOf(endpoint, answer)?.freshMs ?? 0
  return answer.answeredAtMs >= sinceMs - Math.min(freshMs, terms.freshness.maxAgeMs ?? freshMs)
}

/** One look by itself. */
export const lookOnce = (
  { main, replies, clock }: { main: Connection; replies: ReplyStore; clock: Clock },
  digest: CallDigest,
): Promise<Look | null> => {
  const sentAtMs = clock.monotonicMs()
  return main.ask(async (client) =>
    replies.readLook(unwrapAll(await replies.look(client.pipeline(), digest).exec()), sentAtMs),
  )
}

const envelopeSchema = z.object({
  begun: z.object({ generation: z.string(), id: z.string().regex(/^\d+-\d+$/) }),
  saved: z.looseObject({ answeredAtWallMs: z.number() }),
})

async function readEnvelope(value: Buffer) {
  try {
    const text = await decompress(value, { maxOutputLength: MAX_UNPACKED_BYTES })
    const { begun, saved } = envelopeSchema.parse(JSON.parse(text.toString()))
    return { begun, saved, answeredAtMs: saved.answeredAtWallMs }
  } catch {
    return null
  }
}
