// The simulated Aurora on a free port of loopback, for users who have no credential yet.
import type { AuroraConfig, Config } from '../config/config.ts'

/** The code of the simulator is loaded only if it is started. */
export async function startSimulatedAurora({
  rateLimit,
  rateWindowMs,
}: Config): Promise<AuroraConfig & { close(): Promise<void> }> {
  const { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } = await import('../simulator/simulator.ts')
  const simulator = createSimulator({ limit: rateLimit, windowMs: rateWindowMs })
  const { url } = await simulator.listen()
  return {
    baseUrl: new URL(url),
    tenantId: DEFAULT_TENANT_ID,
    credential: { kind: 'bearer', token: DEFAULT_TOKEN },
    close: () => simulator.close(),
  }
}
