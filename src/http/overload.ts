// The refusals of a gateway that has as much work as it can do, or that ends.

import type { Clock } from '../clock.ts'
import { refuseFor } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Relief } from './relief.ts'

/** If one caller alone causes it, the refusal is a 429. */
const OVERLOADS = {
  requests: {
    status: 503,
    message: 'As many requests as the gateway takes are under way. No call was spent.',
  },
  requestsOfCaller: {
    status: 429,
    message: 'As many requests of this caller as the gateway takes are under way. No call was spent.',
  },
  bodies: { status: 503, message: 'As many large bodies as the gateway takes at once are being received.' },
  bodiesOfCaller: {
    status: 429,
    message: 'As many large bodies of this caller as the gateway takes at once are being received.',
  },
  answers: {
    status: 503,
    message:
      'Clients have not taken so many answers that there is no room for this one. What was executed stays executed.',
  },
  answersOfCaller: {
    status: 429,
    message:
      'This caller has not taken so many answers that there is no room for this one. What was executed stays executed.',
  },
  streams: { status: 503, message: 'As many streams as the gateway takes are open.' },
  streamsOfCaller: {
    status: 429,
    message: 'As many streams of this caller as the gateway takes are open: close some that nobody looks at.',
  },
} as const satisfies Partial<Record<Relief, Pick<Refusal, 'status' | 'message'>>>

/** Requests end within milliseconds as a rule, and slow readers are closed: a second later there is room. */
const OVERLOAD_MS = 1_000
/** Streams stay open for minutes, but each screen that is left closes some. */
const STREAMS_MS = 10_000

interface OverloadOptions {
  readonly clock: Clock
  onRelief(relief: Relief): void
}

/** Refuses a request for which there is no room, and counts the refusal. */
export function overload(
  what: 'requests' | 'bodies' | 'answers' | 'streams',
  by: 'caller' | 'all',
  { clock, onRelief }: OverloadOptions,
): Refusal {
  const relief = by === 'all' ? what : (`${what}OfCaller` as const)
  onRelief(relief)
  return refuseFor(what === 'streams' ? STREAMS_MS : OVERLOAD_MS, clock.wallMs(), OVERLOADS[relief])
}

/**
 * For a client that opens a stream while the server ends: it then connects to another replica, or to the next process.
 */
export const draining = (wallMs: number): Refusal =>
  refuseFor(OVERLOAD_MS, wallMs, {
    status: 503,
    message: 'This gateway is ending and opens no streams any more. Connect again.',
  })

export const tooManyUploads: Refusal = {
  status: 503,
  code: 'QUERY_REJECTED',
  message: 'As many files as are taken at once are being uploaded: send it again in some seconds.',
  headers: { 'retry-after': '5' },
  extensions: { retryAfter: 5 },
}
