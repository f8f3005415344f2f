// A head that is read without Node's parser is read as by Node's parser: target, fields, and whether the connection stays open.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readFields } from '../../src/http/fields.ts'
import { faultOfHead } from '../../src/http/head-faults.ts'
import { readPlainHead } from '../../src/http/plain-head.ts'
import { examplesOf } from '../support/examples.ts'

const NAMES = [
  'Host',
  'host',
  'X-Webhook-Key',
  'Authorization',
  'X-Request-Id',
  'Accept',
  'User-Agent',
  'Cookie',
  'Connection',
  'Content-Length',
  'Transfer-Encoding',
  'Upgrade',
  'Expect',
  'Keep-Alive',
  'Proxy-Connection',
  'Set-Cookie',
  'Trailer',
  'TE',
  '__proto__',
  'x_y',
  'x.y',
  'X Y',
  ' X',
  'X ',
  '',
  'ä',
  'constructor',
]
const VALUES = [
  '',
  'a',
  'a b',
  ' a\t ',
  'close',
  'Keep-Alive',
  'close, x',
  'upgrade',
  '0',
  '3',
  'chunked',
  '100-continue',
  'ü',
  '\u0001',
  '\u007f',
  'a\rb',
  'a\nb',
  'a\r\n b',
  ':',
  'a:b',
  '"',
  '\t',
]
const TARGETS = [
  '/webhooks/aurora/x',
  '/webhooks/aurora/a/x?PROJECT_ID=1&X=%20',
  '/x?a=[]{}|^`"<>\\',
  '/x?a#b',
  '//x',
  '/../x',
  '/x y',
  '/ü',
  '*',
  'http://x/y',
  '',
  '/x?\t',
  '/x\u007f',
  "/x?!$&'()*+,;=:@/?",
]
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', '']
const METHODS = ['GET', 'get', 'HEAD', 'POST', 'GETS', ' GET', '']
const ENDS = ['\r\n', '\n', '\r', '\r\n\r\n', '']

/** Nearly always right, so that what is wrong comes alone. */
const mostly = <Value>(usual: readonly [Value, ...Value[]], odd: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )

const line = fc
  .tuple(
    fc.constantFrom(...NAMES),
    mostly([':', ': '], [' :', '', ':\t']),
    fc.constantFrom(...VALUES),
    mostly(['\r\n'], ENDS),
  )
  .map((parts) => parts.join(''))
const head = fc
  .record({
    before: mostly([''], ['\r\n', ' ', '\n']),
    method: mostly(['GET'], METHODS),
    target: mostly(['/webhooks/aurora/x', '/webhooks/aurora/a/x?PROJECT_ID=1&X=%20'], TARGETS),
    space: mostly([' '], ['  ', '\t', '']),
    version: mostly(['HTTP/1.1', 'HTTP/1.0'], VERSIONS),
    host: mostly(['Host: x\r\n'], ['', 'Host: x\r\nHost: x\r\n', 'Host:\r\n', 'Host: a/b\r\n']),
    lines: fc.array(line, { maxLength: 4 }),
    end: mostly(['\r\n'], ENDS),
    after: mostly([''], ['x', '\r\n', 'GET / HTTP/1.1\r\n']),
  })
  .map(
    ({ before, method, target, space, version, host, lines, end, after }) =>
      `${before}${method}${space}${target}${space}${version}\r\n${host}${lines.join('')}${end}${after}`,
  )

/** Sometimes with another byte somewhere. */
const bytes = fc
  .tuple(head, fc.option(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { freq: 3 }))
  .map(([text, change]) => {
    const made = Buffer.from(text, 'latin1')
    if (change) made[change.at % made.length] = change.byte
    return made
  })

/** What the parser makes of the bytes: the only request, or null. */
function parse(bytes: Buffer): IncomingMessage | null {
  const found: IncomingMessage[] = []
  let isBroken = false
  const server = createServer()
  const note = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    found.push(incoming)
    isStaying.set(incoming, outgoing.shouldKeepAlive)
  }
  server.on('request', note).on('checkContinue', note).on('checkExpectation', note)
  server.on('upgrade', () => void (isBroken = true)).on('clientError', () => void (isBroken = true))
  const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  server.emit('connection', connection)
  connection.emit('data', bytes)
  const [only = null, ...others] = found
  connection.destroy()
  server.close()
  return isBroken || others.length > 0 || !only?.complete ? null : only
}

const isStaying = new WeakMap<IncomingMessage, boolean>()

it('whatever is read without the parser, the parser reads in the same way', () => {
  let plain = 0
  fc.assert(
    fc.property(bytes, (sent) => {
      const read = readPlainHead(sent)
      if (read === null) return
      plain += 1
      const parsed = parse(sent)
      const fields = parsed && readFields(parsed)
      const names = NAMES.map((name) => name.toLowerCase())
      expect({
        target: read.target,
        isLast: read.isLast,
        fault: null,
        fields: names.map((name) => [read.get(name), read.has(name)]),
      }).toEqual({
        target: parsed?.url,
        isLast: parsed && !isStaying.get(parsed),
        fault: parsed && faultOfHead(parsed),
        fields: names.map((name) => [fields?.get(name), fields?.has(name)]),
      })
    }),
    { numRuns: examplesOf(6_000) },
  )
  expect(plain).toBeGreaterThan(200)
})
