// A long list of objects is parsed in turns of the event loop, to the same value as in one piece.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutDeep } from '../../../src/aurora/cut-deep.ts'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'
import { parseInRuns } from '../../../src/rest/parse-in-runs.ts'
import { parseOutcome } from '../../support/parse-outcome.ts'

const RUNS = [1, 7, 40, 200]

const expectSame = async (text: string): Promise<void> => {
  const expected = await parseOutcome(() => cutDeep(text, parseExactJson(text)))
  const found = await Promise.all(RUNS.map((run) => parseOutcome(() => parseInRuns(text, run))))
  expect({ text, found }).toEqual({ text, found: RUNS.map(() => expected) })
}

/** Of the list itself and of its items, so that places of inner lists and texts look like places of the outer one. */
const name = fc.constantFrom('id', 'projects', 'a', '__proto__')
const leaf = fc.oneof(
  fc.constantFrom('1', '-0', '12345678901234567890', '1e400', '0.1000000000000000055', 'null', '""'),
  fc.constantFrom('"},{\\"id\\":"', '"\\"},{\\"id\\""', '"\\\\"', '"]}"', '"},{"', '"\\u007d,{"'),
  fc.string({ maxLength: 12, unit: 'binary' }).map((text) => JSON.stringify(text)),
)
const blank = fc.constantFrom('', '', '', '', ' ', '\n\t')
const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
  object: fc
    .tuple(blank, fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }))
    .map(([space, members]) => `{${members.map(([key, of]) => `"${key}":${space}${of}`).join(`,${space}`)}}`),
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
  ),
}))
const items = fc.array(fc.oneof({ weight: 9, arbitrary: object }, leaf), { maxLength: 14 })
const list = fc
  .tuple(blank, items)
  .map(([space, all]) => `[${space}${all.join(`${space},${space}`)}${space}]`)
const body = fc.oneof(
  list,
  fc
    .tuple(name, list, fc.array(fc.tuple(name, fc.oneof(leaf, list)), { maxLength: 2 }), blank)
    .map(
      ([key, all, others, space]) =>
        `${space}{${space}"${key}":${space}${all}${others.map(([other, value]) => `,"${other}":${value}`).join('')}}`,
    ),
)

describe('a long list', () => {
  it('has the value that it has in one piece', async () => {
    await fc.assert(fc.asyncProperty(body, expectSame), { numRuns: 600 })
  })

  it('fails as in one piece if a part of it is lost or added', async () => {
    const broken = fc
      .tuple(body, fc.nat(), fc.nat(8), fc.constantFrom('', ',', '}', ']', '{', '"', '},{', '\\'))
      .map(([text, at, length, other]) => {
        const from = at % (text.length + 1)
        return text.slice(0, from) + other + text.slice(from + length)
      })
    await fc.assert(fc.asyncProperty(broken, expectSame), { numRuns: 600 })
  })

  it.each([
    ['two lists of one name', '{"a":[{"id":1},{"id":2},{"id":3}],"a":[{"id":4},{"id":5}]}'],
    ['a list of one name and another value', '{"a":[{"id":1},{"id":2},{"id":3}],"a":7}'],
    [
      'inner lists that look like the outer one',
      '{"a":[{"id":[{"id":1},{"id":2},{"id":3}]},{"id":4},{"id":5}]}',
    ],
    ['members behind the list', '{"a":[{"id":1},{"id":2},{"id":3}],"total":3,"__proto__":{"id":1}}'],
  ])('%s', async (_, text) => {
    await expectSame(text)
  })

  it.each([596, 597, 598, 599, 600, 601])(
    'is cut at the same level: %d levels in an item',
    async (levels) => {
      const item = `{"id":${'['.repeat(levels)}${']'.repeat(levels)}}`
      await expectSame(`[${item},${item},${item},${item}]`)
      await expectSame(`{"a":[${item},${item},${item},${item}]}`)
    },
  )
})

/** How often something else may be done while the text is parsed. */
async function countTurns(text: string): Promise<number> {
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await parseInRuns(text)
  isOver = true
  return turns
}

it.each([
  ['alone', (all: string) => all],
  ['in an object', (all: string) => `{"projects":${all},"total":2000}`],
])('each 32 KB have a turn: %s', async (_, around) => {
  const one = { id: 'a'.repeat(36), name: '"},{"id":', parts: [{ at: 1 }, { at: 2 }], at: 12.5 }
  const text = around(JSON.stringify(Array.from({ length: 2_000 }, () => one)))
  expect(await countTurns(text)).toBeGreaterThanOrEqual(Math.floor(text.length / 32_768) - 2)
})
