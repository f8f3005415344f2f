// One connection to Redis: every question has a time limit, and none is sent while the connection is down.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { clientOptions } from './client-options.ts'
import type { TlsOptions } from './client-options.ts'
import { createConnectionState } from './connection-state.ts'
import { disconnect } from './disconnect.ts'
import type { PrimaryHistory } from './primary-history.ts'
import { ANSWER_TIMEOUT_MS, PROBE_MS, renew, scheduleProbe, send } from './probes.ts'
import type { Link } from './probes.ts'
import { nameOf } from './redis-errors.ts'
import type { Sentinels } from './sentinels.ts'
import { createServerClock } from './server-clock.ts'
import type { ServerClock } from './server-clock.ts'

export type Client = Redis

export interface Connection {
  /** False from the first question without an answer until a probe is answered: then nothing is sent, and nobody waits. */
  isUp(): boolean
  /** Never rejects: null where Redis is down, does not answer within `timeoutMs`, or refuses (full, read-only). */
  ask<Answer>(work: (client: Client) => Promise<Answer>, timeoutMs?: number): Promise<Answer | null>
  /** Called each time the connection is up again, the first time included. */
  onUp(listener: () => void): void
  /** Called about every second while it is up. */
  onBeat(listener: () => void): void
  readonly time: ServerClock
  close(): void
}

export interface ConnectionOptions {
  /** May contain a password: never shown. */
  readonly url: string
  /** Null or left out: without TLS, or by the URL alone. */
  readonly tls?: TlsOptions | null | undefined
  /** They name the server, in the place of the host of the URL; null or left out: the URL does. */
  readonly sentinels?: Sentinels | null | undefined
  /** Gets the name of the history that the primary continues; left out: it is not asked for. */
  readonly history?: PrimaryHistory | undefined
  readonly clock: Clock
  readonly emit: Emit
  /** Shown in Redis' list of clients. */
  readonly name: string
  /** A key that is never there. */
  readonly probeKey: string
  /** Its questions wait inside Redis for new entries. A probe would have to wait behind them, so each begins with one. */
  readonly isWaiting?: boolean
}

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, emit, name, probeKey, sentinels = null, history = null, isWaiting = false } = options
  const client = createClient(options)
  const state = createConnectionState({ clock, emit, name })
  const time = createServerClock()
  const link: Link = {
    client,
    clock,
    state,
    time,
    probeKey,
    sentinels,
    history,
    isWaiting,
    beatListeners: [],
    silentProbes: 0,
    cancelProbe: () => {},
  }
  // Without a listener an error would end the process. The state shows what it means.
  client.on('error', (error: Error) => state.markDown(nameOf(error)))
  client.on('close', () => state.markDown('closed'))
  client.on('ready', () => {
    link.silentProbes = 0
    void client.client('SETNAME', name).catch(() => {})
    scheduleProbe(link, 0)
  })
  sentinels?.onChange(() => renew(link))
  if (sentinels !== null && sentinels.primary() !== null) renew(link)
  scheduleProbe(link, PROBE_MS)

  return {
    isUp: state.isUp,
    ask: async (work, timeoutMs = ANSWER_TIMEOUT_MS) => (state.isUp() ? send(link, work, timeoutMs) : null),
    onUp: state.onUp,
    onBeat: (listener) => void link.beatListeners.push(listener),
    time,
    close() {
      link.cancelProbe()
      state.expectEnd()
      disconnect(client)
    },
  }
}

/** With Sentinels the first address comes from them. */
function createClient({ url, tls, sentinels }: ConnectionOptions): Client {
  const { protocol, hostname } = new URL(url)
  const encryption = tls ?? (protocol === 'rediss:' ? {} : null)
  if (!sentinels) return new Redis(url, clientOptions(encryption, hostname))
  return new Redis(url, { ...clientOptions(encryption, ''), lazyConnect: true })
}
