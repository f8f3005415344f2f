// The compressed beginning of an answer and any end make one stream that every decoder reads.
import { randomBytes } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeptEncodings, MAX_REST_BYTES } from '../../../src/http/kept-encodings.ts'

const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync } as const

describe.each(['gzip', 'br'] as const)('an answer in %s', (encoding) => {
  it('is the whole text again, whatever follows the kept beginning', async () => {
    const { begin } = createKeptEncodings()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), async (start, end) => {
        const [text, rest] = [Buffer.from(start.repeat(50)), Buffer.from(end)]
        const kept = await begin(text, encoding, () => {})
        const whole = DECODERS[encoding](Buffer.concat([kept.bytes, kept.end(rest)]))
        expect(whole.equals(Buffer.concat([text, rest]))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.each([1, 255, 256, MAX_REST_BYTES])('may end with %i bytes', async (length) => {
    const text = Buffer.from('{"data":{}')
    const rest = Buffer.alloc(length, 'x')
    const kept = await createKeptEncodings().begin(text, encoding, () => {})
    const whole = DECODERS[encoding](Buffer.concat([kept.bytes, kept.end(rest)]))
    expect(whole.toString()).toBe(`${text.toString()}${rest.toString()}`)
  })

  it('is compressed once, and counted once', async () => {
    const { begin } = createKeptEncodings()
    const text = Buffer.from('{"data":{}')
    const kept: number[] = []
    const onKept = (bytes: number): void => void kept.push(bytes)
    const first = begin(text, encoding, onKept)
    expect(first).toBeInstanceOf(Promise)
    expect(begin(text, encoding, onKept)).toBe(first)
    const beginning = await first
    expect(begin(text, encoding, onKept)).toBe(beginning)
    expect(kept).toEqual([beginning.bytes.length])
  })

  it.each([10, 5000, 100_000])('is kept in a block of exactly its size: %i digits', async (length) => {
    const text = Buffer.from(randomBytes(length).toString('hex'))
    const { bytes } = await createKeptEncodings().begin(text, encoding, () => {})
    expect(bytes.buffer.byteLength).toBe(bytes.length)
  })
})
