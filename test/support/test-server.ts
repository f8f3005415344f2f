// A test gateway on a real socket of loopback, behind the real http station.
import { createSystemClock } from '../../src/clock.ts'
import { createHttpServer } from '../../src/http/server.ts'
import type { HttpServerOptions } from '../../src/http/server.ts'
import { createAccessLog } from '../../src/telemetry/access-log.ts'
import type { TestGateway } from './test-gateway.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
}

export async function serveOnLoopback(
  gateway: TestGateway,
  options: Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    ...gateway.gateway,
    onError: (err, errorId, requestId) =>
      gateway.log.error({ err, errorId, requestId }, 'a request failed inside the gateway'),
    onServed: createAccessLog(gateway.log),
    ...options,
    clock: createSystemClock(),
  })
  const { url } = await server.listen()
  return { url, [Symbol.asyncDispose]: () => server.close(0) }
}
