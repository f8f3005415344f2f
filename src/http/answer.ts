// One request, from its headers to its Response: checks the path, the caller and the size, then calls the gateway.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Bodies } from './bodies.ts'
import type { CheckCaller } from './check-caller.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { Compress } from './compress.ts'
import type { Exchange } from './connections.ts'
import type { Cors } from './cors.ts'
import { plainType, refuseForm } from './cross-site.ts'
import { lengthOf, readHeaders, withoutConsumedHeaders } from './headers.ts'
import { chooseType, prefersPage } from './media-types.ts'
import { hasBody, readBody } from './read-body.ts'
import * as refusals from './refusal.ts'
import type { Relief } from './relief.ts'
import type { Turns } from './turns.ts'

export interface AnswerOptions {
  handle(request: Request, caller: Caller, record: RequestRecord): Promise<Response>
  /** Whether the gateway can serve and the server is not draining. */
  isReady(): boolean
  /** Returns the caller, or the refusal where there is none. */
  readonly checkCaller: CheckCaller
  readonly cors: Cors
  readonly compress: Compress
  /** The page of the query editor; null: there is none. */
  readonly page?: (() => Promise<Response>) | null
  /** Called once for each error of which the client gets only the id. */
  onError(error: unknown, errorId: string, requestId: string): void
  /** Called for each GraphQL request that the http room refuses. */
  onTurnedAway?(refusal: Pick<refusals.Refusal, 'status' | 'code'>): void
  readonly bodies: Bodies
  readonly turns: Turns
  readonly clock: Clock
  /** Called for each request that is refused to keep memory for others. */
  onRelief(relief: Relief): void
}

export interface Asked {
  readonly record: RequestRecord
  /** As `readTarget` returns it. */
  readonly url: URL | null
}

/** The exchange with the parsed parts of its request. */
interface Addressed extends Exchange {
  readonly record: RequestRecord
  readonly url: URL
  readonly headers: Headers
}

/** A scope's key has 32 digits; this many are enough to distinguish credentials in a log. */
const SCOPE_DIGITS = 12

/** null: the client has left. */
export async function answer(
  exchange: Exchange,
  { record, url }: Asked,
  options: AnswerOptions,
): Promise<Response | null> {
  const { incoming } = exchange
  const headers = readHeaders(incoming)
  if (url === null) return refusals.refuse(refusals.unreadableTarget, headers.get('accept'))
  switch (url.pathname) {
    case '/graphql':
      return answerGraphql(Object.assign(exchange, { record, url, headers }), options)
    case '/health':
      return answerState(incoming, 200, 'ok')
    case '/ready':
      return options.isReady() ? answerState(incoming, 200, 'ready') : answerState(incoming, 503, 'not ready')
    case '/':
      return new Response(null, { status: 302, headers: { location: 'graphql' } })
    default:
      return refusals.plainJson(404, { error: 'Nothing is here: GraphQL is at /graphql' })
  }
}

/**
 * The sender chooses the host of a request and nothing here depends on it, so every URL gets the same one.
 * A target may also be a whole URL (RFC 9112, 3.2.2); a target that begins with two slashes is a path.
 */
export function readTarget(target: string): URL | null {
  const base = 'http://localhost'
  const whole = target.startsWith('/') ? base + target : target
  if (!/^https?:/i.test(whole) || !URL.canParse(whole)) return null
  const url = new URL(whole)
  const plain = base + url.pathname + url.search
  return url.href === plain ? url : new URL(plain)
}

function answerState(incoming: IncomingMessage, status: number, word: string): Response {
  if (isReading(incoming)) return refusals.plainJson(status, { status: word })
  return refusals.plainJson(405, { error: 'Only GET and HEAD are served here' }, { allow: 'GET, HEAD' })
}

function isReading(incoming: IncomingMessage): boolean {
  return incoming.method === 'GET' || incoming.method === 'HEAD'
}

async function answerGraphql(exchange: Addressed, options: AnswerOptions): Promise<Response | null> {
  const { incoming, headers } = exchange
  const preflight = options.cors.answerPreflight(incoming, headers)
  if (preflight) return preflight
  const response = await answerOperation(exchange, options)
  if (!response) return null
  const compressed = await options.compress(response, headers.get('accept-encoding'))
  if (compressed !== response) exchange.unread.resize(lengthOf(compressed))
  return options.cors.expose(compressed, headers)
}

async function answerOperation(exchange: Addressed, options: AnswerOptions): Promise<Response | null> {
  const { incoming, headers, record } = exchange
  const refuse = (refusal: refusals.Refusal): Response => {
    options.onTurnedAway?.(refusal)
    return refusals.refuse(refusal, headers.get('accept'))
  }
  if (!isReading(incoming) && incoming.method !== 'POST') return refuse(refusals.methodNotAllowed)
  if (isReading(incoming) && hasBody(incoming)) return refuse(refusals.bodyNotExpected)
  if (options.page && isPageView(exchange)) return options.page()
  const caller = await options.checkCaller(incoming, headers)
  if ('status' in caller) return refuse(caller)
  record.caller = caller.name
  record.scope = caller.scope.key.slice(0, SCOPE_DIGITS)
  const misformed = refuseForm(incoming.method ?? '', headers)
  if (misformed) return refuse(misformed)
  // Before anything is executed: a write whose answer nobody can read would be carried out all the same.
  if (chooseType(headers.get('accept')) === null) return refuse(refusals.typeNotAccepted)
  return executeBody(exchange, {
    caller,
    holder: caller.holder ?? JSON.stringify([caller.scope.budgetKey, caller.name]),
    options,
    refuse,
  })
}

interface Execution {
  readonly caller: CheckedCaller
  /** Bounds are those of a name in its scope. */
  readonly holder: string
  readonly options: AnswerOptions
  readonly refuse: (refusal: refusals.Refusal) => Response
}

async function executeBody(exchange: Addressed, execution: Execution): Promise<Response | null> {
  const { incoming, outgoing, headers } = exchange
  const { holder, options, refuse } = execution
  const reservation = options.bodies.reserve(headers, holder)
  if ('status' in reservation) return refuse(reservation)
  const begin = (): void => {
    if (headers.has('expect')) outgoing.writeContinue()
  }
  const grow = (bytes: number): refusals.Refusal | null => {
    const by = reservation.grow(bytes)
    return by && overload('bodies', by, options)
  }
  try {
    const body = await readBody(incoming, { maxBytes: reservation.maxBytes, begin, grow })
    switch (body.kind) {
      case 'lost':
        return null
      case 'refused':
        return refuse(body.refusal)
      case 'whole':
        return await executeInTurn(exchange, createRequest(exchange, body.bytes), execution)
    }
  } finally {
    reservation.release()
  }
}

async function executeInTurn(
  exchange: Addressed,
  request: Request,
  { caller, holder, options, refuse }: Execution,
): Promise<Response | null> {
  const { incoming, gone, record, unread } = exchange
  const asker = { caller: holder, connection: incoming.socket, signal: gone }
  // It rejects where the client has left.
  const turn = await options.turns.take(asker).catch(() => null)
  if (!turn) return null
  if (turn.kind === 'refused') return refuse(overload('requests', turn.by, options))
  try {
    const response = await handle(request, { caller, record, options })
    if (!response) return null
    // Before the turn ends: the answers of those that come next need room, too.
    const full = unread.hold({ caller: holder, bytes: lengthOf(response) })
    if (full === null) return response
    void response.body?.cancel().catch(() => {})
    return refuse(overload('answers', full, options))
  } finally {
    turn.end()
  }
}

function overload(
  what: 'requests' | 'bodies' | 'answers',
  by: 'caller' | 'all',
  { clock, onRelief }: Pick<AnswerOptions, 'clock' | 'onRelief'>,
): refusals.Refusal {
  const relief = refusals.reliefOf(what, by)
  onRelief(relief)
  return refusals.overloaded(relief, clock.wallMs())
}

/**
 * The page of the query editor has to load before a user can type a key into it. The gateway executes nothing for
 * such a request, even if its address holds a query: only the page reads that.
 */
function isPageView({ incoming, headers }: Addressed): boolean {
  return isReading(incoming) && prefersPage(headers.get('accept'))
}

function createRequest({ incoming, gone, url, headers }: Addressed, body: Uint8Array<ArrayBuffer>): Request {
  const request = new Request(url, {
    // A HEAD is a GET whose body is not sent: write-response.ts.
    method: incoming.method === 'POST' ? 'POST' : 'GET',
    headers: toPlainHeaders(headers),
    body: isReading(incoming) ? null : body,
  })
  // Node's own `request.signal` follows the given signal only until the Request is garbage collected. Code that keeps
  // the signal alone would never notice that the client has left.
  return Object.defineProperty(request, 'signal', { value: gone })
}

/** With media types as the next room reads them: one that is accepted, and no two spellings of one that is sent. */
function toPlainHeaders(headers: Headers): Headers {
  const plain = withoutConsumedHeaders(headers)
  const accepted = chooseType(headers.get('accept'))
  if (accepted) plain.set('accept', accepted)
  const sent = plainType(headers)
  if (sent !== null) plain.set('content-type', sent)
  return plain
}

interface Handling {
  readonly caller: CheckedCaller
  readonly record: RequestRecord
  readonly options: AnswerOptions
}

async function handle(request: Request, { caller, record, options }: Handling): Promise<Response | null> {
  const end = caller.begin?.()
  if (typeof end === 'object') {
    options.onTurnedAway?.(end)
    return refusals.refuse(end, request.headers.get('accept'))
  }
  try {
    return await options.handle(request, caller, record)
  } catch (error) {
    if (request.signal.aborted) return null
    const errorId = randomUUID()
    options.onError(error, errorId, record.id)
    return refusals.refuse(refusals.unexpected(errorId), request.headers.get('accept'))
  } finally {
    end?.()
  }
}
