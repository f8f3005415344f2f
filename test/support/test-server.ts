// A test gateway on a real socket of loopback, behind the server of the program.
import { createSystemClock } from '../../src/clock.ts'
import { createGatewayServer } from '../../src/serve.ts'
import type { ServeOptions, ServedGateway } from '../../src/serve.ts'
import type { TestGateway } from './test-gateway.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
}

/** `handle` replaces that of the gateway. */
export interface TestServerOptions
  extends Partial<Pick<ServedGateway, 'handle'>>, Partial<Omit<ServeOptions, 'clock'>> {}

export async function serveOnLoopback(
  { gateway, log }: Pick<TestGateway, 'gateway' | 'log'>,
  { handle = gateway.handle, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const server = createGatewayServer(
    { ...gateway, handle },
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
  return { url, [Symbol.asyncDispose]: () => server.close(0) }
}
