// What of the headers of a client that reads streams only is passed on.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Exchange } from '../../../src/http/exchange.ts'
import { createHeads } from '../../../src/http/heads.ts'
import { createRequest, partsOf, readTarget, toPlainRequest } from '../../../src/http/request-for-gateway.ts'

it.each([
  ['GET', 'text/event-stream', null],
  ['POST', 'text/event-stream', 'no-cache'],
  ['GET', 'text/event-stream, application/json', 'no-cache'],
])('a %s that accepts %s has the Cache-Control %s', (method, accept, expected) => {
  const fields = new Headers({ accept, 'cache-control': 'no-cache', 'content-type': 'application/json' })
  const head = createHeads().of(method, fields)
  const { headers } = toPlainRequest({} as Exchange, { head, fields, body: Buffer.of() })
  expect(headers.get('cache-control')).toBe(expected)
})

it('a form is read out of the memory in which it came, and nothing beside it is', async () => {
  const incoming = {
    method: 'POST',
    url: '/graphql',
    rawHeaders: ['Content-Type', 'multipart/form-data; boundary=b'],
    headers: {},
  }
  const read = (body: Uint8Array): Promise<ArrayBuffer> =>
    createRequest({ incoming } as unknown as Exchange, body).arrayBuffer()
  const whole = Uint8Array.of(1, 2, 3, 4)
  expect(await read(whole)).toBe(whole.buffer)
  expect(new Uint8Array(await read(whole.subarray(1, 3)))).toEqual(Uint8Array.of(2, 3))
})

/** What a URL would read of it. */
function readByUrl(target: string) {
  const url = readTarget(target)
  return url && { path: url.pathname, query: [...url.searchParams] }
}

function read(target: string) {
  const parts = partsOf(target)
  return parts && { path: parts.path, query: [...new URLSearchParams(parts.search)] }
}

it.each([
  '/webhooks/aurora/project_changed?PROJECT_ID=a%20b+c&x=%&x=&=y',
  '/webhooks/aurora//project_changed/',
  '/webhooks/../graphql?a=..',
  '/a/%2e%2e/b?%23#c',
  // Node 20.20.2 and 24.22.3 read é as another letter, if it is not encoded first.
  '/webhooks?\u00e9%41%=x',
  '/a?b#c?d',
  '//a/b',
  '/',
  '*',
  'https://a.test/b?c=d',
])('the target %s has the path and the query that a URL would have', (target) => {
  expect(read(target)).toEqual(readByUrl(target))
})

it('a target is read as a URL would be, whatever is in it', () => {
  const part = fc.constantFrom(
    '/',
    'a',
    '-_',
    '.',
    '..',
    '%2e',
    '%',
    '?',
    '#',
    '&',
    '=',
    '+',
    '\\',
    ';',
    '@',
    ':',
    '\u00e9',
    '"',
    '<',
    'webhooks',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const target = `/${parts.join('')}`
      expect(read(target)).toEqual(readByUrl(target))
    }),
    { numRuns: 2_000 },
  )
})
