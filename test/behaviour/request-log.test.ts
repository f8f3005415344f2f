// The log of each request: an id that client and log share, and one line of the access log.
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { waitUntil } from '../support/wait-until.ts'

type Line = Readonly<Record<string, unknown>>

const lines = (gateway: TestGateway): Line[] => gateway.logged.map((line) => JSON.parse(line) as Line)

/** Waits for the line: it is written after the answer was sent, so the client may be quicker. */
async function lineOf(gateway: TestGateway, requestId: string): Promise<Line> {
  const ofRequest = () => lines(gateway).find((line) => line['requestId'] === requestId)
  await waitUntil(() => ofRequest() !== undefined)
  return ofRequest() ?? {}
}

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/graphql?secret=in-the-query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })

const QUERY = JSON.stringify({ query: 'query Screen { projects(first: 2) { nodes { name } } }' })

it('each request has one line with caller, operation, cost and end, and without its content', async () => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway)
  const cold = await post(server.url, QUERY, { 'x-request-id': 'first' })
  const text = await cold.text()
  const line = await lineOf(gateway, 'first')
  expect(line).toEqual({
    message: 'request',
    requestId: 'first',
    method: 'POST',
    path: '/graphql',
    status: 200,
    durationMs: expect.any(Number) as number,
    bytes: Buffer.byteLength(text),
    caller: expect.any(String) as string,
    scope: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    operationType: 'query',
    operationName: 'Screen',
    calls: 1,
    saved: 0,
    queuedMs: expect.any(Number) as number,
  })
  await (await post(server.url, QUERY, { 'x-request-id': 'second' })).text()
  expect(await lineOf(gateway, 'second')).toMatchObject({ calls: 0, saved: 1 })
  expect(gateway.logged.join()).not.toContain('in-the-query')
})

it('a request that the server refuses is logged too, probes are not', async () => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway)
  for (const path of ['/health', '/ready', '/nowhere']) await (await fetch(server.url + path)).text()
  const put = await fetch(`${server.url}/graphql`, { method: 'PUT', headers: { 'x-request-id': 'refused' } })
  await put.text()
  const line = await lineOf(gateway, 'refused')
  expect(line).toMatchObject({ method: 'PUT', path: '/graphql', status: 405 })
  expect(line).not.toHaveProperty('caller')
  expect(lines(gateway).map(({ path }) => path)).toEqual(['/nowhere', '/graphql'])
})

it.each([
  ['a-Z-09', true],
  ['x'.repeat(64), true],
  ['x'.repeat(65), false],
  ['two words', false],
  ['under_score', false],
  ['a","level":"fatal', false],
  ['', false],
])('S7 a request id of the client is taken if it is harmless: %j', async (given, isTaken) => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway, { newId: () => 'made-here' })
  for (const path of ['/graphql', '/health', '/nowhere']) {
    const response = await fetch(server.url + path, { headers: { 'x-request-id': given } })
    await response.text()
    expect(response.headers.get('x-request-id')).toBe(isTaken ? given : 'made-here')
  }
})

it('a fault of the gateway is logged under both ids', async () => {
  await using gateway = await createTestGateway()
  const failing: typeof gateway.gateway.handle = async () => {
    throw new Error('boom')
  }
  await using server = await serveOnLoopback(gateway, { handle: failing })
  const response = await post(server.url, QUERY, { 'x-request-id': 'failed' })
  const { errors } = (await response.json()) as { errors: { extensions: { errorId: string } }[] }
  expect(response.headers.get('x-request-id')).toBe('failed')
  expect(lines(gateway)).toContainEqual(
    expect.objectContaining({ requestId: 'failed', errorId: errors[0]?.extensions.errorId }),
  )
})

it('a fault during the execution is logged under both ids too', async () => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway, {
    // The record cannot be written when the operation begins, which is a fault of the gateway.
    handle: (request, caller, record) =>
      gateway.gateway.handle(
        request,
        caller,
        Object.defineProperty(record, 'operation', {
          set: () => {
            throw new TypeError('broken inside')
          },
        }),
      ),
  })
  const response = await post(server.url, QUERY, { 'x-request-id': 'field' })
  const { errors } = (await response.json()) as {
    errors: { extensions: { code: string; errorId: string } }[]
  }
  expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
  expect(lines(gateway)).toContainEqual(
    expect.objectContaining({ requestId: 'field', errorId: errors[0]?.extensions.errorId }),
  )
})

it('a failed attempt is logged under the id of its request', async () => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway)
  gateway.simulator.faults.set('/projects', 'not-json')
  await (await post(server.url, QUERY, { 'x-request-id': 'unlucky' })).text()
  expect(lines(gateway)).toContainEqual(
    expect.objectContaining({ requestId: 'unlucky', code: 'UPSTREAM_INVALID', operation: 'listProjects' }),
  )
})

it('a client that disconnects has its line too', async () => {
  await using gateway = await createTestGateway()
  await using server = await serveOnLoopback(gateway)
  gateway.simulator.faults.set('/projects', 'hang')
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: left\r\nContent-Type: application/json\r\nContent-Length: ${QUERY.length}\r\n\r\n${QUERY}`,
  )
  await waitUntil(() => gateway.simulator.calls.length > 0)
  socket.destroy()
  expect(await lineOf(gateway, 'left')).toMatchObject({ isCutShort: true, operationName: 'Screen' })
})
