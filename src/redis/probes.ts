// Sends commands to Redis with a time limit, and probes each second whether it answers and takes writes.
import type { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { settleWithin } from './bounded-answer.ts'
import { encryptedTo } from './client-options.ts'
import type { TlsOptions } from './client-options.ts'
import type { ConnectionState } from './connection-state.ts'
import { disconnect } from './disconnect.ts'
import type { PrimaryHistory } from './primary-history.ts'
import type { PrimaryWatch } from './primary-watch.ts'
import { isOfServer, isOfSlot } from './redis-errors.ts'
import { toServerMs } from './server-clock.ts'
import type { ServerClock } from './server-clock.ts'

export interface Link {
  readonly client: Redis
  readonly clock: Clock
  readonly state: ConnectionState
  readonly time: ServerClock
  readonly probeKey: string
  readonly watch: PrimaryWatch | null
  readonly tls: TlsOptions | null
  /** Whether the server is a node of a cluster, as the settings say. */
  readonly isCluster: boolean
  readonly history: PrimaryHistory | null
  readonly isWaiting: boolean
  readonly beatListeners: (() => void)[]
  silentProbes: number
  /** Monotonic time at which the last probe was sent that has shown the history. */
  provenAtMs: number
  /** Where commands wait inside Redis: monotonic time at which the last answered probe was sent. */
  probedAtMs: number
  cancelProbe: () => void
}

/** A healthy Redis answers within a few milliseconds; a slow one may cost a request a quarter of a second at most. */
export const ANSWER_TIMEOUT_MS = 150
/** The time between two probes: the return of Redis is noticed after about this time. */
export const PROBE_MS = 1000
/**
 * Commands that wait inside Redis begin with a probe, unless one was answered lately: in a flood of webhooks there are
 * a hundred a second. It is as long as one of them waits if there is no news.
 */
const WAITING_PROBE_MS = 500
/** After more unanswered probes in a row the socket may be dead without a report of the operating system. */
const MAX_SILENT_PROBES = 2

/**
 * A process that stood still may find that its primary has lost and regained its place meanwhile, over a connection
 * that has stayed open, so no command is sent before the next probe. Another history gives slots away after 3 s at the
 * earliest.
 */
const PROVEN_MS = 2500

/**
 * A Redis Cluster refuses two keys of different slots, so each probe shows whether a Redis that is no cluster by the
 * settings is one.
 */
const OTHER_SLOT = '-of-another-slot'

/** Resolves with null if Redis refuses, or does not answer in time: it then counts as down. */
export async function send<Answer>(
  link: Link,
  work: (client: Redis) => Promise<Answer>,
  timeoutMs: number,
): Promise<Answer | null> {
  const { client, clock, isWaiting } = link
  const ask = isWaiting && !isProbed(link) ? () => afterProbe(link, work) : () => work(client)
  const result = await settleWithin(clock, timeoutMs, ask)
  if ('answer' in result) return result.answer
  // A refusal is an answer, and the connection works: only this one command has failed.
  if (result.isRefusal) link.state.reportRefusal(result.reason)
  else {
    link.state.markDown(result.reason)
    if (isOfSlot(result.reason)) link.watch?.lookNow()
    if (isWaiting || isOfServer(result.reason)) renew(link)
  }
  return null
}

/** Whether a probe has shown lately that this server continues the history. */
export const isProven = ({ history, clock, provenAtMs }: Link): boolean =>
  history === null || clock.monotonicMs() < provenAtMs + PROVEN_MS

/** While it is down, each attempt is a probe. */
const isProbed = ({ state, clock, probedAtMs }: Link): boolean =>
  state.isUp() && clock.monotonicMs() < probedAtMs + WAITING_PROBE_MS

/**
 * After a failover the address leads to another server, but a connection stays at its server; and a server that has
 * become a replica still answers reads. So the probe deletes a key that never exists: a write that needs no memory.
 */
async function afterProbe<Answer>(link: Link, work: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const { client, probeKey, isCluster, clock } = link
  const sentAtMs = clock.monotonicMs()
  // Both in one write, because writes are most of the cost of the connection in a flood of webhooks.
  const { stream } = client
  stream.cork()
  const probed = isCluster ? client.del(probeKey) : client.del(probeKey, `${probeKey}${OTHER_SLOT}`)
  const asked = Promise.all([probed, work(client)])
  stream.uncork()
  const [, answer] = await asked
  link.probedAtMs = sentAtMs
  return answer
}

async function probe(link: Link): Promise<void> {
  const { state, beatListeners, watch } = link
  if (watch !== null && !isPointed(link)) {
    state.markDown(watch.reason())
  } else if (await isAnswering(link)) {
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
  const { client, clock, state, time, history, isWaiting } = link
  if (client.status !== 'ready') return false
  // While it is up, a command is waiting inside Redis.
  if (isWaiting && state.isUp()) return true
  const sentAtMs = clock.monotonicMs()
  const readServer = () => Promise.all([askTime(client), history && history.find(client)])
  const answer = await send(
    link,
    isWaiting ? readServer : () => afterProbe(link, readServer),
    ANSWER_TIMEOUT_MS,
  )
  if (answer === null) return false
  const [serverMs, name] = answer
  time.note({ sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs })
  if (history === null || name === null) return true
  if (!isSameHistory(link, history, name)) return false
  link.provenAtMs = sentAtMs
  return true
}

/**
 * False for a server that became a primary again without closing its connections: the commands under way on this
 * connection are from before.
 */
function isSameHistory(link: Link, history: PrimaryHistory, name: string): boolean {
  if (link.state.isUp() && name !== history.name()) {
    renew(link)
    return false
  }
  history.note(name)
  return true
}

/** Whether the connection leads, or leads at its next attempt, to the server that is confirmed as the primary. */
function isPointed({ client, watch }: Pick<Link, 'client' | 'watch'>): boolean {
  const primary = watch?.primary() ?? null
  return primary !== null && client.options.host === primary.host && client.options.port === primary.port
}

/**
 * Ends the socket; the client makes a new one. The new socket leads to the confirmed primary, if the primary is
 * watched.
 */
export function renew(link: Link): void {
  const { client, watch, tls, state } = link
  const primary = watch?.primary() ?? null
  if (primary !== null) Object.assign(client.options, primary, tls && { tls: encryptedTo(tls, primary.host) })
  link.silentProbes = 0
  if (client.status === 'wait') void client.connect().catch(() => {})
  else {
    state.markDown('closed')
    disconnect(client, true)
  }
}

export function scheduleProbe(link: Link, waitMs: number): void {
  link.cancelProbe()
  if (link.client.status !== 'end') link.cancelProbe = link.clock.after(waitMs, () => void probe(link))
}

async function askTime(client: Redis): Promise<number> {
  const [seconds, micros] = await client.time()
  return toServerMs(seconds, micros)
}
