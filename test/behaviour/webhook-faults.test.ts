// A fault inside the gateway while it receives a webhook: the same comes of it with and without Node's parser.
import { once } from 'node:events'
import { expect, it } from 'vitest'
import type { ReceiveWebhook } from '../../src/webhooks/receive.ts'
import { connectTo, openRawGateway } from '../support/raw-gateway.ts'

const SECRET = 'the-secret-of-the-sun'
const webhooks = { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 }
const WEBHOOK = `GET /webhooks/aurora/project_changed HTTP/1.1\r\nHost: x\r\nX-Webhook-Key: ${SECRET}\r\n\r\n`
const HEALTH = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'

/** What is logged about a webhook whose connection ends, while the server goes on. */
async function linesOf(fail: ReceiveWebhook, headMaxKeptBytes: number): Promise<readonly object[]> {
  await using opened = await openRawGateway({
    config: { webhooks },
    limits: { headMaxKeptBytes },
    receive: () => fail,
  })
  opened.socket.write(WEBHOOK)
  await once(opened.socket, 'close')
  const other = await connectTo(opened.port)
  expect(await other.ask(HEALTH)).toMatch(/^HTTP\/1.1 200 /)
  other.socket.destroy()
  return opened.lines.map((line) => ({ ...line, requestId: '', errorId: '', durationMs: 0, err: null }))
}

const throwAtOnce = (): never => {
  throw new Error('a fault')
}

it.each<[string, ReceiveWebhook]>([
  ['at once', throwAtOnce],
  ['later', () => Promise.reject(new Error('a fault'))],
])('ends its connection and is logged as with the parser, and the server goes on: %s', async (_, fail) => {
  const lines = await linesOf(fail, 2048)
  expect(lines).toMatchObject([{ errorId: '' }, { status: null, isCutShort: true }])
  expect(lines).toEqual(await linesOf(fail, 0))
})
