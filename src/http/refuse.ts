// Makes the answers that the http room gives by itself: refusals, in the form that the client reads.

import type { FieldReader } from '../callers/caller.ts'
import { chooseAnswer } from './media-types.ts'
import type { StreamForm } from './media-types.ts'
import { errorsOf, isShownAsErrors } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { refuseInStream, STREAM_SHAPES } from './stream-shape.ts'
import type { LastId } from './stream-shape.ts'

/** The request, as far as the form of its refusal depends on it. */
export interface Refused {
  readonly method: string
  readonly fields: Pick<FieldReader, 'get'>
}

/**
 * In the shape that GraphQL clients read, and in the media type that they accept (GraphQL over HTTP, 6.4). A client that reads
 * streams only gets it as a stream with status 200: with any other, it would show its user the status without the text, and ask again.
 */
export function refuse(refusal: Refusal, { method, fields }: Refused): Response {
  const { json, stream } = chooseAnswer(fields.get('accept'))
  const errors = errorsOf(refusal)
  if (json === null && stream !== null) {
    const isSentAgain = method === 'GET' && fields.get('last-event-id') === ('refused' satisfies LastId)
    return refuseStream(refusal, { form: stream, errors, isSentAgain })
  }
  const type = `${json ?? 'application/json'}; charset=utf-8`
  // Errors beside data have status 200 in both media types (GraphQL over HTTP, 6.4.2). The times are in the errors, and a router may
  // repeat a request whose answer has a Retry-After.
  if (isShownAsErrors(refusal))
    return ownResponse(200, `{"errors":${errors},"data":null}`, { 'content-type': type })
  const { status, headers } = refusal
  return ownResponse(status, `{"errors":${errors}}`, { ...headers, 'content-type': type })
}

interface StreamRefusing {
  readonly form: StreamForm
  readonly errors: string
  /** Whether a browser sends it again after a refusal whose reason does not pass. */
  readonly isSentAgain: boolean
}

/** When a browser connects again after a refusal that passes and has no time. */
const PASSING_MS = 5_000

/** In how many milliseconds the request may be accepted; null if the reason does not pass by itself. */
function passesInMs({ status, extensions }: Refusal): number | null {
  const retryAfter = extensions?.['retryAfter']
  if (retryAfter !== undefined) return 1000 * Number(retryAfter)
  return status >= 500 ? PASSING_MS : null
}

/**
 * A browser's EventSource connects again after each end. If the reason does not pass, its first request gets the text,
 * and its next one is answered with 204, which ends it (HTML, 9.2.3).
 */
function refuseStream(refusal: Refusal, { form, errors, isSentAgain }: StreamRefusing): Response {
  const retryMs = passesInMs(refusal)
  if (retryMs === null && isSentAgain) return endEventSource()
  const ending = retryMs === null ? { lastId: 'refused' as const } : { retryMs }
  return ownResponse(200, refuseInStream(form, errors, ending), {
    'content-type': STREAM_SHAPES[form].contentType,
    ...STREAM_FIELDS,
  })
}

export const endEventSource = (): Response =>
  new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })

/**
 * Without the first field nginx holds a stream back. `no-transform` keeps proxies from compressing it, which would hold
 * it back as well.
 */
export const STREAM_FIELDS = {
  'x-accel-buffering': 'no',
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  vary: 'Accept',
} as const

export function plainJson(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Response {
  return ownResponse(status, JSON.stringify(value), { ...headers, 'content-type': 'application/json' })
}

function ownResponse(status: number, body: string, headers: Readonly<Record<string, string>>): Response {
  const length = String(Buffer.byteLength(body))
  const fixed = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
  return new Response(body, { status, headers: { ...fixed, ...headers, 'content-length': length } })
}
