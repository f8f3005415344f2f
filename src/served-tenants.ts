// Which tenants a configuration serves: those of the file, the one of the environment, or that of the built-in simulator.
import { createTenants, toTenant } from './callers/tenants.ts'
import type { Tenants } from './callers/tenants.ts'
import type { Clock } from './clock.ts'
import type { AuroraConfig, Config, TenantConfig } from './config/config.ts'
import { startSimulatedAurora } from './simulated-aurora.ts'

export interface ServedTenants {
  readonly tenants: Tenants
  /** All data is made up. */
  readonly isSimulated: boolean
  /** Serves the tenants of another configuration from now on. */
  replace(config: Config): void
  close(): Promise<void>
}

export async function createServedTenants(config: Config, clock: Clock): Promise<ServedTenants> {
  const simulator = isSimulated(config) ? await startSimulatedAurora(config) : null
  const toTenants = (from: Config) =>
    configsOf(from, simulator).map(({ rateLimit, ...tenant }) =>
      toTenant(
        { ...tenant, rateLimit: rateLimit ?? from.rateLimit },
        { clock, isSimulated: simulator !== null },
      ),
    )
  const tenants = createTenants(toTenants(config))
  return {
    tenants,
    isSimulated: simulator !== null,
    replace: (next) => tenants.replace(toTenants(next)),
    close: async () => simulator?.close(),
  }
}

/** A gateway without a credential serves made-up data, unless callers bring credentials of their own. */
const isSimulated = ({ aurora, tenants, callerAuth }: Config): boolean =>
  aurora === null && tenants.length === 0 && callerAuth !== 'passthrough'

function configsOf(config: Config, simulator: AuroraConfig | null): readonly TenantConfig[] {
  const { tenants, gatewayKeys: keys } = config
  const aurora = config.aurora ?? simulator
  if (tenants.length > 0 || aurora === null) return tenants
  return [{ name: aurora.tenantId, aurora, keys, rateLimit: null }]
}
