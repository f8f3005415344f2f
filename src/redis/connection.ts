// One connection to Redis: every command has a time limit, and none is sent while the connection is down.
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
  /**
   * False from the first command without an answer until a probe is answered: nothing is sent in this time, and no
   * caller waits.
   */
  isUp(): boolean
  /** Never rejects: null if Redis is down, does not answer within `timeoutMs`, or refuses (full, read-only). */
  ask<Answer>(work: (client: Client) => Promise<Answer>, timeoutMs?: number): Promise<Answer | null>
  /** Called each time the connection is up again, the first time included. */
  onUp(listener: () => void): void
  /** Called about every second while it is up. */
  onBeat(listener: () => void): void
  readonly time: ServerClock
  close(): void
}

export interface ConnectionOptions {
  /** May contain a password, so it must not be shown. */
  readonly url: string
  /** Null or left out: without TLS, or by the URL alone. */
  readonly tls?: TlsOptions | null | undefined
  /** Finds the server instead of the host in the URL; null or left out: the URL is used. */
  readonly watch?: PrimaryWatch | null | undefined
  /** Whether the server is a node of a cluster, which has one database and refuses keys of other slots. */
  readonly isCluster?: boolean
  /** Gets the name of the history that the primary continues; left out: the name is not read. */
  readonly history?: PrimaryHistory | undefined
  readonly clock: Clock
  readonly emit: Emit
  /** Shown in Redis' list of clients. */
  readonly name: string
  /** A key that never exists. */
  readonly probeKey: string
  /**
   * Whether its commands wait inside Redis for new entries. A probe would have to wait behind them, so each command
   * begins with one.
   */
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
    probedAtMs: -Infinity,
    cancelProbe: () => {},
  }
  // Without a listener an error would end the process. The state of the connection is handled elsewhere.
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

/** If the primary has to be found, its answer replaces the first address. */
function createClient({ url, watch }: ConnectionOptions, tls: TlsOptions | null): Client {
  if (!watch) return new Redis(url, clientOptions(tls, new URL(url).hostname))
  return new Redis(url, { ...clientOptions(tls, ''), lazyConnect: true })
}

const encryptionOf = ({ url, tls }: ConnectionOptions): TlsOptions | null =>
  tls ?? (new URL(url).protocol === 'rediss:' ? {} : null)
