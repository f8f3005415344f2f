// The bound of the JSON of a request, found before it is parsed.
import { describe, expect, it } from 'vitest'
import { findExcess, MAX_MEMBERS } from '../../src/exchange/json-excess.ts'

const membersOf = (count: number): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 1]))
const look = (body: unknown) =>
  findExcess(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
const TOO_MANY = { limit: MAX_MEMBERS, actual: MAX_MEMBERS + 1 }
const PADDING = 'x'.repeat(60_000)

describe('a request', () => {
  it.each<[what: string, body: unknown, excess: object | string | null]>([
    ['of a usual size', { query: '{ tenant { name } }', variables: { a: 1 } }, null],
    [
      'of a leap year of quarter hours',
      { variables: { i: Array.from({ length: 35_136 }, () => 0.123) } },
      null,
    ],
    ['of a map of the hours of a leap year', { variables: membersOf(8_784) }, null],
    ['of the most members', membersOf(MAX_MEMBERS), null],
    ['of one more', membersOf(MAX_MEMBERS + 1), TOO_MANY],
    ['of one more, in many objects', Array.from({ length: MAX_MEMBERS + 1 }, () => ({ a: 1 })), TOO_MANY],
    ['of the most empty objects', `[${'{},'.repeat(MAX_MEMBERS - 1)}{}]`, null],
    ['of one more empty object', `[${'{},'.repeat(MAX_MEMBERS)}{}]`, TOO_MANY],
    [
      'of members in texts',
      { a: '{"a":1},[['.repeat(20_000), b: `\\"${'":'.repeat(20_000)}`, c: PADDING },
      null,
    ],
    ['of many lists beside each other', `[${'[],'.repeat(20_000)}1]`, null],
    ['of more levels than members are counted in', `${'{"a":'.repeat(40_000)}1`, null],
    ['of the most lists inside each other', '['.repeat(50_000) + ']'.repeat(50_000), null],
    ['of lists that cannot be closed', '['.repeat(50_002) + ']'.repeat(50_000), 'unclosed'],
    ['of lists in objects that cannot be closed', '{"":['.repeat(20_000), 'unclosed'],
    ['of open lists in a text', `["${'['.repeat(50_002)}"]`, null],
    ['that ends in a text', `{"a":"${PADDING}`, null],
    ['that ends behind a backslash', `{"a":"${PADDING}\\`, null],
  ])('%s', (_, body, excess) => {
    expect(look(body)).toEqual(excess)
  })
})
