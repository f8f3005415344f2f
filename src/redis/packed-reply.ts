// The form of a reply in Redis: a head that says what it is and how old, then the body, compressed if it is long. A body is read only
// if its head shows that the reply is wanted.
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import * as z from 'zod'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { restoreHead, saveHead } from '../cache/saved-reply.ts'
import type { Moment } from '../clock.ts'
import type { Above } from '../cache/parents.ts'
import { callKey } from '../rest/call.ts'
import type { Call, Reply } from '../rest/call.ts'
import { parseBody } from '../rest/parse-body.ts'
import { writeInTurns } from './write-in-turns.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Look } from './look.ts'

export interface PackedHead {
  /** Monotonic time. */
  readonly answeredAtMs: number
  /** The moment before its call was sent. */
  readonly begun: SharedMark
  /** The known parents of the object. */
  readonly above: Above
  /** Null for a body that is incomplete, larger than its head says, or of another form. */
  unpack(): Promise<Answer | null>
}

/** Writing or reading a body of this size takes some 20 ms of CPU time. */
const MAX_PLAIN_BYTES = 4 * 1024 * 1024
/** Redis carries out one command at a time: larger values would make all replicas wait. */
const MAX_PACKED_BYTES = 1024 * 1024
/** The limit for decompressed bodies, against decompression bombs: more than MAX_PLAIN_BYTES of Aurora become as saved JSON. */
const MAX_UNPACKED_BYTES = 2 * MAX_PLAIN_BYTES
/** A reply about one object has about 1 KB: compressing and decompressing it takes 200 µs, and saves 400 bytes. */
const MIN_COMPRESSED_BYTES = 4 * 1024
/** A head has some 500 bytes, and the ids of the parents. */
const MAX_HEAD_BYTES = 64 * 1024
/** JSON has none between its values, and escapes those in its texts. */
const END_OF_HEAD = '\n'

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)

/** Null for a reply that is too large, and for one that must not be saved. */
export async function packReply(
  { terms, endpoint, path, query }: Call,
  { answer, begun, above }: { readonly answer: Answer; readonly begun: SharedMark; readonly above: Above },
  now: Moment,
): Promise<Buffer | null> {
  if (isReply(answer) && answer.bytes > MAX_PLAIN_BYTES) return null
  const saved = saveHead({ scope: terms.scope.key, endpoint, path, query, above }, answer, now)
  if (saved === null) return null
  const plain = isReply(answer) ? await writeInTurns(answer.value, answer.bytes) : NO_BODY
  const isLong = plain.length >= MIN_COMPRESSED_BYTES
  const head = { begun, saved, bytes: plain.length, coding: isLong ? 'br' : null }
  const packed = Buffer.concat([
    Buffer.from(JSON.stringify(head) + END_OF_HEAD),
    isLong ? await shorten(plain) : plain,
  ])
  return packed.length > MAX_PACKED_BYTES ? null : packed
}

const NO_BODY = Buffer.alloc(0)

/** The lowest quality takes less than half of the time of gzip's, for the same length. */
const shorten = (plain: Buffer): Promise<Buffer> =>
  compress(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  })

/** Null for a value that is of another form, or the reply to another call, or of an unknown age. */
export function readPacked(
  { key }: Pick<Call, 'key'>,
  value: Buffer,
  { serverMs, sentAtMs }: Pick<Look, 'serverMs' | 'sentAtMs'>,
): PackedHead | null {
  const end = value.subarray(0, MAX_HEAD_BYTES).indexOf(END_OF_HEAD)
  const head = end === -1 ? null : readHead(value.toString('utf8', 0, end))
  // If Redis' clock was set back, it is unknown how old the reply is.
  if (head === null || head.saved.answeredAtWallMs > serverMs) return null
  const restored = restoreHead(head.saved, { monotonicMs: sentAtMs, wallMs: serverMs })
  if (restored === null || callKey(restored.call.scope, restored.call) !== key) return null
  const packed = { ...head, body: value.subarray(end + END_OF_HEAD.length) }
  return {
    answeredAtMs: restored.answeredAtMs,
    begun: head.begun,
    above: restored.call.above,
    unpack: () => unpack(packed, restored.toAnswer),
  }
}

const headSchema = z.object({
  begun: z.object({ generation: z.string(), id: z.string().regex(/^\d+-\d+$/) }),
  saved: z.looseObject({ answeredAtWallMs: z.number() }),
  bytes: z.int().nonnegative().max(MAX_UNPACKED_BYTES),
  coding: z.literal('br').nullable(),
})

function readHead(text: string) {
  try {
    return headSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

interface Packed {
  readonly body: Buffer
  /** Of the decompressed body. */
  readonly bytes: number
  readonly coding: 'br' | null
}

async function unpack(
  { body, bytes, coding }: Packed,
  toAnswer: (value: unknown) => Answer | null,
): Promise<Answer | null> {
  try {
    // In one piece: by default each 16 KB are one, which takes twice as long. A piece that is full is followed by another one.
    const sizes = { maxOutputLength: bytes, chunkSize: Math.max(MIN_COMPRESSED_BYTES, bytes + 1) }
    const plain = coding === null ? body : await decompress(body, sizes)
    if (plain.length !== bytes) return null
    const answer = toAnswer(bytes === 0 ? null : await parseBody({ bytes: plain }))
    return answer && isReply(answer) ? counted(answer, bytes) : answer
  } catch {
    return null
  }
}

/** As saved JSON, a body may have this much more than twice its bytes if it is short. */
const SLACK_BYTES = 4 * 1024

/**
 * Whoever may write to Redis could else fill the memory of all replicas with replies that count as small. A body of Aurora that
 * is no UTF-8 is longer here than it was.
 */
const counted = (reply: Reply, bytes: number): Reply =>
  bytes > 2 * reply.bytes + SLACK_BYTES ? { ...reply, bytes } : reply
