// One call to the simulator, from its address to its answer: recorded, checked, counted, and then answered or failed.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { answerControl, CONTROL_PREFIX } from './control.ts'
import type { Controlled } from './control.ts'
import type { Decide } from './decide.ts'
import { createExchange, readBody, sendJson } from './exchange.ts'
import { createFaultSender } from './fault-answers.ts'
import type { Fault, FaultPlan } from './faults.ts'
import { hasSignature, isSignedBy, SIGNATURE_MEMBERS } from './hmac.ts'
import type { HmacCredential } from './hmac.ts'
import type { Ledger } from './ledger.ts'
import { createLimiter, formatRetryAfter } from './limiter.ts'
import type { LimiterOptions, RetryAfterForm } from './limiter.ts'
import { refuse } from './operation.ts'
import type { Answer } from './operation.ts'
import { createRouter, OPERATIONS } from './routes.ts'
import { readSent } from './sent.ts'

export interface ServeCallOptions {
  readonly tokens: readonly string[]
  /** Accepts calls that are signed in the query, too. */
  readonly hmac?: HmacCredential
  readonly retryAfter?: RetryAfterForm
  /** The wait before every answer. */
  readonly latencyMs?: number
  readonly clock: Clock
  readonly limits: LimiterOptions
  readonly ledger: Ledger
  readonly faults: FaultPlan
  readonly decide: Decide
  readonly control: Controlled
}

export type ServeCall = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export function createServeCall(options: ServeCallOptions): ServeCall {
  const { clock, limits, ledger, faults, decide, control, latencyMs = 0, retryAfter = 'seconds' } = options
  const limiter = createLimiter(limits)
  const sendFault = createFaultSender()
  const route = createRouter(OPERATIONS)

  return async (request, response) => {
    const target = splitTarget(request.url ?? '/')
    if (target.path.startsWith(CONTROL_PREFIX))
      return answerControl(createExchange(request, response, clock), target.path, control)

    const at = clock.monotonicMs()
    const method = request.method ?? 'GET'
    const match = route(method, target.path.replace(/^\/v2(?=\/)/, ''))
    const operationId = match?.operation.operationId ?? null
    const call = ledger.open({ method, path: target.path, query: toRecord(target.query), operationId, at })
    const exchange = createExchange(request, response, clock, call)
    const send = ({ status, body }: Answer, headers = {}) => sendJson(exchange, status, body, headers)

    // There is no wait before a read is counted, so that reads are counted in the order in which they came.
    const body = method === 'GET' ? '' : await readBody(request)
    if (body === undefined) return send(refuse(413, 'Body too long'))
    const credential = findCredential(request, { method, ...target, body }, options)
    if (credential === undefined) return send(refuse(401, 'Not authorized'))

    const verdict = limiter.take(credential, at)
    call.credential = ledger.numberOf(credential)
    call.counted = verdict.isAllowed || limits.countRefused
    if (!verdict.isAllowed) {
      const after = formatRetryAfter(retryAfter, verdict.waitMs, clock.wallMs())
      return send(refuse(429, 'Rate limit exceeded'), after === undefined ? {} : { 'retry-after': after })
    }

    if (latencyMs > 0) await clock.sleep(latencyMs, exchange.signal)
    const fault = faults.take({ method, path: target.path, operationId })
    if (fault === undefined) return send(decide(match, target.query, readSent(request, body)))
    const refusal = refusalOf(fault)
    return sendFault(fault, exchange, refusal ?? decide(match, target.query, readSent(request, body)))
  }
}

/** A refused call changes nothing. With every other fault the write is carried out, and only its answer is damaged. */
const refusalOf = (fault: Fault): Answer | null =>
  typeof fault === 'object' && 'status' in fault && fault.status >= 400 && fault.status < 500
    ? refuse(fault.status, 'Refused')
    : null

/** The credential by which the limit counts a call. */
function findCredential(
  request: IncomingMessage,
  signed: { method: string; path: string; rawQuery: string; body: string },
  { hmac, tokens }: Pick<ServeCallOptions, 'hmac' | 'tokens'>,
): string | undefined {
  if (hmac && hasSignature(signed)) return isSignedBy(signed, hmac) ? hmac.key : undefined
  return tokens.find((token) => request.headers.authorization === `Bearer ${token}`)
}

function splitTarget(url: string): { path: string; rawQuery: string; query: URLSearchParams } {
  const end = url.indexOf('?')
  const [path, rawQuery] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end + 1)]
  return { path, rawQuery, query: new URLSearchParams(rawQuery) }
}

function toRecord(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !SIGNATURE_MEMBERS.includes(name)))
}
