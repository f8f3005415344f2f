// One connection to Redis that nobody has to wait for: every question is bounded in time, and none is asked while it is down.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
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
  /** May hold a password: never shown. */
  readonly url: string
  readonly clock: Clock
  readonly emit: Emit
  /** Shown in Redis' list of clients. */
  readonly name: string
  /** Its questions wait for news inside Redis, and a probe would have to wait behind them: they are the probes. */
  readonly isWaiting?: boolean
}

/** A healthy Redis answers within a few milliseconds; a request may lose a quarter of a second to a sick one at most. */
const ANSWER_TIMEOUT_MS = 150
/**
 * The time for an answer passes in so many parts, each over at the earliest in another turn of our own loop: what was sent
 * in parts needs turns to leave and to come in, and a process that was busy for longer does not take Redis for slow.
 */
const PATIENCE_TURNS = 5
/** Between a probe and the next: a Redis that has come back is noticed within about as long. */
const PROBE_MS = 1000
/** A socket over which so many probes in a row were not answered may be dead without having been told. */
const MAX_SILENT_PROBES = 2
const CONNECT_TIMEOUT_MS = 1000
const RECONNECT_MS = 500
/** A Redis that is full refuses everything that stores: that is told, but not a thousand times. */
const REFUSALS_TOLD_EVERY_MS = 60_000
/** A frozen Redis does not say goodbye. */
const GOODBYE_MS = 100

export function createConnection({
  url,
  clock,
  emit,
  name,
  isWaiting = false,
}: ConnectionOptions): Connection {
  const client = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: () => RECONNECT_MS,
    maxRetriesPerRequest: 1,
    // Nothing is kept for later: what was asked of a Redis that is gone would be carried out when nobody wants it any more.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  })
  const time = createServerClock()
  const upListeners: (() => void)[] = []
  const beatListeners: (() => void)[] = []
  let isUp = false
  let isTold = false
  let silentProbes = 0
  let tellRefusalsAtMs = 0
  let cancelProbe = (): void => {}

  function markDown(reason: string): void {
    isUp = false
    if (isTold) return
    isTold = true
    emit('redisDown', { connection: name, reason })
  }

  function markUp(): void {
    if (isUp) return
    isUp = true
    if (isTold) emit('redisUp', { connection: name })
    isTold = false
    for (const listener of upListeners) listener()
  }

  async function send<Answer>(work: (client: Client) => Promise<Answer>, timeoutMs: number) {
    const outcome = await settleWithin(clock, timeoutMs, () => work(client))
    if ('answer' in outcome) return outcome.answer
    // A refusal is an answer, and the connection is as good as ever: only this one thing can't be had.
    if (outcome.isRefusal) tellRefusal(outcome.reason)
    else {
      markDown(outcome.reason)
      if (isWaiting) renew()
    }
    return null
  }

  function tellRefusal(reason: string): void {
    const nowMs = clock.monotonicMs()
    if (nowMs < tellRefusalsAtMs) return
    tellRefusalsAtMs = nowMs + REFUSALS_TOLD_EVERY_MS
    emit('redisRefused', { connection: name, reason })
  }

  async function probe(): Promise<void> {
    if (await isAnswering()) {
      silentProbes = 0
      if (isUp) for (const listener of beatListeners) listener()
      else markUp()
    } else {
      markDown('no answer')
      silentProbes += 1
      if (silentProbes > MAX_SILENT_PROBES) renew()
    }
    scheduleProbe(PROBE_MS)
  }

  async function isAnswering(): Promise<boolean> {
    if (client.status !== 'ready') return false
    // It has just been asked whether it is ready, and is asked again only by being made anew.
    if (isWaiting) return isUp || silentProbes === 0
    const sentAtMs = clock.monotonicMs()
    const serverMs = await send(readTime, ANSWER_TIMEOUT_MS)
    if (serverMs !== null) time.note({ sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs })
    return serverMs !== null
  }

  function renew(): void {
    silentProbes = 0
    client.disconnect(true)
  }

  function scheduleProbe(waitMs: number): void {
    cancelProbe()
    if (client.status !== 'end') cancelProbe = clock.after(waitMs, () => void probe())
  }

  // Without a listener an error would end the process; what it means is told by the state.
  client.on('error', (error: Error) => markDown(nameOf(error)))
  client.on('close', () => markDown('closed'))
  client.on('ready', () => {
    silentProbes = 0
    scheduleProbe(0)
  })
  scheduleProbe(PROBE_MS)

  return {
    isUp: () => isUp,
    ask: async (work, timeoutMs = ANSWER_TIMEOUT_MS) => (isUp ? send(work, timeoutMs) : null),
    onUp: (listener) => void upListeners.push(listener),
    onBeat: (listener) => void beatListeners.push(listener),
    time,
    close() {
      cancelProbe()
      isTold = true
      client.disconnect()
    },
  }
}

type Outcome<Answer> = { readonly answer: Answer } | { readonly isRefusal: boolean; readonly reason: string }

function settleWithin<Answer>(
  clock: Clock,
  timeoutMs: number,
  work: () => Promise<Answer>,
): Promise<Outcome<Answer>> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve({ isRefusal: false, reason: 'no answer in time' })
    let cancel = (): void => {}
    // A loop that was busy hears of the timer before it hears of the socket: one more turn lets the answer in.
    const waitFor = (turns: number): void => {
      const next = turns > 1 ? () => waitFor(turns - 1) : () => void setImmediate(giveUp)
      cancel = clock.after(timeoutMs / PATIENCE_TURNS, next)
    }
    waitFor(PATIENCE_TURNS)
    work().then(
      (answer) => {
        cancel()
        resolve({ answer })
      },
      (error: unknown) => {
        cancel()
        resolve({ isRefusal: isRefusal(error), reason: nameOf(error) })
      },
    )
  })
}

async function readTime(client: Client): Promise<number> {
  const [seconds, micros] = await client.time()
  return toServerMs(seconds, micros)
}

/** As Redis' TIME tells it: seconds, and the microseconds of that second. */
export const toServerMs = (seconds: unknown, micros: unknown): number =>
  Number(seconds) * 1000 + Number(micros) / 1000

/** Refusals that are about Redis as a whole are as good as none: it is loading, a replica, or does not know us. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set([
  'LOADING',
  'READONLY',
  'NOAUTH',
  'WRONGPASS',
  'MASTERDOWN',
  'CLUSTERDOWN',
])

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ReplyError' && !OF_THE_WHOLE.has(nameOf(error))

/** The first word of what Redis says, or the code of the socket: never its text, which may quote a key or an address. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'ReplyError') return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR'
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection'
}
