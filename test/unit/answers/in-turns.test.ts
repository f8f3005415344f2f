// Large answers are written and hashed in turns of the event loop, to the same text and the same hash.
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashData } from '../../../src/answers/entity-tag.ts'
import { CHARS_PER_TURN, hashInTurns, writeInTurns } from '../../../src/answers/in-turns.ts'

/** How many turns of the event loop others have until it is done; null: none, as it was done at once. */
async function countTurns(work: unknown): Promise<number | null> {
  if (!(work instanceof Promise)) return null
  let turns = 0
  const done = work.then(() => 'done')
  while ((await Promise.race([done, nextTurn('others')])) === 'others') turns += 1
  return turns
}

const long = (length: number): object[] =>
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

  it('of a usual size is written at once, also where it has long lists', () => {
    expect(writeInTurns({ projects: { nodes: long(200) } })).toBeTypeOf('string')
    expect(writeInTurns({})).toBe('{}')
  })

  it('of megabytes is written in turns', async () => {
    const data = { projects: { nodes: long(5_000) }, again: { nodes: long(5_000) } }
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
    },
  )
})
