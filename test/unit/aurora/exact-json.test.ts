import { describe, expect, it } from 'vitest'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'

describe('a number in JSON', () => {
  it.each<[json: string, read: number | string]>([
    ['0', 0],
    ['-7', -7],
    ['1.0', 1],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['1234.5678901234567', 1234.5678901234567],
    ['1.0e-05', 0.00001],
    ['9007199254740991', 9007199254740991],
    ['9007199254740991.0', 9007199254740991],
    ['0.000e99999999999999999999', 0],
    ['5e-324', 5e-324],
  ])('%s stays a number', (json, read) => {
    expect(parseExactJson(json)).toBe(read)
    expect(parseExactJson(`{"a": [${json}]}`)).toEqual({ a: [read] })
  })

  it.each<[json: string, read: string]>([
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9007199254740993.0', '9007199254740993'],
    ['9007199254740993.000e0', '9007199254740993'],
    ['9.007199254740993e15', '9007199254740993'],
    ['9.007199254740993E+15', '9007199254740993'],
    ['900719925474099300e-2', '9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
    ['12345678901234567890.5', '12345678901234567890.5'],
    ['9007199254740993.5', '9007199254740993.5'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1e16', '10000000000000000'],
    ['1e400', '1e400'],
    ['-1e400', '-1e400'],
    ['1e-400', '1e-400'],
    ['1e99999999999999999999', '1e99999999999999999999'],
  ])('%s is the text "%s", because JavaScript would change it', (json, read) => {
    for (const [before, after] of [
      ['', ''],
      [' ', '\n'],
      ['{"id":', '}'],
      ['[1,', ',2]'],
      ['{"a":[{"b": ', ' }]}'],
      ['[true,false,null,', ',true]'],
      ['["\\\\",', ',"\\""]'],
    ] as const) {
      const quoted: unknown = JSON.parse(`${before}"${read}"${after}`)
      expect(parseExactJson(before + json + after)).toEqual(quoted)
    }
  })

  it('minus zero stays one', () => {
    expect(parseExactJson('-0')).toBe(-0)
  })
})

it('texts that look like numbers are left alone, whatever is around them', () => {
  const texts = [
    '9007199254740993',
    ' 9007199254740993,',
    '":9007199254740993,',
    '\\',
    '\\"',
    '\\\\": 1e400 ,',
    '[1e400]',
    '🙂 12345678901234567890 ü',
  ]
  const value = Object.fromEntries(texts.map((text) => [text, texts]))

  expect(parseExactJson(JSON.stringify(value))).toEqual(value)
  expect(parseExactJson(JSON.stringify({ ...value, id: 'N' }).replace('"N"', '9007199254740993'))).toEqual({
    ...value,
    id: '9007199254740993',
  })
})

it('a member called __proto__ is one like any other', () => {
  const read = parseExactJson('{"__proto__": {"id": 9007199254740993}}') as object

  expect(Object.entries(read)).toEqual([['__proto__', { id: '9007199254740993' }]])
})

it.each([
  '',
  '{9007199254740993: 1}',
  '[09007199254740993]',
  '[+9007199254740993]',
  '[9007199254740993.]',
  '[.9007199254740993]',
  '[9007199254740993e]',
  '[9007199254740993.5.5]',
  '[9007199254740993',
  '[9007199254740993"]',
  '["9007199254740993]',
  'nul1e400',
])('%s is no JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError)
})

it('long numbers, long texts and deep values are read', () => {
  const digits = '7'.repeat(500_000)
  const zeros = `1${'0'.repeat(500_000)}1`
  const backslashes = JSON.stringify('\\'.repeat(500_000))
  const deep = 100_000

  expect(parseExactJson(`[${digits},0.${zeros}]`)).toEqual([digits, `0.${zeros}`])
  expect(parseExactJson(`[${backslashes},9007199254740993]`)).toEqual([
    '\\'.repeat(500_000),
    '9007199254740993',
  ])
  let inner = parseExactJson(`${'['.repeat(deep)}9007199254740993${']'.repeat(deep)}`)
  while (Array.isArray(inner)) inner = inner[0]
  expect(inner).toBe('9007199254740993')
})
