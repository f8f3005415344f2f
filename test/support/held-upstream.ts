// An Aurora for tests of the whole program: accepts calls, and answers none before the test calls `answer`.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Env } from './program.ts'

/** Calls that a test holds open must not time out before the test has seen what it waits for. */
const patientMs = '120000'
export const token = 'sk_prod_canary_of_the_token'
const upstreams: Server[] = []

export function closeUpstreams(): void {
  for (const server of upstreams.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

interface Upstream {
  /** The settings with which the program calls it. */
  readonly env: Env
  /** How many calls have arrived. */
  count(): number
  /** Answers all calls, also later ones. */
  answer(): void
}

/** Answers nothing before `answer`. */
export async function startUpstream(): Promise<Upstream> {
  let answer = (): void => {}
  let calls = 0
  const open = new Promise<void>((resolve) => (answer = resolve))
  const server = createServer((_incoming, outgoing) => {
    calls += 1
    void open.then(() =>
      outgoing.setHeader('content-type', 'application/json').end('{"projects":[],"teams":[]}'),
    )
  })
  upstreams.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = {
    AURORA_BASE_URL: `http://127.0.0.1:${port}`,
    AURORA_TENANT_ID: 'tenant-1',
    AURORA_API_TOKEN: token,
    AURORA_TIMEOUT_MS: patientMs,
    REQUEST_TIMEOUT_MS: patientMs,
  }
  return { env, count: () => calls, answer: () => answer() }
}

export function ask(url: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  // If a test fails before it awaits this, its own reason is shown.
  answer.catch(() => {})
  return answer
}
