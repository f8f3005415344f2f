// Asks the Sentinels twice a second which server is the primary, and follows the newest answer.
import { Redis } from 'ioredis'
import type { Clock } from '../clock.ts'
import { settleWithin } from './bounded-answer.ts'
import { clientOptions } from './client-options.ts'
import type { TlsOptions } from './client-options.ts'
import { disconnect } from './disconnect.ts'

export interface RedisServerAddress {
  /** IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

export interface Sentinels {
  /** Null until most of them were reached, and when that was too long ago to rely on. */
  primary(): RedisServerAddress | null
  /** Called when `primary` has changed, and when the same primary is named again after it was null. */
  onChange(listener: () => void): void
  close(): void
}

export interface SentinelsOptions {
  readonly servers: readonly RedisServerAddress[]
  /** The name of the primary among those that they watch. */
  readonly primary: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly tls?: TlsOptions | null | undefined
  readonly clock: Clock
}

const LOOK_EVERY_MS = 500
const ANSWER_MS = 400
/**
 * A replica that does not hear from most of the Sentinels may be on the wrong side of a network that has come apart. The others keep
 * slots back for it, and mark what they serve, for a minute: after a sixth of that it relies on its primary no more.
 */
const RELIED_ON_MS = 10_000
/** Sentinels that were set up anew count their failovers from nothing. By then no replica relies on what they said before. */
const FORGOTTEN_AFTER_MS = 75_000

interface Named {
  /** Grows with every failover. */
  readonly epoch: number
  readonly address: RedisServerAddress
}

export function createSentinels(options: SentinelsOptions): Sentinels {
  const { servers, primary, clock } = options
  const clients = servers.map((server) => createSentinelClient(server, options))
  const newest = createNewest(servers.length, clock)
  const listeners: (() => void)[] = []
  let told: RedisServerAddress | null = null
  const ending = new AbortController()
  let cancel = (): void => {}

  function tell(): void {
    const next = newest.address()
    const isSame = next?.host === told?.host && next?.port === told?.port
    told = next
    if (!isSame && next !== null) for (const listener of listeners) listener()
  }

  async function look(): Promise<void> {
    const sentAtMs = clock.monotonicMs()
    const answers: (Named | null)[] = []
    async function ask(client: Redis): Promise<void> {
      answers.push(await askOne(client, primary, clock))
      if (ending.signal.aborted) return
      // One that hangs must not hold up what the others say.
      newest.take(answers)
      tell()
    }
    await Promise.all(clients.map(ask))
    cancel()
    if (!ending.signal.aborted)
      cancel = clock.after(Math.max(0, sentAtMs + LOOK_EVERY_MS - clock.monotonicMs()), () => void look())
  }

  for (const client of clients) client.once('ready', () => void look())
  void look()

  return {
    primary: newest.address,
    onChange: (listener) => void listeners.push(listener),
    close() {
      ending.abort()
      cancel()
      for (const client of clients) disconnect(client)
    },
  }
}

/** Those that have not heard of the last failover yet, and one that is cut off, name an older primary: it is never gone back to. */
function createNewest(sentinels: number, clock: Clock) {
  let newest: Named | null = null
  let confirmedAtMs = -Infinity
  return {
    address: (): RedisServerAddress | null =>
      clock.monotonicMs() < confirmedAtMs + RELIED_ON_MS ? (newest?.address ?? null) : null,
    /** The answers of one look, as far as they have come. */
    take(answers: readonly (Named | null)[]): void {
      const nowMs = clock.monotonicMs()
      if (nowMs > confirmedAtMs + FORGOTTEN_AFTER_MS) newest = null
      const named = answers.filter((answer) => answer !== null)
      const best = named.toSorted((one, other) => other.epoch - one.epoch)[0]
      if (best === undefined || (newest !== null && best.epoch < newest.epoch)) return
      newest = best
      if (named.length > sentinels / 2) confirmedAtMs = nowMs
    },
  }
}

function createSentinelClient(
  { host, port }: RedisServerAddress,
  { user, password, tls }: SentinelsOptions,
): Redis {
  const client = new Redis({
    ...clientOptions(tls ?? null, host),
    host,
    port,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
  })
  // Without a listener an error would end the process. Most of the Sentinels have to answer, not this one.
  client.on('error', () => {})
  return client
}

/** Null where it does not answer, or does not watch this primary. */
async function askOne(client: Redis, primary: string, clock: Clock): Promise<Named | null> {
  if (client.status !== 'ready') return null
  const result = await settleWithin(clock, ANSWER_MS, () =>
    // In one write, so that no failover comes between the two.
    client
      .pipeline()
      .call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary)
      .call('SENTINEL', 'MASTER', primary)
      .exec(),
  )
  if (!('answer' in result)) {
    if (!result.isRefusal) disconnect(client, true)
    return null
  }
  const [[, address] = [], [, state] = []] = result.answer ?? []
  return readNamed(address, state)
}

function readNamed(address: unknown, state: unknown): Named | null {
  if (!Array.isArray(address) || !Array.isArray(state)) return null
  const [host, port] = address as unknown[]
  const epoch: unknown = state[state.indexOf('config-epoch') + 1]
  if (typeof host !== 'string' || typeof port !== 'string' || typeof epoch !== 'string') return null
  return { epoch: Number(epoch), address: { host, port: Number(port) } }
}
