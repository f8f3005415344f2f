// Sends questions to Redis with a time limit, and probes each second whether it answers and takes writes.
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { settleWithin } from './bounded-answer.ts'
import type { ConnectionState } from './connection-state.ts'
import { isOfServer } from './redis-errors.ts'
import { toServerMs } from './server-clock.ts'
import type { ServerClock } from './server-clock.ts'

export interface Link {
  readonly client: Redis
  readonly clock: Clock
  readonly state: ConnectionState
  readonly time: ServerClock
  readonly probeKey: string
  readonly isWaiting: boolean
  readonly beatListeners: (() => void)[]
  silentProbes: number
  cancelProbe: () => void
}

/** A healthy Redis answers within a few milliseconds; a request may lose a quarter of a second to a sick one at most. */
export const ANSWER_TIMEOUT_MS = 150
/** Between a probe and the next: the return of a Redis is noticed within about as long. */
export const PROBE_MS = 1000
/** After more probes in a row without an answer the socket may be dead, though the operating system has not reported it. */
const MAX_SILENT_PROBES = 2

/** Resolves with null where Redis refuses or does not answer in time, which then counts as down. */
export async function send<Answer>(
  link: Link,
  work: (client: Redis) => Promise<Answer>,
  timeoutMs: number,
): Promise<Answer | null> {
  const { client, clock, isWaiting } = link
  const ask = isWaiting ? () => afterProbe(link, work) : () => work(client)
  const result = await settleWithin(clock, timeoutMs, ask)
  if ('answer' in result) return result.answer
  // A refusal is an answer, and the connection works: only this one command has failed.
  if (result.isRefusal) link.state.reportRefusal(result.reason)
  else {
    link.state.markDown(result.reason)
    if (isWaiting || isOfServer(result.reason)) renew(link)
  }
  return null
}

/**
 * After a failover the address leads to another server, but a connection stays where it was made; and a server that has
 * become a replica goes on answering what only reads. To delete nothing is a write that needs no memory.
 */
async function afterProbe<Answer>(
  { client, probeKey }: Pick<Link, 'client' | 'probeKey'>,
  work: (client: Redis) => Promise<Answer>,
): Promise<Answer> {
  // Both in one write: under a flood of webhooks that is most of what the connection costs.
  const { stream } = client
  stream.cork()
  const asked = Promise.all([client.del(probeKey), work(client)])
  stream.uncork()
  const [, answer] = await asked
  return answer
}

async function probe(link: Link): Promise<void> {
  const { state, beatListeners } = link
  if (await isAnswering(link)) {
    link.silentProbes = 0
    if (state.isUp()) for (const listener of beatListeners) listener()
    else state.markUp()
  } else {
    state.markDown('no answer')
    link.silentProbes += 1
    if (link.silentProbes > MAX_SILENT_PROBES) renew(link)
  }
  scheduleProbe(link, PROBE_MS)
}

async function isAnswering(link: Link): Promise<boolean> {
  const { client, clock, state, time, isWaiting } = link
  if (client.status !== 'ready') return false
  // While it is up, a question is waiting inside Redis.
  if (isWaiting && state.isUp()) return true
  const sentAtMs = clock.monotonicMs()
  const readTime = isWaiting ? askTime : () => afterProbe(link, askTime)
  const serverMs = await send(link, readTime, ANSWER_TIMEOUT_MS)
  if (serverMs !== null) time.note({ sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs })
  return serverMs !== null
}

/** Ends the socket; the client makes a new one. */
function renew(link: Link): void {
  link.silentProbes = 0
  link.client.disconnect(true)
}

export function scheduleProbe(link: Link, waitMs: number): void {
  link.cancelProbe()
  if (link.client.status !== 'end') link.cancelProbe = link.clock.after(waitMs, () => void probe(link))
}

async function askTime(client: Redis): Promise<number> {
  const [seconds, micros] = await client.time()
  return toServerMs(seconds, micros)
}
