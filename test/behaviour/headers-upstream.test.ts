// Aurora receives the headers of the gateway and no others, whatever headers a client sends.
import { connect } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatReply, openRawServer } from '../support/raw-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const BODY = JSON.stringify({ query: '{ teams { name } }' })

/** Sent as raw bytes, so that no client library corrects them. */
function post(url: string, headers: readonly string[]): Promise<string> {
  const lines = [
    'POST /graphql HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Cache-Control: no-cache',
    `Content-Length: ${BODY.length}`,
    ...headers,
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
      if (/^HTTP\/1.1 400|"extensions"|\r\n0\r\n/.test(received)) socket.destroy()
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
    socket.write(`${lines.join('\r\n')}\r\n\r\n${BODY}`)
  })
}

/** Names and values of the head of a request, without its first line. */
const headersOf = (head: string): [string, string][] =>
  head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])

const isCondition = (name: string): boolean => /^if-(none-match|modified-since)$/i.test(name)

it('S7 no header of a client reaches Aurora, whatever its name and value', async () => {
  const aurora = await openRawServer((socket) =>
    socket.write(formatReply(200, '{"teams":[]}', { 'content-type': 'application/json' })),
  )
  await using gateway = await createTestGateway({ baseUrl: aurora.url.href })
  await using server = await serveOnLoopback(gateway)
  const name = fc.oneof(
    fc.constantFrom(
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'X-Real-IP',
      'Forwarded',
      'Via',
      'Keep-Alive',
      'Proxy-Authorization',
      'TE',
      'Trailer',
      'Cookie',
      'Origin',
      'Referer',
      'User-Agent',
      'Accept-Language',
      'X-HTTP-Method-Override',
      'Aurora-API-Version',
      'X-Aurora-Tenant-Id',
      'X-Api-Key',
      'X-Request-Id',
      'traceparent',
      'tracestate',
      'baggage',
      'If-None-Match',
      'Range',
    ),
    fc.stringMatching(/^X-[A-Za-z0-9-]{1,20}$/),
  )
  const value = fc.constantFrom(
    'canary',
    'canary\r\nX-Injected: canary',
    'canary, canary',
    '"canary\\"',
    'canary;q=1',
  )
  // The first one makes a call whatever it asks for, because nothing is cached.
  await post(server.url, ['If-None-Match: canary', 'If-Modified-Since: canary', 'If-Match: canary'])
  expect(aurora.heads.join()).not.toContain('canary')
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { maxLength: 8, selector: (each) => each.toLowerCase() }),
      value,
      async (names, text) => {
        const before = aurora.heads.length
        const named = names.length > 0 ? [`Connection: ${names[0]}`] : []
        const answer = await post(server.url, [...names.map((each) => `${each}: ${text}`), ...named])
        expect(answer).toContain('"teams":[]')
        // Beside a condition, no-cache demands no call.
        if (!names.some(isCondition)) expect(aurora.heads.length).toBe(before + 1)
        const sent = headersOf(aurora.heads.at(-1) ?? '')
        expect(sent.map(([each]) => each).toSorted()).toEqual([
          'accept',
          'accept-encoding',
          'authorization',
          'connection',
          'content-type',
          'host',
          'user-agent',
        ])
        expect(sent).toContainEqual(['host', aurora.url.host])
        expect(JSON.stringify(sent)).not.toContain('canary')
      },
    ),
    { numRuns: 60 },
  )
  await aurora.close()
})
