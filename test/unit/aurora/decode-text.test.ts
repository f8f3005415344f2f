import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAuroraId } from '../../../src/aurora/body.ts'
import { decodeInTurns, decodeText, isDecoded } from '../../../src/aurora/decode-text.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('the bytes of a body', () => {
  it.each<[what: string, bytes: Buffer, contentType: string | string[] | undefined, text: string]>([
    ['UTF-8 without a word about it', Buffer.from('"Müller 🙂"'), undefined, '"Müller 🙂"'],
    ['UTF-8, declared', Buffer.from('"Müller"'), 'application/json; charset=utf-8', '"Müller"'],
    ['UTF-8, declared as utf8', Buffer.from('"Müller"'), 'application/json;charset="UTF8"', '"Müller"'],
    ['UTF-8 of an unknown name', Buffer.from('"Müller"'), 'application/json; charset=x-own', '"Müller"'],
    ['UTF-8, declared wrongly', Buffer.from('"Müller"'), 'application/json; charset=iso-8859-1', '"Müller"'],
    ['UTF-8, declared as UTF-16', Buffer.from('"Müller"'), 'application/json; charset=utf-16', '"Müller"'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff"Müller"'), undefined, '"Müller"'],
    ['UTF-8 with U+FFFD in it', Buffer.from('"M\ufffdller"'), undefined, '"M\ufffdller"'],
    ['Latin-1, declared', latin1('"Müller"'), 'application/json; charset=iso-8859-1', '"Müller"'],
    ['Latin-1, declared first of two', latin1('"ü"'), ['a/b; charset=LATIN1', 'c/d; charset=utf-8'], '"ü"'],
    ['windows-1252', latin1('"\x80 \x93\xfc\x94"'), 'text/html; charset=windows-1252', '"€ “ü”"'],
    ['the bytes from 80 to 9F of Latin-1', latin1('"\x96"'), 'a/b; charset=iso-8859-1', '"–"'],
    ['iso-8859-2', latin1('"\xb1"'), 'application/json; charset=ISO-8859-2', '"ą"'],
    ['Shift_JIS', Buffer.from([0x22, 0x93, 0xfa, 0x96, 0x7b, 0x22]), 'a/b; charset=shift_jis', '"日本"'],
    ['GBK that could be UTF-8', Buffer.from([0x22, 0xc4, 0xa3, 0x22]), 'a/b; charset=gbk', '"模"'],
    ['UTF-16 with a mark, little end first', Buffer.from('\ufeff"Müller"', 'utf16le'), undefined, '"Müller"'],
    ['UTF-16 with a mark, big end first', utf16be('\ufeff"Müller"'), undefined, '"Müller"'],
    ['UTF-16 without a mark', Buffer.from('{"n":"ü"}', 'utf16le'), 'a/b; charset=utf-16le', '{"n":"ü"}'],
    ['UTF-16 without a mark, big end first', utf16be('{"n":"ü"}'), undefined, '{"n":"ü"}'],
    ['nothing', Buffer.alloc(0), 'a/b; charset=iso-8859-1', ''],
  ])('%s', async (_what, bytes, contentType, text) => {
    expect(decodeText(bytes, contentType)).toBe(text)
    expect(isDecoded(text)).toBe(true)
    for (const partBytes of [4, 5, 6, 1000])
      expect(await decodeInTurns(bytes, contentType, partBytes)).toBe(text)
  })
})

describe('a byte that is in no text', () => {
  const named = (name: Buffer, contentType?: string) =>
    JSON.parse(
      decodeText(
        Buffer.concat([Buffer.from('{"good":"Jörg 🙂","bad":"'), name, Buffer.from('"}')]),
        contentType,
      ),
    ) as { good: string; bad: string }

  it.each<[what: string, bytes: Buffer, contentType?: string]>([
    ['Latin-1, not declared', latin1('M\xfcller')],
    ['Latin-1, declared as UTF-8', latin1('M\xfcller'), 'application/json; charset=utf-8'],
    ['Latin-1, declared by an unknown name', latin1('M\xfcller'), 'application/json; charset=x-own'],
    ['bytes that Shift_JIS does not have', Buffer.from([0x81, 0xff]), 'a/b; charset=shift_jis'],
    ['a sequence that is cut', Buffer.from([0xf0, 0x9f, 0x99])],
    ['a sequence that is longer than it need be', Buffer.from([0xc1, 0xbf])],
    ['half of a pair', Buffer.from([0xed, 0xa0, 0xbd])],
    ['more than Unicode has', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
    ['one after half of a pair that is escaped', Buffer.concat([Buffer.from('\\ud83d'), latin1('\xfc')])],
  ])('%s: the text that has it is told, and the others are right', (_what, bytes, contentType) => {
    const { good, bad } = named(bytes, contentType)

    expect(isDecoded(bad)).toBe(false)
    expect(bad).not.toContain('\ufffd')
    expect(isDecoded(JSON.parse(JSON.stringify(bad)) as string)).toBe(false)
    expect(readAuroraId(bad)).toBeNull()
    expect(good).toBe('Jörg 🙂')
    expect(isDecoded(good)).toBe(true)
  })

  it('is told behind a byte order mark', () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff["'), latin1('\xfc'), Buffer.from('","a"]')])
    const [bad = '', good] = JSON.parse(decodeText(bytes)) as string[]

    expect([isDecoded(bad), good]).toEqual([false, 'a'])
  })
})

it('halves of pairs that Aurora escaped itself, such as a name cut within a smiley, count as text', () => {
  for (const text of ['Ann \ud83d', '\ude42 Ann', '\ud83d\ude42']) expect(isDecoded(text)).toBe(true)
})

it.each<[value: unknown, id: string | null]>([
  ['p-1', 'p-1'],
  [7, '7'],
  [9007199254740991, '9007199254740991'],
  ['9007199254740993', '9007199254740993'],
  [9007199254740992, null],
  [1.5, null],
  [NaN, null],
  ['', null],
  [null, null],
  [true, null],
  [{}, null],
])('the id in %o is %o', (value, id) => {
  expect(readAuroraId(value)).toBe(id)
})

it('decodes any bytes in turns to the same text', async () => {
  const charsets = ['utf-8', 'iso-8859-1', 'windows-1252', 'shift_jis', 'gbk', 'utf-16le', 'euc-kr', 'x-own']
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 9 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      latin1('ü'),
      latin1('\xf0\x9f\x99'),
      latin1('\xef\xbb\xbf'),
      latin1('\x80\x80\x80\x80\x80'),
    ),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 8 }).map((parts) => Buffer.concat(parts)),
      fc.constantFrom(...charsets),
      fc.integer({ min: 4, max: 9 }),
      async (bytes, charset, partBytes) => {
        const type = `application/json; charset=${charset}`
        expect(await decodeInTurns(bytes, type, partBytes)).toBe(decodeText(bytes, type))
      },
    ),
    { numRuns: 2000 },
  )
})
