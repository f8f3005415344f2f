// Which tenants a configuration serves: those of the file, the one of the environment, or that of the built-in simulator.
import { doAtOnce } from '../turns/at-once.ts'
import type { Pieces } from '../turns/at-once.ts'
import { createTenants, toTenant } from '../callers/tenants.ts'
import type { Tenant, Tenants } from '../callers/tenants.ts'
import type { Clock } from '../clock.ts'
import type { AuroraConfig, Config, GatewayKey, TenantConfig } from '../config/config.ts'
import { startSimulatedAurora } from './simulated-aurora.ts'
import type { Log } from '../telemetry/log.ts'

export interface ServedTenants {
  readonly tenants: Tenants
  /** The keys of routers that serve all tenants. */
  routersOfAll(): readonly GatewayKey[]
  /** Whether all data is made up. */
  readonly isSimulated: boolean
  /** Reads the tenants of another configuration, to be passed to `tenants.replace`. */
  read(config: Config): Pieces<readonly Tenant[]>
  /** Replaces the keys of routers by those of another configuration. */
  takeUpRouters(config: Config): void
  close(): Promise<void>
}

/** A tenant takes some hundredths of a millisecond, because its scope is hashed. */
const TENANTS_A_PIECE = 200

export async function createServedTenants(config: Config, clock: Clock): Promise<ServedTenants> {
  const simulator = isSimulated(config) ? await startSimulatedAurora(config) : null
  const read = (from: Config): Pieces<readonly Tenant[]> => readTenants(from, simulator, clock)
  const tenants = createTenants(doAtOnce(read(config)))
  let ofAll = routersOfAll(config)
  return {
    tenants,
    routersOfAll: () => ofAll,
    isSimulated: simulator !== null,
    read,
    takeUpRouters: (next) => void (ofAll = routersOfAll(next)),
    close: async () => simulator?.close(),
  }
}

function* readTenants(
  config: Config,
  simulator: AuroraConfig | null,
  clock: Clock,
): Pieces<readonly Tenant[]> {
  const of = { clock, isSimulated: simulator !== null }
  const made: Tenant[] = []
  for (const { rateLimit, ...tenant } of configsOf(config, simulator)) {
    made.push(toTenant({ ...tenant, rateLimit: rateLimit ?? config.rateLimit }, of))
    if (made.length % TENANTS_A_PIECE === 0) yield
  }
  return made
}

/** A gateway without a credential serves made-up data, unless callers bring credentials of their own. */
const isSimulated = ({ aurora, tenants, callerAuth }: Config): boolean =>
  aurora === null && tenants.length === 0 && callerAuth !== 'passthrough'

/** With a single tenant, the keys in the settings are keys of that tenant. */
const routersOfAll = ({ tenants, callerAuth, routers }: Config): readonly GatewayKey[] =>
  tenants.length > 0 || callerAuth === 'passthrough' ? routers.keys : NO_ROUTERS

const NO_ROUTERS: readonly GatewayKey[] = []

function configsOf(config: Config, simulator: AuroraConfig | null): readonly TenantConfig[] {
  const { tenants, gatewayKeys: keys, routers, webhooks } = config
  const aurora = config.aurora ?? simulator
  if (tenants.length > 0 || aurora === null) return tenants
  const ofRouters = { routerKeys: routers.keys }
  return [{ name: aurora.tenantId, aurora, keys, ...ofRouters, webhookKeys: webhooks.keys, rateLimit: null }]
}

export function warnOfUnequalLimits(tenants: Tenants, log: Log): void {
  for (const unequal of tenants.unequalLimits())
    log.warn(unequal, 'tenants with one API key have different limits: the lowest counts for all')
}
