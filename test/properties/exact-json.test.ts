// JSON with any numbers and any bytes: every number comes out with the value that was sent, and no byte becomes another text.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeText, isDecoded } from '../../src/aurora/decode-text.ts'
import { parseExactJson } from '../../src/aurora/exact-json.ts'

/** A number as it stands in the text. */
class Token {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const digits = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength }),
    fc.constantFrom(
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '0',
      '5',
      '10000000000000000',
    ),
  )
const optional = (arbitrary: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), arbitrary)

const token = fc
  .tuple(
    optional(fc.constant('-')),
    digits(40).map((text) => text.replace(/^0+(?=\d)/, '')),
    optional(digits(40).map((text) => `.${text}`)),
    optional(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(400)).map((parts) => parts.join(''))),
  )
  .map((parts) => new Token(parts.join('')))

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', ',', ':', ' ', '1', '9', 'e', '.', '-', '[', '}'),
    maxLength: 40,
  }),
)

type Json = null | boolean | string | Token | Json[] | Map<string, Json>

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    token,
    text,
    fc.constantFrom(null, true),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}))

function write(json: Json, space: string): string {
  if (json instanceof Token) return json.text
  if (Array.isArray(json)) return `[${json.map((item) => write(item, space)).join(`,${space}`)}]`
  if (json instanceof Map)
    return `{${[...json].map(([name, inner]) => `${JSON.stringify(name)}:${space}${write(inner, space)}`).join()}}`
  return JSON.stringify(json)
}

/** As digits and a power of ten, by whole numbers of any size. */
function valueOf(number: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:[eE](.+))?$/.exec(number) ?? []
  let rest = BigInt(whole + fraction)
  let exponent = Number(power) - fraction.length
  if (rest === 0n) return '0'
  for (; rest % 10n === 0n; rest /= 10n) exponent += 1
  return `${sign}${rest}e${exponent}`
}

function expectSame(read: unknown, sent: Json): void {
  if (sent instanceof Token) {
    if (typeof read === 'number') {
      expect(valueOf(String(read))).toBe(valueOf(sent.text))
      expect(Number.isInteger(read) && !Number.isSafeInteger(read)).toBe(false)
    } else expect(valueOf(read as string)).toBe(valueOf(sent.text))
  } else if (Array.isArray(sent)) {
    expect(read).toHaveLength(sent.length)
    sent.forEach((item, index) => expectSame((read as unknown[])[index], item))
  } else if (sent instanceof Map) {
    expect(new Set(Object.keys(read as object))).toEqual(new Set(sent.keys()))
    for (const [name, inner] of sent) expectSame((read as Record<string, unknown>)[name], inner)
  } else expect(read).toBe(sent)
}

it('every number of any length, anywhere, has the value that was sent, also after it was stored', () => {
  fc.assert(
    fc.property(value, fc.constantFrom('', ' ', '\n\t'), (sent, space) => {
      const read = parseExactJson(write(sent, space))

      expectSame(read, sent)
      expectSame(JSON.parse(JSON.stringify(read)), sent)
    }),
    { numRuns: 3000 },
  )
})

it('what is JSON, and what is none, is so for JSON.parse as well', () => {
  const near = fc.string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+-\\ un'.split('')), maxLength: 40 })
  const isJson = (parse: (json: string) => unknown, json: string): boolean => {
    try {
      parse(json)
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError)
      return false
    }
  }
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        near.map((inner) => `[${inner}]`),
      ),
      (json) => {
        expect(isJson(parseExactJson, json)).toBe(isJson(JSON.parse, json))
      },
    ),
    { numRuns: 5000 },
  )
})

const contentType = fc.constantFrom(
  undefined,
  'application/json',
  ...'utf-8 iso-8859-1 windows-1252 iso-8859-15 koi8-r shift_jis euc-kr big5 gbk gb18030 utf-16le utf-16be x'
    .split(' ')
    .map((charset) => `application/json; charset=${charset}`),
)

it('random bytes never become a replacement character', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(bytes, contentType, (given, type) => {
      fc.pre(!given.includes(Buffer.from('\ufffd')) && !isUtf16With(given, 0xfffd))
      const read = decodeText(given, type)

      expect(read).not.toContain('\ufffd')
    }),
    { numRuns: 3000 },
  )
})

const isUtf16With = (bytes: Buffer, unit: number): boolean =>
  bytes.includes(Buffer.from([unit >> 8, unit & 0xff])) ||
  bytes.includes(Buffer.from([unit & 0xff, unit >> 8]))

it('UTF-8 comes out as it was, and beside a broken byte every other text does', () => {
  const names = fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 })
  fc.assert(
    fc.property(names, fc.integer({ min: 0x80, max: 0xff }), (sent, byte) => {
      const whole = Buffer.from(JSON.stringify(sent))
      const broken = Buffer.concat([whole.subarray(0, -1), Buffer.from(`${sent.length ? ',' : ''}"`)])
      const text = decodeText(Buffer.concat([broken, Buffer.from([byte]), Buffer.from('"]')]))
      const read = JSON.parse(text) as string[]

      expect(decodeText(whole)).toBe(JSON.stringify(sent))
      expect(read.slice(0, -1)).toEqual(sent)
      expect(isDecoded(read.at(-1) ?? '')).toBe(false)
    }),
    { numRuns: 1000 },
  )
})
