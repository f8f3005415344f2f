// Reads a success from the bytes that were sent: decompresses them, and waits for its turn if they are many.
import { isRead } from '../aurora/endpoint.ts'
import { decompress, isCompressed } from '../network/read-bytes.ts'
import { andFinally } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { createByteTurns } from '../turns/byte-turns.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Call } from './call.ts'
import type { Body } from './known-bodies.ts'
import { isLong } from './parse-body.ts'
import { createReadReply } from './read-reply.ts'
import type { ReadPart } from './read-reply.ts'
import { assertCarriedOut } from './write-outcome.ts'

export interface ReadSuccessOptions {
  readonly emit: Emit
  readonly knownBytes?: number
  readonly maxReplyBytes: number
}

/**
 * The bytes, after decompression, of the long bodies that are read together: what is half read takes several times its bytes. Some pages of lists
 * fit. If all bodies were read together, the first would be ready when the last is.
 */
const BYTES_AT_ONCE = 2 * 1024 * 1024

/** `bytes` as they were sent. */
export type Sent = Body

export interface ReadSuccess extends ReadPart {
  /** The bytes after decompression. */
  readonly size: number
}

/** Fails as `ReadReply` does, for a body that cannot be decompressed, and for a write that was not carried out. */
export function createReadSuccess({ emit, knownBytes = 0, maxReplyBytes }: ReadSuccessOptions) {
  const turns = createByteTurns(BYTES_AT_ONCE)
  const readReply = createReadReply({ emit, knownBytes })

  function readBytes(call: Call, body: Body): Soon<ReadSuccess> {
    assertCarriedOut(call.endpoint, body.bytes)
    const size = body.bytes.length
    const part = readReply(call, body)
    return part instanceof Promise ? part.then((read) => ({ ...read, size })) : { ...part, size }
  }

  async function readPacked(call: Call, sent: Sent): Promise<ReadSuccess> {
    return readBytes(call, { ...sent, bytes: await decompress(sent.bytes, maxReplyBytes) })
  }

  return (call: Call, sent: Sent): Soon<ReadSuccess> => {
    const isPacked = isCompressed(sent.bytes)
    const read = (): Soon<ReadSuccess> => (isPacked ? readPacked(call, sent) : readBytes(call, sent))
    const bytes = isPacked ? Math.min(unpackedSize(sent.bytes), maxReplyBytes) : sent.bytes.length
    // What a write has answered is not known from anywhere else.
    if (!isLong(bytes) || !isRead(call.endpoint)) return read()
    const readInTurn = (): Soon<ReadSuccess> => andFinally(read, () => turns.end(bytes))
    if (turns.beginAtOnce(bytes)) return readInTurn()
    const { scope, caller } = call.terms
    const turn = new Promise<void>((resolve) => turns.later(bytes, resolve, [scope.key, caller]))
    return turn.then(readInTurn)
  }
}

const SIZE_BYTES = 4

/** As the end of the last member of gzip shows it (RFC 1952, 2.3.1): a wrong one only lets more bodies be read together. */
const unpackedSize = (bytes: Buffer): number =>
  bytes.length < SIZE_BYTES
    ? bytes.length
    : Math.max(bytes.length, bytes.readUInt32LE(bytes.length - SIZE_BYTES))
