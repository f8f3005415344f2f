// Which messages of Aurora repeat a credential, as a whole or in part, and which only look like it.
import { describe, expect, it } from 'vitest'
import { createQuoteFinder } from '../../../src/rest/quoted-secrets.ts'

const TOKEN = 'sk_prod_Canary0123456789/abc+DEF=xyz'
const isQuoted = createQuoteFinder([TOKEN])
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a message that quotes a credential', () => {
  it.each<[string, string]>([
    ['whole', `the token ${TOKEN} is not known`],
    ['twice', TOKEN + TOKEN],
    ['in capitals', TOKEN.toUpperCase()],
    ['percent-encoded', encodeURIComponent(TOKEN)],
    ['percent-encoded with lower-case digits', encodeURIComponent(TOKEN).toLowerCase()],
    ['with each sign percent-encoded', TOKEN.replace(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)],
    ['in base64', base64(TOKEN)],
    ['in base64 behind a user', `Basic ${base64(`me:${TOKEN}`)}`],
    ['in base64 amid others', base64(`{"token":"${TOKEN}"}`)],
    ['in base64 for addresses', Buffer.from(`?${TOKEN}>`).toString('base64url')],
    ['in base64 that is percent-encoded', encodeURIComponent(base64(`a:${TOKEN}`))],
    ['cut at its beginning', `…${TOKEN.slice(-12)} is wrong`],
    ['cut at its end', `the token ${TOKEN.slice(0, 12)}… is wrong`],
  ])('is found: %s', (_how, message) => {
    expect(isQuoted(message)).toBe(true)
  })

  it('is found for each part of 19 characters', () => {
    for (let at = 0; at + 19 <= TOKEN.length; at += 1) expect(isQuoted(TOKEN.slice(at, at + 19))).toBe(true)
  })

  it('is found where the credential is short, as a whole', () => {
    const isShortQuoted = createQuoteFinder(['', 'k3y!'])
    expect(isShortQuoted('no such key: k3y!')).toBe(true)
    expect(isShortQuoted('no such key: k3y')).toBe(false)
  })
})

it.each([
  '',
  'keys of production begin with sk_prod_',
  'name: is missing',
  'the token is not known: 100% of them were compared, %zz',
  'sk_prod_Another0123',
  base64('a long text that has nothing to do with it'),
])('is no quote: %s', (message) => {
  expect(isQuoted(message)).toBe(false)
})
