// One connection to Redis: every question has a time limit, and none is sent while the connection is down.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { createConnectionState } from './connection-state.ts'
import { ANSWER_TIMEOUT_MS, PROBE_MS, scheduleProbe, send } from './probes.ts'
import type { Link } from './probes.ts'
import { nameOf } from './redis-errors.ts'
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
  readonly clock: Clock
  readonly emit: Emit
  /** Shown in Redis' list of clients. */
  readonly name: string
  /** A key that is never there. */
  readonly probeKey: string
  /** Its questions wait inside Redis for new entries. A probe would have to wait behind them, so each begins with one. */
  readonly isWaiting?: boolean
}

const CONNECT_TIMEOUT_MS = 1000
const RECONNECT_MS = 500
/** A frozen Redis does not confirm the end of a connection. */
const DISCONNECT_TIMEOUT_MS = 100

export function createConnection({
  url,
  clock,
  emit,
  name,
  probeKey,
  isWaiting = false,
}: ConnectionOptions): Connection {
  const client = createClient(url)
  const state = createConnectionState({ clock, emit, name })
  const time = createServerClock()
  const link: Link = {
    client,
    clock,
    state,
    time,
    probeKey,
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
      client.disconnect()
    },
  }
}

/**
 * Without `connectionName`: ioredis waits for the answer to it, and takes a connection for ready although it was closed
 * meanwhile. It then never connects again. A balancer without a Redis behind it closes every connection at once.
 */
const createClient = (url: string): Client =>
  new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: () => RECONNECT_MS,
    maxRetriesPerRequest: 1,
    // Nothing is queued for later: a command for a Redis that is gone would be carried out when nobody needs it any more.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    // The probe finds out more, and ioredis would write a line of its own where INFO is not allowed.
    enableReadyCheck: false,
  })
