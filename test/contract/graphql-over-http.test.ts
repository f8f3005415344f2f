// The audits of GraphQL over HTTP, each of them, over a real socket: https://graphql.github.io/graphql-over-http/draft/
import { serverAudits } from 'graphql-http'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { createAuthenticate } from '../../src/http/caller.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const gateway = await createTestGateway()
const server = createHttpServer({
  port: 0,
  host: '127.0.0.1',
  handle: (request) => gateway.handle(request),
  isReady: () => true,
  authenticate: createAuthenticate({ callerAuth: 'none', gatewayKeys: [] }),
  onError: () => {},
  clock: createSystemClock(),
})
const { url } = await server.listen()

afterAll(async () => {
  await server.close(0)
  await gateway[Symbol.asyncDispose]()
})

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: `${url}/graphql`, fetchFn: fetch })

  it('has 61 audits: fewer would mean that some are not run', () => {
    expect(audits).toHaveLength(61)
  })

  it.each(audits.map((audit) => ({ audit, title: `${audit.id} ${audit.name}` })))(
    '$title',
    async ({ audit }) => {
      const { status, ...result } = await audit.fn()
      expect({ status, reason: 'reason' in result ? result.reason : undefined }).toEqual({ status: 'ok' })
    },
  )
})
