// One request to a server beside Aurora: its answer whole or its status, whatever the server does to the connection afterwards.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, it, vi } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createDispatcher } from '../../../src/network/dispatcher.ts'
import { readAnswer, readStatus } from '../../../src/network/one-request.ts'
import type { OneRequest } from '../../../src/network/one-request.ts'
import { NO_PROXIES } from '../../../src/network/proxies.ts'
import { ReplyTooLargeError } from '../../../src/network/read-bytes.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { waitUntil } from '../../support/wait-until.ts'

const MAX_BYTES = 256 * 1024
const clock = createSystemClock()
const CLOSES = 'Connection: close'

/** Answers each request with these bytes, and then does to the connection what it is told. */
async function openServer(answer: Buffer | string, afterwards: (socket: Socket) => void = () => {}) {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      requests.push(String(bytes))
      socket.write(answer, () => afterwards(socket))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const dispatcher = createDispatcher({ proxies: NO_PROXIES, connectTimeoutMs: 60_000, answerTimeoutMs: 0 })
  const request = (signal = new AbortController().signal): OneRequest => ({
    dispatcher,
    url: new URL(`http://127.0.0.1:${port}/keys?v=1`),
    method: 'GET',
    headers: { 'x-team': 'solar' },
    signal,
  })
  return {
    requests,
    request,
    openSockets: () => [...sockets].filter((socket) => !socket.destroyed).length,
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

const head = (status: string, ...lines: string[]): string =>
  [`HTTP/1.1 ${status}`, ...lines, '', ''].join('\r\n')

const answerOf = (body: Buffer, ...lines: string[]): Buffer =>
  Buffer.concat([Buffer.from(head('200 OK', ...lines)), body])

/** Not by `toEqual`, which takes minutes to print how long texts differ. */
async function isWhole(request: OneRequest, body: Buffer): Promise<boolean> {
  const { status, bytes } = await readAnswer(request, MAX_BYTES)
  return status === 200 && bytes.equals(body)
}

const end = (socket: Socket): void => void socket.end()

it.each([1_000, 17_000, 60_000, 70_000, 200_000])(
  'reads the whole answer of %s bytes of a server that ends the connection behind it',
  async (size) => {
    const body = Buffer.alloc(size, 'x')
    await using plain = await openServer(answerOf(body, CLOSES), end)
    expect(await isWhole(plain.request(), body)).toBe(true)
    const text = Buffer.from(randomBytes(size / 2).toString('hex'))
    const compressed = answerOf(gzipSync(text), CLOSES, 'Content-Encoding: gzip')
    await using gzip = await openServer(compressed, end)
    expect(await isWhole(gzip.request(), text)).toBe(true)
  },
)

it('sends the address with its query, and the headers', async () => {
  await using server = await openServer(head('200 OK', 'Content-Length: 0'))
  await readAnswer(server.request(), MAX_BYTES)
  expect(server.requests[0]).toMatch(/^GET \/keys\?v=1 HTTP\/1\.1\r\n[^]*x-team: solar\r\n/)
})

it.each([
  ['as sent', answerOf(Buffer.alloc(MAX_BYTES + 1), CLOSES)],
  ['as announced', Buffer.from(head('200 OK', `Content-Length: ${MAX_BYTES + 1}`))],
  ['decompressed', answerOf(gzipSync(Buffer.alloc(MAX_BYTES + 1)), CLOSES)],
])('an answer that is too large %s is none', async (_, answer) => {
  await using server = await openServer(answer, end)
  await expect(readAnswer(server.request(), MAX_BYTES)).rejects.toThrow(ReplyTooLargeError)
})

it('an answer that was cut is none', async () => {
  await using server = await openServer(head('200 OK', 'Content-Length: 10') + 'short', end)
  await expect(readAnswer(server.request(), MAX_BYTES)).rejects.toThrow('other side closed')
})

it('follows no redirect', async () => {
  await using server = await openServer(head('302 Found', 'Location: /other', 'Content-Length: 0'))
  expect(await readStatus(server.request(), clock)).toBe(302)
  expect(server.requests).toHaveLength(1)
})

it.each([
  ['without a body', head('204 No Content')],
  ['with a few words', head('202 Accepted', 'Content-Length: 11') + '{"count":1}'],
])('the next request after an answer %s has the same connection', async (_, answer) => {
  const connections = new Set<Socket>()
  await using server = await openServer(answer, (socket) => void connections.add(socket))
  await readStatus(server.request(), clock)
  // undici uses a connection again in the next turn of the event loop.
  await new Promise<void>((resolve) => void setImmediate(resolve))
  await readStatus(server.request(), clock)
  expect(server.requests).toHaveLength(2)
  expect(connections.size).toBe(1)
})

it('the status counts where the body is too large, or is cut', async () => {
  await using large = await openServer(answerOf(Buffer.alloc(60_000), CLOSES), end)
  expect(await readStatus(large.request(), clock)).toBe(200)
  await using cut = await openServer(head('503 Busy', 'Content-Length: 10') + 'short', end)
  expect(await readStatus(cut.request(), clock)).toBe(503)
})

it('a status does not wait for a body that never ends, and the connection is closed soon', async () => {
  const manual = createManualClock()
  await using server = await openServer(head('202 Accepted', 'Content-Length: 11') + '{"count"')
  expect(await readStatus(server.request(), manual)).toBe(202)
  expect(server.openSockets()).toBe(1)
  await manual.advance(1000)
  await waitUntil(() => server.openSockets() === 0)
})

it('without an answer there is no status', async () => {
  await using server = await openServer('', end)
  await expect(readStatus(server.request(), clock)).rejects.toThrow('other side closed')
})

it('ends when its signal does, with the reason, also where that was before', async () => {
  await using server = await openServer('')
  const controller = new AbortController()
  const reason = new Error('late')
  const asked = readAnswer(server.request(controller.signal), MAX_BYTES)
  await vi.waitUntil(() => server.requests.length > 0, { timeout: 120_000, interval: 1 })
  controller.abort(reason)
  await expect(asked).rejects.toBe(reason)
  await expect(readStatus(server.request(controller.signal), clock)).rejects.toBe(reason)
  expect(server.requests).toHaveLength(1)
})
