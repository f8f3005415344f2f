// The audits of GraphQL over HTTP, each of them, over a real socket: https://graphql.github.io/graphql-over-http/draft/
import { serverAudits } from 'graphql-http'
import { afterAll, describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const gateway = await createTestGateway()
const server = await serveOnLoopback(gateway)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

describe('GraphQL over HTTP', () => {
  // As no page of a stranger could send them.
  const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, {
      ...init,
      headers: [...new Headers(init.headers), ['graphql-require-preflight', 'true']],
    })
  const audits = serverAudits({ url: `${server.url}/graphql`, fetchFn })

  it('has 61 audits: fewer would mean that some are not run', () => {
    expect(audits).toHaveLength(61)
  })

  it.each(audits.map((audit) => ({ audit, title: `${audit.id} ${audit.name}` })))(
    'S1 $title',
    async ({ audit }) => {
      const { status, ...result } = await audit.fn()
      expect({ status, reason: 'reason' in result ? result.reason : undefined }).toEqual({ status: 'ok' })
    },
  )
})
