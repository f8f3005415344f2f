// Requests that ask for another protocol: a client of WebSockets is told what is served in their place, any other wish is ignored.
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const gateway = await createTestGateway()
const server = await serveOnLoopback(gateway, { accessLog: false })

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

interface Asked {
  readonly method?: string
  readonly target?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

function ask({ method = 'GET', target = '/graphql', headers, body = '' }: Asked) {
  return new Promise<{ status: number; connection: string | undefined; body: unknown }>((resolve, reject) => {
    const asking = request(`${server.url}${target}`, { method, headers }, (incoming) => {
      const parts: Buffer[] = []
      incoming
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => {
          const { statusCode: status = 0, headers: answered } = incoming
          resolve({
            status,
            connection: answered.connection,
            body: JSON.parse(Buffer.concat(parts).toString()) as unknown,
          })
        })
    })
    asking.on('upgrade', () => reject(new Error('upgraded'))).on('error', reject)
    asking.end(body)
  })
}

/** RFC 6455, 4.1. */
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
  'sec-websocket-protocol': 'graphql-transport-ws',
}
/** RFC 7540, 3.2: Java's HttpClient sends this with each request. */
const H2C = {
  connection: 'Upgrade, HTTP2-Settings',
  upgrade: 'h2c',
  'http2-settings': 'AAEAAEAAAAIAAAAAAAMAAABkAAQBAAAAAAUAAEAA',
}
const QUERY = '{ teams { name } }'
const asQuery = { method: 'POST', body: JSON.stringify({ query: QUERY }) }
const JSON_TYPE = { 'content-type': 'application/json' }
const DATA = { data: { teams: expect.any(Array) as unknown } }

const NOT_SERVED = {
  status: 400,
  body: {
    errors: [
      {
        message: expect.stringMatching(
          /^WebSockets are not served: .*"Accept: text\/event-stream"/,
        ) as unknown,
        extensions: { code: 'BAD_REQUEST' },
      },
    ],
  },
}

it.each(['/graphql', `/graphql?query=${encodeURIComponent(QUERY)}`])(
  'a handshake of WebSockets at %s is refused with what is served in their place, and costs no call',
  async (target) => {
    gateway.takeCalls()
    expect(await ask({ target, headers: HANDSHAKE })).toMatchObject(NOT_SERVED)
    expect(gateway.takeCalls()).toEqual([])
  },
)

it.each([
  ['h2c', H2C],
  [
    'websocket without a key, as a proxy with a fixed value adds it',
    { connection: 'upgrade', upgrade: 'websocket' },
  ],
])('a wish for %s is ignored (RFC 9110, 7.8)', async (_, headers) => {
  expect(await ask({ ...asQuery, headers: { ...headers, ...JSON_TYPE } })).toMatchObject({
    status: 200,
    body: DATA,
  })
  const proven = { ...headers, 'graphql-require-preflight': 'true' }
  expect(await ask({ target: `/graphql?query=${encodeURIComponent(QUERY)}`, headers: proven })).toMatchObject(
    {
      status: 200,
      body: DATA,
    },
  )
})
