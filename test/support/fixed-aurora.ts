// An Aurora that answers each call with the body that a test names for it, whatever is true of the real one.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestGateway } from './test-gateway.ts'
import type { Answer } from './test-gateway.ts'

/** A body, or a status and a body. */
export type Fixed = object | { readonly status: number; readonly body: object }

export interface FixedAurora extends AsyncDisposable {
  /** The calls since the last question of this function, below the tenant, with their queries, sorted. */
  takeCalls(): string[]
  ask<Data = Record<string, unknown>>(query: string, variables?: object): Promise<Answer<Data>>
}

/** `bodies` go by method and path below the tenant, such as `GET /projects/p1`. Other calls are answered 404. */
export async function askFixedAurora(bodies: Readonly<Record<string, Fixed>>): Promise<FixedAurora> {
  let calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const path = pathname.replace(/^\/tenants\/[^/]+/, '')
    for (const name of ['page', 'per_page']) searchParams.delete(name)
    const name = `${request.method} ${path}`
    calls.push(searchParams.size > 0 ? `${name}?${searchParams.toString()}` : name)
    const { status, body } = toAnswer(bodies[name])
    // Only a body that was read leaves the connection usable.
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const gateway = await createTestGateway({ baseUrl: `http://127.0.0.1:${port}` })
  return {
    ask: gateway.ask,
    takeCalls() {
      const taken = calls.toSorted()
      calls = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

function toAnswer(fixed: Fixed = { status: 404, body: { errors: [] } }): { status: number; body: object } {
  return 'status' in fixed && 'body' in fixed ? fixed : { status: 200, body: fixed }
}
