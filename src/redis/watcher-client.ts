// The clients that query for the primary: of Sentinels, and of the nodes of a cluster.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { settleWithin } from './bounded-answer.ts'
import { clientOptions } from './client-options.ts'
import type { TlsOptions } from './client-options.ts'
import { disconnect } from './disconnect.ts'
import type { Pipeline } from './pipeline.ts'
import type { RedisServerAddress } from './primary-watch.ts'

export interface Login {
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly tls?: TlsOptions | null | undefined
}

const ANSWER_MS = 400

export function createWatcherClient(
  { host, port }: RedisServerAddress,
  { user, password, tls }: Login,
): Redis {
  const client = new Redis({
    ...clientOptions(tls ?? null, host),
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  })
  // Without a listener an error would end the process. This server need not answer, only most of the servers.
  client.on('error', () => {})
  return client
}

/**
 * The answer to each command, or the error: sent in one write, so that nothing changes between them. Null if none comes
 * in time.
 */
export async function askWatcher(
  client: Redis,
  build: (pipeline: Pipeline) => Pipeline,
  clock: Clock,
): Promise<readonly [error: Error | null, answer: unknown][] | null> {
  if (client.status !== 'ready') return null
  const result = await settleWithin(clock, ANSWER_MS, () => build(client.pipeline()).exec())
  if ('answer' in result) return result.answer
  if (!result.isRefusal) disconnect(client, true)
  return null
}
