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
import { withRouters } from './with-routers.ts'
import type { RoutersOptions } from './with-routers.ts'

export interface AuthenticateOptions extends PassthroughOptions, Pick<RoutersOptions, 'routersOfAll'> {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
}

type AuthenticateConfig = Pick<Config, 'callerAuth' | 'auroraBaseUrl' | 'tokens' | 'proxies' | 'routers'>

export async function createAuthenticate(
  config: AuthenticateConfig,
  options: AuthenticateOptions,
): Promise<Authenticate> {
  const { callerAuth, routers } = config
  return withRouters(await createOwn(config, options), {
    ...options,
    userHeader: routers.userHeader,
    hasTokens: callerAuth === 'jwt' || callerAuth === 'passthrough',
    // A token of Aurora belongs to a company, so several users may have the same one.
    isTokenShared: callerAuth === 'passthrough',
  })
}

/** The code that checks tokens is loaded only if callers have tokens. */
async function createOwn(
  { callerAuth, auroraBaseUrl, tokens, proxies }: AuthenticateConfig,
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
