// Whatever a server does to its connections, each call gets the answer to its own question or fails, and no error goes uncaught.
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { AttemptError } from '../../src/rest/attempt-error.ts'
import { withTerms } from '../../src/rest/call.ts'
import { createClient } from '../../src/rest/client.ts'
import { buildCall } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { openRawServer } from '../support/raw-server.ts'

const bodyOf = (id: string): Buffer =>
  Buffer.from(JSON.stringify({ project: { id, name: 'x'.repeat(3000) } }))

const head = (status: string, lines: readonly string[] = []): Buffer =>
  Buffer.from([`HTTP/1.1 ${status}`, ...lines, '', ''].join('\r\n'))

const lengthOf = (body: Buffer): string => `Content-Length: ${body.length}`

const whole = (body: Buffer, ...lines: string[]): Buffer =>
  Buffer.concat([head('200 OK', [lengthOf(body), ...lines]), body])

const chunked = (body: Buffer, size: string): Buffer =>
  Buffer.concat([head('200 OK', ['Transfer-Encoding: chunked']), Buffer.from(`${size}\r\n`), body])

/** Nothing comes that was not asked for: to which question such bytes belong, HTTP/1.1 does not say. */
const WHOLE = {
  plain: (socket, body) => void socket.write(whole(body)),
  'to the end of the connection': (socket, body) => {
    socket.end(Buffer.concat([head('200 OK', ['Connection: close']), body]))
  },
  'by HTTP/1.0': (socket, body) =>
    void socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), body])),
  'and the end of the connection': (socket, body) => void socket.end(whole(body)),
  'behind interim answers': (socket, body) => {
    socket.write(head('100 Continue'))
    socket.write(head('103 Early Hints', ['Link: </a>']))
    setImmediate(() => socket.write(whole(body)))
  },
  'in chunks with a trailer': (socket, body) => {
    socket.write(chunked(body, body.length.toString(16)))
    socket.write('\r\n0\r\nX-Sum: 1\r\n\r\n')
  },
  'piece by piece': (socket, body) => {
    const bytes = whole(body)
    const write = (from: number): void => {
      if (from >= bytes.length || socket.destroyed) return
      socket.write(bytes.subarray(from, from + 700))
      setImmediate(write, from + 700)
    }
    write(0)
  },
  compressed: (socket, body) => void socket.write(whole(gzipSync(body), 'Content-Encoding: gzip')),
} as const satisfies Record<string, (socket: Socket, body: Buffer) => void>

const BROKEN = {
  'nothing, and the end': (socket) => void socket.end(),
  'nothing, and a reset': (socket) => void socket.resetAndDestroy(),
  'a whole answer, and a reset': (socket, body) => {
    socket.write(whole(body))
    setImmediate(() => socket.resetAndDestroy())
  },
  'half of a head': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-'),
  'half of a body, and the end': (socket, body) => void socket.end(whole(body).subarray(0, -1000)),
  'half of a body, and a reset': (socket, body) => {
    socket.write(whole(body).subarray(0, -1000))
    setImmediate(() => socket.resetAndDestroy())
  },
  'half of a compressed body': (socket, body) => {
    const bytes = gzipSync(body)
    socket.end(Buffer.concat([head('200 OK', ['Connection: close']), bytes.subarray(0, bytes.length >> 1)]))
  },
  'a chunk with a wrong length': (socket, body) => void socket.write(chunked(body, 'zz')),
  'a chunk that was cut': (socket, body) =>
    void socket.end(chunked(body.subarray(9), body.length.toString(16))),
  'a head that is too large': (socket) => void socket.write(head('200 OK', [`X: ${'y'.repeat(40_000)}`])),
  'no HTTP at all': (socket) => void socket.write('\x15\x03\x01\0\x02\x02\x28\r\n\r\n'),
  'another protocol': (socket) =>
    void socket.write(head('101 Switching Protocols', ['Connection: upgrade', 'Upgrade: h2c'])),
  'a redirect': (socket) =>
    void socket.write(head('302 Found', ['Location: http://127.0.0.1:1/', 'Content-Length: 0'])),
  'a long failure, and the end': (socket) => {
    socket.end(Buffer.concat([head('503 Busy', ['Connection: close']), Buffer.alloc(70_000, 'x')]))
  },
} as const satisfies Record<string, (socket: Socket, body: Buffer) => void>

const MANNERS: Readonly<Record<string, (socket: Socket, body: Buffer) => void>> = { ...WHOLE, ...BROKEN }

/** Calls of a round are made together, and the next round has the connections that are left. */
const rounds = fc.array(fc.array(fc.constantFrom(...Object.keys(MANNERS)), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 6,
})

async function ask(manners: readonly (readonly string[])[]) {
  const server = await openRawServer((socket, request) => {
    const id = /projects\/([\d-]+) /.exec(request)?.[1] ?? ''
    const [round = 0, place = 0] = id.split('-').map(Number)
    if (socket.writable) MANNERS[manners[round]?.[place] ?? '']?.(socket, bodyOf(id))
  })
  const options = {
    apiVersion: null,
    attemptTimeoutMs: 60_000,
    maxReplyBytes: 64 * 1024,
    knownBytes: 64 * 1024,
  }
  const client = createClient({ ...options, clock: createSystemClock(), emit: () => {} })
  const outcomes: { readonly manner: string; readonly id: string; readonly outcome: unknown }[] = []
  for (const [round, ofRound] of manners.entries()) {
    const ofCalls = ofRound.map(async (manner, place) => {
      const id = `${round}-${place}`
      const call = buildCall({ path: { project_id: id } })
      const terms = { scope: { ...call.terms.scope, baseUrl: server.url } }
      const outcome = await client.send(withTerms(call, terms)).then(
        ({ value }) => (value as { readonly id: unknown }).id,
        (error: unknown) => error,
      )
      return { manner, id, outcome }
    })
    outcomes.push(...(await Promise.all(ofCalls)))
  }
  await client.close()
  await server.close()
  return outcomes
}

it('each call gets the answer to its own question, or fails', async () => {
  await fc.assert(
    fc.asyncProperty(rounds, async (manners) => {
      for (const { id, outcome } of await ask(manners))
        if (!(outcome instanceof AttemptError)) expect(outcome).toBe(id)
    }),
    { numRuns: examplesOf(60) },
  )
})

it.each(Object.keys(WHOLE))('an answer %s is read', async (manner) => {
  expect(await ask([[manner, manner]])).toEqual([
    { manner, id: '0-0', outcome: '0-0' },
    { manner, id: '0-1', outcome: '0-1' },
  ])
})

it.each(Object.keys(BROKEN).filter((manner) => !manner.startsWith('a whole')))(
  '%s is a failure',
  async (manner) => {
    const outcomes = await ask([[manner]])
    expect(outcomes).toEqual([{ manner, id: '0-0', outcome: expect.any(AttemptError) }])
  },
)
