// Answers Aurora's webhooks: checks the sender and the method, and limits wrong secrets. It reads nothing of a body.

import type { IncomingMessage } from 'node:http'
import type { FieldReader } from '../callers/caller.ts'
import { addressOf } from '../callers/client-address.ts'
import { createRequestRate, MAX_WRONG_KEYS } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { ReceiveWebhook, Received } from '../webhooks/receive.ts'
import type { Answer, BytesAnswer } from './bytes-answer.ts'
import { isBodyUnread } from './read-body.ts'
import { plainJson } from './refuse.ts'
import { readQuery } from './read-query.ts'
import { partsOf } from './request-for-gateway.ts'

/** Null: no webhooks are received, or the path is no webhook's. */
export type AnswerWebhook = (incoming: IncomingMessage, fields: FieldReader) => Soon<Answer | null>

export interface AnswerWebhookOptions {
  readonly receive: ReceiveWebhook
  readonly trustedProxies: number
  readonly clock: Clock
}

const PREFIX = '/webhooks/aurora/'
/** Aurora sends a webhook again after 30 s at the soonest. */
const RETRY_S = '30'

export function createAnswerWebhook({ receive, trustedProxies, clock }: AnswerWebhookOptions): AnswerWebhook {
  const wrongKeys = createRequestRate({ limit: MAX_WRONG_KEYS, clock })

  /** Counted after the check, so that a webhook with a right secret from the same address is never refused. */
  function countWrong(incoming: IncomingMessage, fields: FieldReader): number | null {
    const address = addressOf(incoming.socket.remoteAddress, fields.get('x-forwarded-for'), trustedProxies)
    return wrongKeys.count(address)
  }

  function answer(incoming: IncomingMessage, fields: FieldReader, asked: Asked): Soon<Answer | null> {
    let wrongMs: number | null = null
    const mayWait = (why: 'unnamed' | 'unknown'): boolean => {
      if (why === 'unknown') wrongMs = countWrong(incoming, fields)
      return wrongMs === null
    }
    return whenThere(receive({ fields, method: incoming.method ?? '', mayWait, ...asked }), (received) => {
      if (received === 'off') return null
      if (wrongMs !== null) return tooManyWrong(wrongMs)
      // A web Response, and the signal that waits for its end, would cost more than the webhook itself.
      if (received === 'recorded' && !isBodyUnread(incoming)) return recorded()
      return ANSWERS[received]()
    })
  }

  return (incoming, fields) => {
    const asked = readAddress(incoming.url ?? '')
    return asked && answer(incoming, fields, asked)
  }
}

interface Asked {
  readonly tenant: string | null
  readonly event: string
  readonly query: Iterable<readonly [string, string]>
}

/** `/webhooks/aurora/{event}` or `/webhooks/aurora/{tenant}/{event}`, with or without a slash at the end. */
export function readAddress(target: string): Asked | null {
  const read = partsOf(target)
  if (!read?.path.startsWith(PREFIX)) return null
  const names = read.path.slice(PREFIX.length, read.path.endsWith('/') ? -1 : undefined)
  const firstEnd = names.indexOf('/')
  const first = decode(firstEnd === -1 ? names : names.slice(0, firstEnd))
  const second = firstEnd === -1 ? null : names.slice(firstEnd + 1)
  if (first === '' || second === '' || second?.includes('/')) return null
  const query = readQuery(read.search)
  return second === null
    ? { tenant: null, event: first, query }
    : { tenant: first, event: decode(second), query }
}

function decode(part: string): string {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const unauthenticated = (): Response =>
  plainJson(
    401,
    {
      error:
        'A webhook needs its secret, in the header of WEBHOOK_KEY_HEADER or as the password of HTTP basic',
    },
    { 'www-authenticate': 'Basic realm="webhooks"' },
  )

const tooManyWrong = (waitMs: number): Response =>
  plainJson(
    429,
    { error: 'Too many wrong secrets have come from here' },
    { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  )

/** Each one is another object, to whose fields those of all answers are added. */
export const recorded = (): BytesAnswer => ({
  kind: 'bytes',
  status: 204,
  fields: ['cache-control', 'no-store'],
  body: [],
  bytes: 0,
})

export async function notRecorded(): Promise<BytesAnswer> {
  const response = ANSWERS.notRecorded()
  const body = new Uint8Array(await response.arrayBuffer())
  const { status, headers } = response
  return { kind: 'bytes', status, fields: [...headers].flat(), body: [body], bytes: body.length }
}

const ANSWERS: Readonly<Record<Exclude<Received, 'off'>, () => Response>> = {
  recorded: () => new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } }),
  notRecorded: () =>
    plainJson(
      503,
      { error: 'The other replicas cannot be notified: send the webhook again' },
      { 'retry-after': RETRY_S },
    ),
  notAllowed: () => plainJson(405, { error: 'A webhook is a GET' }, { allow: 'GET, HEAD' }),
  unnamed: unauthenticated,
  unknown: unauthenticated,
}
