// A large body is parsed in turns of the event loop, to the same value as in one piece.
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutDeep } from '../../../src/aurora/cut-deep.ts'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'
import { ReplyTooWideError } from '../../../src/rest/assert-modest.ts'
import { parseInTurns } from '../../../src/rest/parse-in-turns.ts'
import { parseOutcome } from '../../support/parse-outcome.ts'

const atOnce = (text: string): unknown => cutDeep(text, parseExactJson(text))

const RUNS = [1, 2, 7, 40]
const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** Of the text in one piece, and in runs of several lengths. */
const outcomes = async (text: string) => {
  const expected = await parseOutcome(() => atOnce(text))
  return {
    expected: RUNS.map(() => expected),
    found: await Promise.all(RUNS.map((run) => parseOutcome(() => parseInTurns(text, run)))),
  }
}

const expectSame = async (text: string): Promise<void> => {
  const { expected, found } = await outcomes(text)
  expect({ text, found }).toEqual({ text, found: expected })
}

/** Long lists inside each other take most of the time, and show no more: a run has few characters here. */
const FEW = { maxLength: 5 }

describe('a text', () => {
  const leaf = fc.oneof(
    fc.constantFrom(
      '1',
      '-0.5e3',
      '12345678901234567890',
      '1.00000000000000000001',
      'null',
      'true',
      '""',
      '"[{,:"',
    ),
    fc.string({ maxLength: 12, unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc
      .array(fc.constantFrom('\\\\', '\\"', '\\u00e9', '\\ud83d\\ude00', 'x', ',', ']'), { maxLength: 30 })
      .map((parts) => `"${parts.join('')}"`),
  )
  const blank = fc.constantFrom('', '', '', ' ', '\n\t\r')
  const name = fc.constantFrom('"a"', '"b"', '"a:b"', '"__proto__"', '"7"', '"\\u0061"', '"toJSON"')
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(fc.tuple(blank, tie('value'), blank), FEW).map((items) => `[${items.map(join).join(',')}]`),
      fc
        .array(fc.tuple(blank, name, blank, fc.constant(':'), blank, tie('value'), blank), FEW)
        .map((items) => `{${items.map(join).join(',')}}`),
    ),
  }))
  const container = fc
    .tuple(blank, fc.array(value, FEW), fc.array(fc.tuple(name, value), FEW), blank)
    .chain(([before, items, members, behind]) =>
      fc.constantFrom(
        `${before}[${items.join(',')}]${behind}`,
        `${before}{${members.map(([key, each]) => `${key}:${each}`).join(',')}}${behind}`,
      ),
    )

  it('has the value that it has in one piece', async () => {
    await fc.assert(fc.asyncProperty(container, expectSame), { numRuns: 500 })
  })

  it('with a fault is refused as in one piece', async () => {
    const faulty = fc
      .tuple(container, fc.nat(), fc.constantFrom('', ',', ':', ']', '}', '[', '"', '1', ' ', '\\', '{"a":'))
      .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1))
      .filter((text) => /^[ \t\n\r]*[[{]/.test(text))
    await fc.assert(fc.asyncProperty(faulty, expectSame), { numRuns: 1500 })
  })

  it.each([
    '[1,]',
    '[,1]',
    '[1,,2]',
    '[1 2]',
    '[[1],]',
    '[[1]2]',
    '[[1][2]]',
    '[[1] ,2]',
    '{"a":1,}',
    '{"a":[1],}',
    '{"a":{}"b":1}',
    '{"a":[1]:2}',
    '{[1]:2}',
    '{1:[1]}',
    '{"a":"b":[1]}',
    '[1}',
    '{"a":1]',
    '[1]]',
    '[1] 2',
    '[1',
    '["a',
    '["a\\"]',
    '["\n"]',
    '[01]',
    '[\u00a01]',
    '{"a":1,"a":[2],"a":3}',
    '{"a":[1],"a":{"b":2}}',
    '{"__proto__":[1],"b":{"__proto__":1}}',
    '[[],{},[[]],""]',
    `[1,${lists(599)},2,${lists(620)},{"a":${objects(600)}},3]`,
    `{"a":${objects(598)},"b":${objects(601)},"c":[${lists(600)},"x"]}`,
  ])('%.60s', async (text) => {
    const { expected, found } = await outcomes(text)
    expect(found).toEqual(expected)
  })

  it('of megabytes is parsed in turns', async () => {
    const long = JSON.stringify(
      Array.from({ length: 20_000 }, (_, index) => ({ id: `p${index}`, name: `"Roof" \\ ${index} é` })),
    )
    for (const [text, least] of [
      [`{"projects":${long}}`, 6],
      [`{"a":{"b":{"c":[${long},1]}}}`, 6],
      [`["${'\\u00e9'.repeat(200_000)}"]`, 6],
      [`["${'\\"'.repeat(600_000)}"]`, 6],
      // They are counted from the end, and then read.
      [`["${'\\\\'.repeat(600_000)}"]`, 20],
    ] as const) {
      let turns = 0
      const parsed = parseInTurns(text)
      const done = parsed.then(() => 'done')
      while ((await Promise.race([done, nextTurn('others')])) === 'others') turns += 1
      expect(await parsed).toEqual(JSON.parse(text))
      expect(turns).toBeGreaterThan(least)
    }
  })

  it.each([
    ['a number of too many digits', `[1,${'1'.repeat(1_001)}]`],
    ['a name of too many characters', `{"${'x'.repeat(40_000)}":1}`],
  ])('with %s is refused', async (_, text) => {
    await expect(parseInTurns(text)).rejects.toBeInstanceOf(ReplyTooWideError)
  })

  it.each([
    ['of the most digits', `[1,${'1'.repeat(1_000)}]`],
    ['of a long blank', `[1,${' '.repeat(5_000)}1${' '.repeat(5_000)}]`],
    ['of texts behind each other', `["${'x'.repeat(40_000)}","${'y'.repeat(2_000)}","${'z'.repeat(2_000)}"]`],
  ])('%s is read', async (_, text) => {
    expect(await parseInTurns(text)).toEqual(atOnce(text))
  })
})

const join = (parts: readonly string[]): string => parts.join('')
