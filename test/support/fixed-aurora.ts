// An Aurora that answers each call with the body that a test names for it, whether or not the real Aurora could.
import { createServer } from 'node:http'
import { createTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway, TestGatewayOptions } from './test-gateway.ts'
import { serveOnLoopback } from './test-server.ts'
import { listenLocally } from './local-server.ts'

/** A body, or a status and a body. */
export type Fixed = object | { readonly status: number; readonly body: object }

export interface FixedAurora extends AsyncDisposable {
  /** The calls since the last call of this function, below the tenant, with their queries, sorted. */
  takeCalls(): string[]
  ask<Data = Record<string, unknown>>(query: string, variables?: object): Promise<Answer<Data>>
  /** As an ordinary POST over a socket, which Yoga does not see. */
  askDirectly(query: string): Promise<Answer<unknown>>
  readonly gateway: TestGateway
}

/**
 * `bodies` go by method and path below the tenant, such as `GET /projects/p1`, or with the query; a test may change them. Other calls are answered
 * 404.
 */
export async function askFixedAurora(
  bodies: Readonly<Record<string, Fixed>>,
  options: TestGatewayOptions = {},
): Promise<FixedAurora> {
  let calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const path = pathname.replace(/^\/tenants\/[^/]+/, '')
    for (const name of ['page', 'per_page']) searchParams.delete(name)
    const name = `${request.method} ${path}`
    calls.push(searchParams.size > 0 ? `${name}?${searchParams.toString()}` : name)
    const { status, body } = toAnswer(bodies[calls.at(-1) ?? ''] ?? bodies[name])
    // Only a body that was read leaves the connection usable.
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  const local = await listenLocally(server)
  const gateway = await createTestGateway({ ...options, baseUrl: local.url })
  return {
    ask: gateway.ask,
    async askDirectly(query) {
      const { handle, handlePlain } = gateway.gateway
      await using served = await serveOnLoopback(gateway, { handle, handlePlain })
      const response = await fetch(`${served.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      const text = await response.text()
      return { ...(JSON.parse(text) as Answer<unknown>), httpStatus: response.status, text }
    },
    gateway,
    takeCalls() {
      const taken = calls.toSorted()
      calls = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

function toAnswer(fixed: Fixed = { status: 404, body: { errors: [] } }): { status: number; body: object } {
  return 'status' in fixed && 'body' in fixed ? fixed : { status: 200, body: fixed }
}
