// Clients that disconnect while their calls wait for a slot, over real sockets: the next call gets their place at once.
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const WINDOW_MS = 3000

it('the place of a client whose connection breaks is free for the next call, and no call is sent for it', async () => {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  await using gateway = await createTestGateway({
    metrics,
    simulator: { limit: 1, windowMs: WINDOW_MS },
    // Long enough for the next slot, too short for the one after it.
    config: { rateLimit: 1, rateWindowMs: WINDOW_MS, maxWaitMs: WINDOW_MS * 1.5 },
  })
  await using server = await serveOnLoopback(gateway)
  const waiting = async (): Promise<number> => {
    const { text } = await metrics.render()
    return Number(/budget_waiting\{class="interactive"\} (\d+)/.exec(text)?.[1])
  }
  const ask = (query: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })

  await (await ask('{ tenant { name } }')).text()
  const leaver = connect(Number(new URL(server.url).port), '127.0.0.1')
  const body = JSON.stringify({ query: '{ teams { name } }' })
  leaver.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  await expect.poll(waiting, { interval: 5 }).toBe(1)
  // A client that comes now finds no slot, because the next call has it.
  const refused = (await (await ask('{ users { firstName } }')).json()) as { errors: object[] }
  expect(refused.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])

  leaver.destroy()
  await expect.poll(waiting, { interval: 5 }).toBe(0)

  const served = (await (await ask('{ roles { name } }')).json()) as { errors?: object[] }
  expect(served.errors).toBeUndefined()
  expect(gateway.takeCalls().map((line) => line.split('/').at(-1)?.split('?')[0])).toEqual(['{}', 'roles'])
})
