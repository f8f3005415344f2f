// A test gateway on a real socket of loopback, behind the server of the program.
import { createSystemClock } from '../../src/clock.ts'
import type { HttpServer } from '../../src/http/server.ts'
import { createGatewayServer } from '../../src/gateway/serve.ts'
import type { ServeOptions, ServedGateway } from '../../src/gateway/serve.ts'
import type { TestGateway } from './test-gateway.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly server: Pick<HttpServer, 'close' | 'recheckCallers'>
}

/** `handle` replaces that of the gateway, for all requests unless `handlePlain` is given too; null: all requests go through Yoga. */
export interface TestServerOptions
  extends Partial<Pick<ServedGateway, 'handle' | 'handlePlain'>>, Partial<Omit<ServeOptions, 'clock'>> {}

export async function serveOnLoopback(
  { gateway, log }: Pick<TestGateway, 'gateway' | 'log'>,
  { handle, handlePlain = handle ? null : gateway.handlePlain, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const server = createGatewayServer(
    { ...gateway, handle: handle ?? gateway.handle, handlePlain },
    {
      port: 0,
      host: '127.0.0.1',
      log,
      accessLog: true,
      metrics: null,
      ...options,
      clock: createSystemClock(),
    },
  )
  const { url } = await server.listen()
  return { url, server, [Symbol.asyncDispose]: () => server.close(0) }
}
