// Queries the Sentinels twice a second for the primary.
import type { Clock } from '../clock.ts'
import { disconnect } from './disconnect.ts'
import { createPrimaryWatch } from './primary-watch.ts'
import type { Judgement, Named, PrimaryWatch, RedisServerAddress } from './primary-watch.ts'
import { NO_PRIMARY } from './redis-errors.ts'
import { askWatcher, createWatcherClient } from './watcher-client.ts'
import type { Login } from './watcher-client.ts'

/** User and password are those of the Sentinels. */
export interface SentinelsOptions extends Login {
  readonly servers: readonly RedisServerAddress[]
  /** The name of the primary among those that they watch. */
  readonly primary: string
  readonly clock: Clock
}

export function createSentinels(options: SentinelsOptions): PrimaryWatch {
  const { servers, primary, clock } = options
  const clients = servers.map((server) => createWatcherClient(server, options))
  const watch = createPrimaryWatch<Named>({
    clock,
    clients: () => clients,
    async ask(client) {
      const answers = await askWatcher(
        client,
        (pipeline) =>
          pipeline.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary).call('SENTINEL', 'MASTER', primary),
        clock,
      )
      const [[, address] = [], [, state] = []] = answers ?? []
      return readNamed(address, state)
    },
    judge: (answers) => judge(answers, servers.length),
    reason: () => NO_PRIMARY,
  })
  for (const client of clients) client.once('ready', watch.lookNow)
  return {
    ...watch,
    close() {
      watch.close()
      for (const client of clients) disconnect(client)
    },
  }
}

function judge(answers: readonly Named[], sentinels: number): Judgement {
  const [named = null] = answers.toSorted((one, other) => other.epoch - one.epoch)
  return { named, isConfirmed: answers.length > sentinels / 2 }
}

/** Null if it does not answer, or does not watch this primary. */
function readNamed(address: unknown, state: unknown): Named | null {
  if (!Array.isArray(address) || !Array.isArray(state)) return null
  const [host, port] = address as unknown[]
  const epoch: unknown = state[state.indexOf('config-epoch') + 1]
  if (typeof host !== 'string' || typeof port !== 'string' || typeof epoch !== 'string') return null
  return { epoch: Number(epoch), address: { host, port: Number(port) } }
}
