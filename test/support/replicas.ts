// Several gateways in front of one simulated Aurora, sharing one Redis: the replicas of a deployment, in one process.
import { readConfig } from '../../src/config/read-config.ts'
import type { Config } from '../../src/config/config.ts'
import { createSimulator } from '../../src/simulator/simulator.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts'
import { createTestGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { waitUntil } from './wait-until.ts'

export interface Replicas extends AsyncDisposable {
  readonly simulator: Simulator
  /** Of the simulated Aurora. */
  readonly baseUrl: string
  readonly gateways: readonly TestGateway[]
  /** Starts one more replica, as a deployment that grows does; it may reach Redis by an address of its own. */
  add(redisUrl?: string): Promise<TestGateway>
}

export interface ReplicasOptions {
  readonly count: number
  readonly redisUrl: string
  readonly simulator?: SimulatorOptions
  readonly config?: Partial<Config>
}

const NO_LIMIT = 1_000_000

export async function createReplicas(options: ReplicasOptions): Promise<Replicas> {
  const simulator = createSimulator({ limit: NO_LIMIT, ...options.simulator })
  const { url: baseUrl } = await simulator.listen()
  const gateways: TestGateway[] = []

  async function add(redisUrl = options.redisUrl): Promise<TestGateway> {
    const { redis } = readConfig({ REDIS_URL: redisUrl })
    const gateway = await createTestGateway({ baseUrl, config: { redis, ...options.config } })
    gateways.push(gateway)
    return gateway
  }

  for (let index = 0; index < options.count; index += 1) await add()
  return {
    simulator,
    baseUrl,
    gateways,
    add,
    async [Symbol.asyncDispose]() {
      for (const gateway of gateways) await gateway[Symbol.asyncDispose]()
      await simulator.close()
    },
  }
}

/** Whether an answer that one replica has fetched costs another no call: then both are connected. */
export async function waitUntilShared({ gateways, simulator }: Replicas): Promise<void> {
  let index = 0
  await waitUntil(async () => {
    const id = simulator.data.projects.at(-1 - index++)?.id
    const counts: number[] = []
    for (const gateway of gateways) {
      const { extensions } = await gateway.ask(`{ project(id: "${id}") { name } }`)
      counts.push(extensions.upstream.calls)
      // The answer takes a moment to reach Redis, longer on a busy machine.
      await new Promise((resolve) => setTimeout(resolve, 20 * index))
    }
    return counts.every((calls, place) => calls === (place === 0 ? 1 : 0))
  })
  simulator.clearCalls()
}
