// The last look at a text before it leaves: every form of every secret goes, and all else stays.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScrubber } from '../../../src/telemetry/scrubber.ts'

const SECRETS = ['canary-of-the-token', 'p@ss/w+rd "<quoted*"\\', 'Grüße-aus-der-Canary']

const toLower = (text: string): string => text.toLowerCase()

const FORMS: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['in an address', (secret) => `/x?a=${encodeURIComponent(secret)}&b=1`],
  ['in an address with lower-case digits', (secret) => encodeURIComponent(secret).replace(/%../g, toLower)],
  ['in a form', (secret) => new URLSearchParams({ a: secret }).toString()],
  [
    'in a form with lower-case digits',
    (secret) => new URLSearchParams({ a: secret }).toString().replace(/%../g, toLower),
  ],
  ['in JSON of PHP in JSON', (secret) => JSON.stringify(JSON.stringify(secret).replaceAll('/', '\\/'))],
  ['in JSON of Go in JSON', (secret) => JSON.stringify(JSON.stringify(secret).replaceAll('<', '\\u003c'))],
  ['in JSON', (secret) => JSON.stringify({ a: { b: secret } })],
  ['in JSON in JSON', (secret) => JSON.stringify({ a: JSON.stringify({ b: secret }) })],
  ['in base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in base64 for addresses', (secret) => Buffer.from(secret).toString('base64url')],
  ['in base64 behind a user', (secret) => Buffer.from(`user:${secret}`).toString('base64')],
  ['in base64 amid others', (secret) => Buffer.from(`ab${secret}cd`).toString('base64')],
  [
    'in base64 in an address',
    (secret) => encodeURIComponent(Buffer.from(`Bearer ${secret}!`).toString('base64')),
  ],
]

describe('a secret that is known', () => {
  const { scrub } = createScrubber(SECRETS)

  it.each(FORMS.flatMap(([name, toForm]) => SECRETS.map((secret) => [name, secret, toForm] as const)))(
    'S8 is not told %s: %s',
    (_name, secret, toForm) => {
      const clean = scrub(`{"msg":"before ${toForm(secret)} after"}`)
      expect(clean).toMatch(/^\{"msg":"before .*\[secret\].* after"\}$/s)
      // What is left is what stood around it, and at the most the signs of base64 that it shares with its neighbours.
      const left = clean.slice('{"msg":"before '.length, -' after"}'.length).replaceAll('[secret]', '')
      expect(left.length).toBeLessThanOrEqual(toForm('').length + 8)
    },
  )

  it('is taken out wherever it stands, however often, and nothing else is', () => {
    const part = fc.constantFrom('canary-of-the-token', 'canary-of-the-', '{"a":1}', ' ', 'x')
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const expected = parts.map((each) => (each === SECRETS[0] ? '[secret]' : each)).join('')
        expect(scrub(parts.join(''))).toBe(expected)
      }),
    )
  })

  it('learned later is looked for from then on', () => {
    const scrubber = createScrubber()
    expect(scrubber.scrub('a later-secret b')).toBe('a later-secret b')
    scrubber.add(['later-secret'])
    expect(scrubber.scrub('a later-secret b')).toBe('a [secret] b')
  })

  it('is found among thousands that begin alike, the longest form first', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `sk-prod-${index}.${'x'.repeat(index % 7)}`)
    const { scrub } = createScrubber([...many, ...many])
    expect(scrub('a sk-prod-4711. b sk-prod-12.xxxxx c sk-prod-5000. d')).toBe(
      'a [secret] b [secret] c sk-prod-5000. d',
    )
    expect(scrub(`a${encodeURIComponent('sk-prod-13.xxxxxx')}b`)).toBe('a[secret]b')
  })

  it('too short to be one is left alone', () => {
    expect(createScrubber(['a', '', 'level']).scrub('{"level":"a"}')).toBe('{"level":"a"}')
  })
})

describe('a secret that nobody told of', () => {
  const { scrub } = createScrubber()

  it.each([
    ['Authorization: Bearer abcdefghijkl.mnop-1', 'Authorization: Bearer [secret]'],
    ['basic dXNlcjpjYW5hcnk=', 'basic [secret]'],
    ['the key sk_prod_0123456789abcdef failed', 'the key [secret] failed'],
    ['rk_sand_abcdef', '[secret]'],
    ['agk_Ab-9_xyz', '[secret]'],
    ['"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"', '"[secret]"'],
    ['GET /v2/x?AuroraKey=abc&Signature=d%2Be', 'GET /v2/x?AuroraKey=[secret]&Signature=[secret]'],
    ['{"a":{"Authorization":"x \\" y","b":1}}', '{"a":{"Authorization":"[secret]","b":1}}'],
    ['{"gatewayKeys":["a]","b"],"c":["d"]}', '{"gatewayKeys":"[secret]","c":["d"]}'],
    [
      '{"x-api-key":"","apiKey":"k","api_key":"k"}',
      '{"x-api-key":"[secret]","apiKey":"[secret]","api_key":"[secret]"}',
    ],
    ['redis://:pass@host:6379/0', 'redis://[secret]@host:6379/0'],
    ['https://user:pass@host', 'https://[secret]@host'],
    ['{"token":"a"} {"token":["b"]}', '{"token":"[secret]"} {"token":"[secret]"}'],
    ['token=a%20b&x=Bearer+abcdefghijklmnop', 'token=[secret]&x=Bearer [secret]'],
  ])('is known by its shape: %s', (given, clean) => {
    expect(scrub(given)).toBe(clean)
  })

  it.each([
    ['a line break', 'of the key:\n'],
    ['a tab', '\t'],
    ['a sign without a name', '\u001f'],
  ])('is known by its shape behind %s in JSON', (_name, before) => {
    for (const [given, clean] of [
      ['sk_prod_0123456789abcdef', '[secret]'],
      ['agk_Ab-9_xyz', '[secret]'],
      ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '[secret]'],
      ['Bearer abcdefghijkl.mnop-1', 'Bearer [secret]'],
      ['Signature=abc', 'Signature=[secret]'],
    ] as const)
      expect(scrub(JSON.stringify({ msg: before + given }))).toBe(JSON.stringify({ msg: before + clean }))
  })

  it('is known by its shape behind a mark that an address has encoded', () => {
    expect(scrub('?next=%2Fa%3Ftoken%3Dabc&key%3Dsk_prod_0123456789abcdef')).toBe(
      '?next=%2Fa%3Ftoken=[secret]&key%3D[secret]',
    )
  })

  it.each([1, 2, 3])('is known by the name of its member in JSON within %i texts', (levels) => {
    const within = (value: unknown): string => {
      let text = JSON.stringify(value)
      for (let level = 0; level < levels; level += 1) text = JSON.stringify({ msg: text })
      return text
    }
    const given = { a: 1, password: 'line\nof a password', 'x-api-key': 'abc', b: ['c'] }
    const clean = { ...given, password: '[secret]', 'x-api-key': '[secret]' }
    expect(scrub(within(given))).toBe(within(clean))
  })

  it.each([
    'a bearer token of the caller',
    'http://127.0.0.1:4000/graphql',
    '{"time":"2026-11-26T12:00:00.000Z","url":"http://localhost:1","err":{"stack":["f (file:///a/b.ts:1:2)"]}}',
    'Project:09c761c7-aaaa-bbbb-cccc-0123456789ab',
    '{"key":"a","tokens":"b","msg":"the token \\"c\\": d","upstream":["e"]}',
    'task_runner and risk_factor',
  ])('is no other word: %s', (given) => {
    expect(scrub(given)).toBe(given)
  })
})
