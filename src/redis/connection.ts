// One connection to Redis: every question has a time limit, and none is sent while the connection is down.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { clientOptions } from './client-options.ts'
import type { TlsOptions } from './client-options.ts'
import { createConnectionState } from './connection-state.ts'
import { disconnect } from './disconnect.ts'
import type { PrimaryHistory } from './primary-history.ts'
import type { PrimaryWatch } from './primary-watch.ts'
import { ANSWER_TIMEOUT_MS, isProven, PROBE_MS, renew, scheduleProbe, send } from './probes.ts'
import type { Link } from './probes.ts'
import { adviceInCluster, adviceOn, nameOf } from './redis-errors.ts'
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
  /** Names the server, in the place of the host of the URL; null or left out: the URL does. */
  readonly watch?: PrimaryWatch | null | undefined
  /** Whether the server is a node of a cluster, which has one database and refuses keys of other slots. */
  readonly isCluster?: boolean
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
  const { clock, emit, name, probeKey, watch = null, history = null } = options
  const { isWaiting = false, isCluster = false } = options
  const tls = encryptionOf(options)
  const client = createClient(options, tls)
  const state = createConnectionState({ clock, emit, name, advise: isCluster ? adviceInCluster : adviceOn })
  const time = createServerClock()
  const link: Link = {
    client,
    clock,
    state,
    time,
    probeKey,
    watch,
    tls,
    isCluster,
    history,
    isWaiting,
    beatListeners: [],
    silentProbes: 0,
    provenAtMs: -Infinity,
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
  watch?.onChange(() => renew(link))
  if (watch !== null && watch.primary() !== null) renew(link)
  scheduleProbe(link, PROBE_MS)

  const isUp = (): boolean => state.isUp() && isProven(link)
  return {
    isUp,
    ask: async (work, timeoutMs = ANSWER_TIMEOUT_MS) => (isUp() ? send(link, work, timeoutMs) : null),
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

/** Where the primary is asked for, the first address comes from the answer. */
function createClient({ url, watch }: ConnectionOptions, tls: TlsOptions | null): Client {
  if (!watch) return new Redis(url, clientOptions(tls, new URL(url).hostname))
  return new Redis(url, { ...clientOptions(tls, ''), lazyConnect: true })
}

const encryptionOf = ({ url, tls }: ConnectionOptions): TlsOptions | null =>
  tls ?? (new URL(url).protocol === 'rediss:' ? {} : null)
