// The ways to authenticate a caller, one per value of CALLER_AUTH: docs/callers.md.
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Authenticate } from './caller.ts'
import { withPassthrough } from './passthrough.ts'
import type { PassthroughOptions } from './passthrough.ts'
import type { Tenants } from './tenants.ts'
import { withKeys } from './with-keys.ts'
import { withLoopback } from './with-loopback.ts'

export interface AuthenticateOptions extends PassthroughOptions {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
}

/** What checks tokens is loaded only where callers have them. */
export async function createAuthenticate(
  {
    callerAuth,
    auroraBaseUrl,
    tokens,
    proxies,
  }: Pick<Config, 'callerAuth' | 'auroraBaseUrl' | 'tokens' | 'proxies'>,
  options: AuthenticateOptions,
): Promise<Authenticate> {
  switch (callerAuth) {
    case 'none':
      return withLoopback(options.tenants)
    case 'keys':
      return withKeys(options.tenants)
    case 'jwt': {
      if (tokens === null) throw new Error('CALLER_AUTH=jwt without its settings')
      const { withTokens } = await import('./with-tokens.ts')
      return withTokens(tokens, { ...options, proxies })
    }
    case 'passthrough':
      return withPassthrough(auroraBaseUrl, options)
  }
}
