// Starts the parts of the program that can fail for a reason that an operator can mend. If one fails, it prints the
// reason, one problem on a line, and exits with status 1.
import { ConfigError, readConfig } from '../config/read-config.ts'
import type { Config } from '../config/config.ts'
import { ManifestError } from '../documents/manifest.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { HttpServer } from '../http/server.ts'

export function readConfigOrExit(): Config {
  try {
    return readConfig()
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.problems)
    throw error
  }
}

export async function createGatewayOrExit(...given: Parameters<typeof createGateway>): Promise<Gateway> {
  try {
    return await createGateway(...given)
  } catch (error) {
    if (error instanceof ManifestError) exitWith(error.problems)
    throw error
  }
}

/** The address at which the server can be reached. */
export async function listenOrExit(
  server: Pick<HttpServer, 'listen'>,
  { port, host }: { readonly port: number; readonly host: string },
  setting: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  try {
    return (await server.listen()).url
  } catch (error) {
    const code = String(error instanceof Error && 'code' in error ? error.code : error)
    return exitWith([`Cannot listen on port ${port} of ${host}: ${describeFault(code, setting)}`])
  }
}

function describeFault(code: string, portSetting: 'PORT' | 'METRICS_PORT'): string {
  const hostSetting = portSetting === 'PORT' ? 'HOST' : 'METRICS_HOST'
  switch (code) {
    case 'EADDRINUSE':
      return `it is in use, set ${portSetting} to another one`
    case 'EACCES':
      return `this user may not use it, set ${portSetting} to one above 1023`
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `this machine has no such address, set ${hostSetting} to one of its own`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address was found for this name, set ${hostSetting} to an address`
    default:
      return code
  }
}

function exitWith(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`)
  process.exit(1)
}
