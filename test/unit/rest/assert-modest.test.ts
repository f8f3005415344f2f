// The bounds of a body of Aurora: members of one object, values in all, looked at in turns of the event loop.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  assertModest,
  assertModestList,
  MAX_ITEMS,
  MAX_LEVELS,
  MAX_MEMBERS,
  MAX_VALUES,
  ReplyTooWideError,
} from '../../../src/rest/assert-modest.ts'

const membersOf = (count: number, value: unknown = 1): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, value]))

const look = async (body: unknown): Promise<string> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return assertModest(Buffer.from(text)).then(
    () => 'modest',
    (error: unknown) => (error instanceof ReplyTooWideError ? error.message : 'another error'),
  )
}

const TOO_WIDE = `Aurora's answer has an object of more than ${MAX_MEMBERS} members`
const TOO_MANY = `Aurora's answer has more than ${MAX_VALUES} values`
/** Members, or what looks like them: an odd number of backslashes escapes the mark before. */
const behindBackslashes = (count: number): string =>
  `{"a":"${'\\'.repeat(count)}",${JSON.stringify(membersOf(MAX_MEMBERS + 1)).slice(1)}`
const PADDING = { padding: 'x'.repeat(512 * 1024) }

describe('a body', () => {
  it.each([
    ['of the most members that an object may have', membersOf(MAX_MEMBERS), 'modest'],
    ['of a map of the quarter hours of a leap year', membersOf(4 * 24 * 366, 0.25), 'modest'],
    ['of one more', membersOf(MAX_MEMBERS + 1), TOO_WIDE],
    ['of 300,000 members', membersOf(300_000), TOO_WIDE],
    ['with such an object deep inside', { a: [{ b: membersOf(MAX_MEMBERS + 1) }] }, TOO_WIDE],
    ['with many members around a small object', { ...membersOf(MAX_MEMBERS - 1), last: { a: 1 } }, 'modest'],
    ['of members behind a small object', { first: { a: 1 }, ...membersOf(MAX_MEMBERS) }, TOO_WIDE],
    ['of many objects of many members', Array.from({ length: 4 }, () => membersOf(MAX_MEMBERS)), 'modest'],
    ['of the most values', Array.from({ length: MAX_VALUES }, () => 1), 'modest'],
    ['of two more', Array.from({ length: MAX_VALUES + 2 }, () => 1), TOO_MANY],
    ['of more empty objects', Array.from({ length: MAX_VALUES + 2 }, () => ({})), TOO_MANY],
    ['of text that looks like members', { ...PADDING, text: '"a":1,{}[],'.repeat(100_000) }, 'modest'],
    ['of text with marks of its own', { ...PADDING, text: '":{",'.repeat(300_000) }, 'modest'],
    ['of text that ends in backslashes', { ...PADDING, [`a\\`]: '\\\\', b: '"\\"' }, 'modest'],
    ['of members behind megabytes of backslashes', behindBackslashes(2 * 256 * 1024), TOO_WIDE],
    ['of members in a text with as many and one more', behindBackslashes(2 * 256 * 1024 + 1), 'modest'],
    ['that is cut in a text', `{"a":"${'x'.repeat(512 * 1024)}`, 'modest'],
    ['that is cut behind a backslash', `{"a":"${'x'.repeat(512 * 1024)}\\`, 'modest'],
    ['that closes more than it opens', `${'}'.repeat(512 * 1024)}`, 'modest'],
    ['that is small', { a: 1 }, 'modest'],
    ['of the most levels', `${'['.repeat(MAX_LEVELS)}"${'x'.repeat(512 * 1024)}"`, 'modest'],
    ['of more levels', '['.repeat(512 * 1024), `Aurora's answer has more than ${MAX_LEVELS} levels`],
  ])('%s', async (_, body, verdict) => {
    expect(await look(body)).toBe(verdict)
  })

  it('in UTF-16 is bounded too', async () => {
    const text = Buffer.from(JSON.stringify(membersOf(MAX_MEMBERS + 1)), 'utf16le')
    await expect(assertModest(text)).rejects.toThrow(TOO_WIDE)
  })

  it.each([
    ['many texts', Array.from({ length: 8 }, () => 'x,'.repeat(200_000))],
    ['one text with millions of marks', '"'.repeat(1_500_000)],
    ['one text of millions of backslashes', '\\'.repeat(1_500_000)],
  ])('of megabytes of %s is looked at in several turns', async (_, body) => {
    let turns = 0
    const state = { isDone: false }
    const looked = look([body]).finally(() => (state.isDone = true))
    for (; !state.isDone && turns < 1000; turns += 1) await nextTurn()
    expect(await looked).toBe('modest')
    expect(turns).toBeGreaterThanOrEqual(8)
  })
})

it('a list has so many objects at the most', () => {
  const items = Array.from({ length: MAX_ITEMS }, () => ({}))
  expect(() => assertModestList(items)).not.toThrow()
  expect(() => assertModestList([...items, {}])).toThrow(
    `Aurora's answer has a list of more than ${MAX_ITEMS} objects`,
  )
})
