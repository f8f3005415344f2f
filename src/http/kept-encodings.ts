// Compresses the part of an answer that stays the same once, and appends to each repeat the few bytes that differ.

import { promisify } from 'node:util'
import { brotliCompress, constants, crc32, gzip } from 'node:zlib'
import { copyExactly } from '../answers/exact-bytes.ts'
import { BROTLI_QUALITY } from './compress.ts'
import type { Encoding } from './compress.ts'

/** The compressed beginning of an answer. */
export interface Beginning {
  readonly bytes: Buffer
  /** Returns the bytes that end the answer with `rest`: `bytes` and these together are one valid stream. */
  end(rest: Buffer): Buffer
}

export interface KeptEncodings {
  /**
   * The beginning is kept as long as the text itself. Returns a promise only if it is not made yet; `onKept` is then
   * called with the number of bytes that are kept from then on.
   */
  begin(text: Buffer, encoding: Encoding, onKept: (bytes: number) => void): Beginning | Promise<Beginning>
}

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

export function createKeptEncodings(): KeptEncodings {
  const kept = new WeakMap<Buffer, Map<Encoding, Beginning | Promise<Beginning>>>()
  return {
    begin(text, encoding, onKept) {
      const ofText = kept.get(text) ?? new Map<Encoding, Beginning | Promise<Beginning>>()
      kept.set(text, ofText)
      const known = ofText.get(encoding)
      if (known) return known
      const begun = BEGINNINGS[encoding](text).then((beginning) => {
        onKept(beginning.bytes.length)
        ofText.set(encoding, beginning)
        return beginning
      })
      ofText.set(encoding, begun)
      begun.catch(() => ofText.delete(encoding))
      return begun
    },
  }
}

/** A flush ends the compressed bytes at a whole byte, so that another block can follow (RFC 1951, 3.2.3; RFC 7932, 9.2). */
const BEGINNINGS: Readonly<Record<Encoding, (text: Buffer) => Promise<Beginning>>> = {
  async gzip(text) {
    const bytes = copyExactly(await toGzip(text, { finishFlush: constants.Z_SYNC_FLUSH }))
    const sum = crc32(text)
    return { bytes, end: (rest) => endGzip(rest, sum, text.length) }
  },
  async br(text) {
    const bytes = await toBrotli(text, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
    })
    return { bytes: copyExactly(bytes), end: endBrotli }
  },
}

/** The most that one uncompressed block of either format can hold. */
export const MAX_REST_BYTES = 65_535

/** The last block, not compressed (RFC 1951, 3.2.4), then the checksum and the length of the whole (RFC 1952, 2.3.1). */
function endGzip(rest: Buffer, sumBefore: number, lengthBefore: number): Buffer {
  const end = Buffer.allocUnsafe(rest.length + 13)
  end.writeUInt8(1, 0)
  end.writeUInt16LE(rest.length, 1)
  end.writeUInt16LE(~rest.length & 0xff_ff, 3)
  rest.copy(end, 5)
  end.writeUInt32LE(crc32(rest, sumBefore), rest.length + 5)
  end.writeUInt32LE((lengthBefore + rest.length) % 2 ** 32, rest.length + 9)
  return end
}

/** An uncompressed meta-block of four nibbles of length, then the empty last one: RFC 7932, 9.2. */
function endBrotli(rest: Buffer): Buffer {
  const end = Buffer.allocUnsafe(rest.length + 4)
  end.writeUIntLE(((rest.length - 1) << 3) | (1 << 19), 0, 3)
  rest.copy(end, 3)
  end.writeUInt8(3, rest.length + 3)
  return end
}
