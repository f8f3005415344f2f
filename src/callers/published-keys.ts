// The keys that an identity provider publishes, fetched when a token needs them and kept for a while.
import { createRemoteJWKSet, customFetch, errors } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import type { Clock } from '../clock.ts'
import { createDispatcher } from '../network/dispatcher.ts'
import type { Proxies } from '../network/proxies.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import { fetchBounded } from './fetch-bounded.ts'

export interface PublishedKeys {
  /** Finds the key of a token, and fetches the keys if that is needed. */
  readonly find: JWTVerifyGetKey
  /** Fetches the keys now; requests that wait for them share one fetch. */
  fetch(): Promise<void>
  /** Whether they were fetched just now, so that unknown keys cause no new fetch. */
  isCoolingDown(): boolean
  /**
   * The keys that would verify a token now, another object after each fetch; null if they would have to be fetched
   * first.
   */
  current(): object | null
  count(): number
}

export interface PublishedKeysOptions {
  readonly url: URL
  readonly clock: Clock
  readonly proxies: Proxies
  /** After a fetch, how long unknown keys cause no new one. */
  readonly unknownKeyPauseMs: number
}

/** How long a withdrawn key, or a key of a provider that is down, is still accepted. */
const KEYS_KEPT_MS = 10 * 60 * 1000
/** Short, because callers wait for the fetch. */
const KEYS_TIMEOUT_MS = 3000
/** After a failed fetch, how long there is no new one. */
const FAILURE_PAUSE_MS = 2000

export function createPublishedKeys({
  url,
  clock,
  proxies,
  unknownKeyPauseMs,
}: PublishedKeysOptions): PublishedKeys {
  const dispatcher = createDispatcher({
    proxies,
    connectTimeoutMs: KEYS_TIMEOUT_MS,
    answerTimeoutMs: KEYS_TIMEOUT_MS,
  })
  let failedAtMs = -Infinity

  /** jose fetches only for a key that it lacks: a provider that is down fails no token that can still be checked. */
  async function fetchKeys(address: string, request: RequestInit): Promise<Response> {
    if (clock.monotonicMs() - failedAtMs < FAILURE_PAUSE_MS) throw new Error('it has failed just now')
    const response = await fetchBounded(address, request, dispatcher).catch((error: unknown) => {
      failedAtMs = clock.monotonicMs()
      throw error
    })
    if (!response.ok) failedAtMs = clock.monotonicMs()
    return response.ok ? toUsableKeys(response) : response
  }

  const remote = createRemoteJWKSet(url, {
    // jose dates the keys by the wall clock. If that was set back by an hour, withdrawn keys would be accepted for an hour more.
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
    timeoutDuration: KEYS_TIMEOUT_MS,
    headers: { 'user-agent': USER_AGENT },
    [customFetch]: fetchKeys,
  })
  let fetched: { readonly atMs: number; readonly atWallMs: number } | null = null

  /** By both clocks: the wall clock may be set back, and the other stands still while the machine sleeps. */
  const isWithin = (ms: number): boolean =>
    fetched !== null && clock.monotonicMs() - fetched.atMs < ms && clock.wallMs() - fetched.atWallMs < ms
  const current = (): object | null => (isWithin(KEYS_KEPT_MS) ? fetched : null)
  const isCoolingDown = (): boolean => isWithin(unknownKeyPauseMs)
  async function fetch(): Promise<void> {
    await remote.reload()
    fetched = { atMs: clock.monotonicMs(), atWallMs: clock.wallMs() }
  }

  async function find(...asked: Parameters<typeof remote>) {
    if (current() === null) await fetch()
    try {
      return await remote(...asked)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || isCoolingDown()) throw error
      await fetch()
      return remote(...asked)
    }
  }

  return { find, fetch, isCoolingDown, current, count: () => remote.jwks()?.keys.length ?? 0 }
}

type Key = Readonly<Record<string, unknown>>

const keySetSchema = z.looseObject({ keys: z.array(z.unknown()) })

/**
 * Removes unusable keys, because one of them must not spoil the others (RFC 7517, 5). jose handles anything that is not
 * a set of keys.
 */
async function toUsableKeys(response: Response): Promise<Response> {
  const text = await response.text()
  const { data } = keySetSchema.safeParse(parseOrNull(text))
  const keys = data?.keys.filter(isKey).map(toUsableKey)
  return new Response(keys ? JSON.stringify({ keys }) : text, { status: response.status })
}

/**
 * The import of a public key fails for any other use than `verify`, so other uses are left out. EdDSA and Ed25519 are names
 * of the same algorithm for such a key (RFC 9864), so a key with one of them is used for tokens with the other, too.
 */
function toUsableKey({ key_ops: uses, alg, ...key }: Key): object {
  const isForEither = key['crv'] === 'Ed25519' && (alg === 'EdDSA' || alg === 'Ed25519')
  return {
    ...key,
    ...(uses !== undefined && {
      key_ops: Array.isArray(uses) && uses.includes('verify') ? ['verify'] : uses,
    }),
    ...(alg !== undefined && !isForEither && { alg }),
  }
}

const isKey = (key: unknown): key is Key => typeof key === 'object' && key !== null && !Array.isArray(key)

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
