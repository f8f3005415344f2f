// Large answers are written and hashed in turns of the event loop, to the same text and the same hash.
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashData } from '../../../src/answers/entity-tag.ts'
import {
  CHARS_PER_TURN,
  encodeInTurns,
  findLarge,
  hashInTurns,
  writeInTurns,
  writeLarge,
} from '../../../src/answers/in-turns.ts'
import { AnswerTooLargeError } from '../../../src/exchange/answer-too-large.ts'
import { piecesOf } from '../../../src/answers/pieces.ts'

/** How many turns of the event loop others have until it is done; null: none, as it was done at once. */
async function countTurns(work: unknown): Promise<number | null> {
  if (!(work instanceof Promise)) return null
  let turns = 0
  const done = work.then(() => 'done')
  while ((await Promise.race([done, nextTurn('others')])) === 'others') turns += 1
  return turns
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

const longList = (length: number): object[] =>
  Array.from({ length }, (_, index) => ({ index, text: 'x'.repeat(1_000), list: [index, null] }))

describe('an answer', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const answer = fc.record({
    short: json,
    list: fc.array(json, { minLength: 40, maxLength: 160 }),
    within: fc.record({
      nodes: fc.array(json, { minLength: 51, maxLength: 120 }),
      none: fc.constant(undefined),
    }),
    empty: fc.constantFrom([], {}, null),
    date: fc.constant(new Date(0)),
    deep: fc.constant({ a: { b: { c: { d: { e: { f: { g: Array.from({ length: 60 }, () => 1) } } } } } } }),
  })

  it('is written as JSON.stringify writes it', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (data) => {
        expect(await writeInTurns(data)).toBe(JSON.stringify(data))
      }),
      { numRuns: 100 },
    )
  })

  const long = fc.oneof(
    fc.constantFrom('x', 'é"', '\\', '😀', '\ud83d', '\u0000').map((text) => text.repeat(40_000)),
    fc.constant(Array.from({ length: 9_000 }, (_, index) => (index % 3 ? index : undefined))),
    fc.constant(Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`m"${index}`, index]))),
    fc.constant({ toJSON: () => ({ inside: 'y'.repeat(40_000) }) }),
    fc.constant({ toJSON: () => undefined }),
    fc.constant(Object.create(null, { own: { value: 'z'.repeat(40_000), enumerable: true } }) as object),
  )
  const { mixed } = fc.letrec<{ mixed: unknown }>((tie) => ({
    mixed: fc.oneof(
      { maxDepth: 3 },
      json,
      long,
      fc.constantFrom(undefined, new Date(0), '__proto__'),
      fc.array(tie('mixed'), { maxLength: 5 }),
      fc.dictionary(fc.constantFrom('a', 'b"', '__proto__', '7'), tie('mixed')),
    ),
  }))

  it('has the same text in pieces, whatever is large in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mixed, { minLength: 1, maxLength: 4 }), async (data) => {
        const expected = JSON.stringify(data)
        expect([...piecesOf(data, new Map())].join('')).toBe(expected)
        expect(await writeInTurns(data)).toBe(expected)
      }),
      { numRuns: 60 },
    )
  })

  it.each<[what: string, data: object]>([
    ['one text', { text: 'x'.repeat(2_000_000) }],
    [
      'an object of many members',
      Object.fromEntries(Array.from({ length: 99_000 }, (_, at) => [`m${at}`, ''])),
    ],
    [
      'many objects of many members',
      range(9).map(() => Object.fromEntries(range(9_000).map((at) => [`m${at}`, '']))),
    ],
    ['lists in lists', { a: { b: { c: { d: { e: { f: { g: { h: range(199_000) } } } } } } } }],
    ['objects with a form of their own', range(3_000).map(() => ({ toJSON: () => 'x'.repeat(1_000) }))],
  ])('of %s is written in turns', async (_, data) => {
    expect(await countTurns(writeInTurns(data))).toBeGreaterThanOrEqual(3)
    expect(await writeInTurns(data)).toBe(JSON.stringify(data))
  })

  it('that is larger than it may be is not written to its end', async () => {
    let isRead = false
    const last = { toJSON: () => (isRead = true) }
    const data = { list: [...range(99).map(() => 'x'.repeat(100_000)), last] }
    const large = findLarge(data) ?? new Map<object, never>()
    isRead = false
    const { nextTurn: turn } = { nextTurn: async () => nextTurn() }
    await expect(writeLarge(data, large, { nextTurn: turn, maxBytes: 9_000_000 })).rejects.toThrow(
      AnswerTooLargeError,
    )
    expect(isRead).toBe(false)
    expect(await writeLarge(data, large, { nextTurn: turn, maxBytes: 9_900_400 })).toBe(JSON.stringify(data))
  })

  it('of a usual size is written at once, also where it has long lists', () => {
    expect(writeInTurns({ projects: { nodes: longList(200) } })).toBeTypeOf('string')
    expect(writeInTurns({})).toBe('{}')
  })

  it('of megabytes is written in turns', async () => {
    const data = { projects: { nodes: longList(5_000) }, again: { nodes: longList(5_000) } }
    expect(await countTurns(writeInTurns(data))).toBeGreaterThanOrEqual(15)
    expect(await writeInTurns(data)).toBe(JSON.stringify(data))
  })
})

describe('a text', () => {
  it('of a usual size is hashed at once', () => {
    expect(hashInTurns('x'.repeat(CHARS_PER_TURN))).toBe(hashData('x'.repeat(CHARS_PER_TURN)))
  })

  it.each(['x', 'é', '€', '😀', 'x😀'])(
    'of megabytes of %s has the same hash, in turns',
    async (character) => {
      const text = character.repeat((5 * CHARS_PER_TURN) / character.length + 1)
      expect(await countTurns(hashInTurns(text))).toBeGreaterThanOrEqual(4)
      expect(await hashInTurns(text)).toBe(hashData(text))
      expect(await countTurns(encodeInTurns(text))).toBeGreaterThanOrEqual(4)
      expect(Buffer.from(text).equals(await encodeInTurns(text))).toBe(true)
    },
  )
})
