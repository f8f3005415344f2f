// What comes in very many small pieces takes no more memory than its bytes: each piece as an object would end the process.
import { expect, it } from 'vitest'
import { CollectedBytes } from '../../../src/network/collected-bytes.ts'
import { countHeldBytes } from '../../support/memory.ts'

const collect = (pieces: readonly Buffer[]): CollectedBytes => {
  const bytes = new CollectedBytes()
  for (const piece of pieces) bytes.add(piece)
  return bytes
}

it('one piece is given as it came, and none is an empty body', () => {
  const piece = Buffer.from('{"a":1}')
  expect(collect([piece]).all()).toBe(piece)
  expect(collect([]).all()).toEqual(Buffer.alloc(0))
})

it('pieces of all sizes are put together in their order', () => {
  const sizes = [1, 3, 40_000, 1, 65_536, 32_768, 32_767, 2, 2, 70_000, 65_535, 1, 1]
  const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1))
  const bytes = collect(pieces)
  expect(bytes.size).toBe(sizes.reduce((sum, size) => sum + size, 0))
  expect(bytes.all().equals(Buffer.concat(pieces))).toBe(true)
})

const MB = 1024 * 1024

it('a million pieces of one byte are no million objects', () => {
  const bytes = new CollectedBytes()
  const before = countHeldBytes()
  for (let from = 0; from < MB; from += 16_384) {
    const read = Buffer.alloc(16_384, from / 16_384)
    for (let at = 0; at < read.length; at += 1) bytes.add(read.subarray(at, at + 1))
  }
  expect(countHeldBytes() - before).toBeLessThan(8 * MB)
  const all = bytes.all()
  expect([all.length, all[16_383], all[16_384], all.at(-1)]).toEqual([MB, 0, 1, 63])
})

it('a small piece keeps nothing of what came from the socket beside it', () => {
  const bytes = new CollectedBytes()
  const before = countHeldBytes()
  for (let nr = 0; nr < 500; nr += 1) bytes.add(Buffer.alloc(65_536, nr).subarray(0, 10))
  expect(countHeldBytes() - before).toBeLessThan(8 * MB)
  expect(bytes.all().length).toBe(5_000)
})
