// Makes a server listen, and returns the address at which it can be reached.
import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Port 0 takes any free one. Rejects with Node's own error (EADDRINUSE …) when the address cannot be had. */
export function listen(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<{ readonly url: string; readonly port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const bound = (server.address() as AddressInfo).port
      resolve({ url: `http://${reachableHost(host)}:${bound}`, port: bound })
    })
  })
}

/** A server can listen on "every address", but a browser cannot open that. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return isIPv6(host) ? `[${host}]` : host
}
