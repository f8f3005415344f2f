// The form of a reply in Redis: compressed, bounded, dated by Redis' clock, and checked when it is read.
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import * as z from 'zod'
import { cutDeep } from '../aurora/cut-deep.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { restore, save } from '../cache/saved-reply.ts'
import type { Moment } from '../clock.ts'
import type { Above } from '../cache/parents.ts'
import { assertModest } from '../rest/assert-modest.ts'
import { callKey } from '../rest/call.ts'
import type { Call } from '../rest/call.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Look } from './look.ts'

export interface Unpacked {
  readonly answer: Answer
  /** The moment before its call was sent. */
  readonly begun: SharedMark
  /** The known parents of the object. */
  readonly above: Above
}

/** Making or reading a JSON text of this size blocks the process for some 20 ms. */
const MAX_PLAIN_BYTES = 4 * 1024 * 1024
/** Redis carries out one command at a time: larger values would make all replicas wait. */
const MAX_PACKED_BYTES = 1024 * 1024
/** The limit for decompressed replies, against decompression bombs: more than a packed reply and its envelope need. */
const MAX_UNPACKED_BYTES = 2 * MAX_PLAIN_BYTES

/** Compresses texts. Models of many replicas need no compression. */
export interface Codec {
  compress(text: string): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

const compress = promisify(gzip)
const decompress = promisify(gunzip)

const GZIP: Codec = {
  compress: (text) => compress(text, { level: 1 }),
  decompress: (bytes) => decompress(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }),
}

/** Null for a reply that is too large, and for one that must not be saved. */
export async function packReply(
  { terms, endpoint, path, query }: Call,
  { answer, begun, above }: Unpacked,
  now: Moment,
  codec = GZIP,
): Promise<Buffer | null> {
  if (isReply(answer) && answer.bytes > MAX_PLAIN_BYTES) return null
  const saved = save({ scope: terms.scope.key, endpoint, path, query, above }, answer, now)
  if (saved === null) return null
  const bytes = await codec.compress(JSON.stringify({ begun, saved }))
  return bytes.length > MAX_PACKED_BYTES ? null : bytes
}

/** Null for a value that is of another form, incomplete, or the reply to another call. */
export async function unpackReply(
  { terms, key }: Call,
  value: Buffer,
  { serverMs, sentAtMs }: Look,
  codec = GZIP,
): Promise<Unpacked | null> {
  const read = await readEnvelope(value, codec)
  // If Redis' clock was set back, it is unknown how old the reply is.
  if (!read || read.envelope.saved.answeredAtWallMs > serverMs) return null
  const { envelope, text } = read
  const restored = restore(envelope.saved, { monotonicMs: sentAtMs, wallMs: serverMs })
  if (restored === null || callKey(terms.scope.key, restored.call) !== key) return null
  return { answer: withinBounds(restored.answer, text), begun: envelope.begun, above: restored.call.above }
}

const envelopeSchema = z.object({
  begun: z.object({ generation: z.string(), id: z.string().regex(/^\d+-\d+$/) }),
  saved: z.looseObject({ answeredAtWallMs: z.number() }),
})

async function readEnvelope(value: Buffer, { decompress: unpack }: Codec) {
  try {
    const bytes = await unpack(value)
    await assertModest(bytes)
    const text = bytes.toString()
    return { text, envelope: envelopeSchema.parse(JSON.parse(text)) }
  } catch {
    return null
  }
}

/** What an envelope has beside its reply. */
const ENVELOPE_BYTES = 4 * 1024

/**
 * Whoever may write to Redis could else fill the memory of all replicas with replies that count as small, or end their stacks with
 * deep ones. A body of Aurora that is no UTF-8 is longer here than it was.
 */
function withinBounds(answer: Answer, text: string): Answer {
  if (!isReply(answer)) return answer
  const isLonger = text.length > 2 * answer.bytes + ENVELOPE_BYTES
  const value = cutDeep(text, answer.value) as typeof answer.value
  return value === answer.value && !isLonger
    ? answer
    : { ...answer, value, bytes: isLonger ? text.length : answer.bytes }
}
