// Makes the ids of requests: random UUIDs (RFC 9562, 5.4), as crypto.randomUUID does, with a tenth of the garbage.
import { randomFillSync } from 'node:crypto'

const BYTES = 16
/** So many at a time, because each call for random bytes costs more than the ids that are made of them. */
const IDS_OF_POOL = 128
const DIGITS = Buffer.from('0123456789abcdef', 'latin1')
const HYPHEN = 45
/** The bytes before which a hyphen stands. */
const GROUPS: ReadonlySet<number> = new Set([4, 6, 8, 10])

/** Digits are written into bytes that are used again: put together as text, they would be a string for each pair of digits. */
export function createNewId(fill: (bytes: Uint8Array) => void = randomFillSync): () => string {
  const pool = Buffer.alloc(BYTES * IDS_OF_POOL)
  const text = Buffer.alloc(2 * BYTES + GROUPS.size)
  let from = pool.length
  return () => {
    if (from === pool.length) {
      fill(pool)
      from = 0
    }
    let at = 0
    for (let index = 0; index < BYTES; index += 1) {
      if (GROUPS.has(index)) text[at++] = HYPHEN
      const byte = withVersion(pool[from + index] ?? 0, index)
      text[at++] = DIGITS[byte >> 4] ?? 0
      text[at++] = DIGITS[byte & 15] ?? 0
    }
    from += BYTES
    return text.toString('latin1')
  }
}

/** Version 4, and the variant of the RFC. */
function withVersion(byte: number, index: number): number {
  if (index === 6) return (byte & 0x0f) | 0x40
  return index === 8 ? (byte & 0x3f) | 0x80 : byte
}
