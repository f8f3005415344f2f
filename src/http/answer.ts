// One request, from its headers to its answer: checks the path, the caller and the size, then asks the gateway.

import { randomUUID } from 'node:crypto'
import type { Caller, FieldReader } from '../callers/caller.ts'
import { addressOf } from '../callers/client-address.ts'
import type { Clock } from '../clock.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { answerState } from './answer-state.ts'
import type { Bodies } from './bodies.ts'
import { formBytes, isBytes, sizeOf } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import type { CheckCaller } from './check-caller.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { Compress } from './compress.ts'
import type { Exchange } from './connections.ts'
import type { Cors } from './cors.ts'
import { readFields } from './fields.ts'
import type { Head, Heads } from './heads.ts'
import { isReading, lengthOf } from './headers.ts'
import type { KeptEncodings } from './kept-encodings.ts'
import { keyOf } from './known-answers.ts'
import type { KnownAnswers, Repeat } from './known-answers.ts'
import { andFinally, andThen } from './maybe-later.ts'
import type { MaybeLater } from './maybe-later.ts'
import { overload } from './overload.ts'
import { hasBody, readBody } from './read-body.ts'
import * as refusals from './refusal.ts'
import type { Relief } from './relief.ts'
import { createRequest } from './request-for-gateway.ts'
import type { Turns } from './turns.ts'

export interface AnswerOptions {
  /** Calls `onRepeatable` where an equal request can be given the same answer again. */
  handle(
    request: Request,
    caller: Caller,
    record: RequestRecord,
    onRepeatable?: (repeat: Repeat) => void,
  ): Promise<Response>
  /** Whether the gateway can serve and the server is not draining. */
  isReady(): boolean
  /** Returns the caller, or the refusal where there is none. */
  readonly checkCaller: CheckCaller
  readonly cors: Cors
  readonly compress: Compress
  readonly heads: Heads
  readonly known: KnownAnswers
  readonly encodings: KeptEncodings
  /** The page of the query editor; null: there is none. */
  readonly page?: (() => Promise<Response>) | null
  /** Called once for each error of which the client gets only the id. */
  onError(error: unknown, errorId: string, requestId: string): void
  /** Called for each GraphQL request that the http room refuses. */
  onTurnedAway?(refusal: Pick<refusals.Refusal, 'status' | 'code'>): void
  readonly bodies: Bodies
  readonly turns: Turns
  readonly trustedProxies?: number
  readonly clock: Clock
  /** Called for each request that is refused to keep memory for others. */
  onRelief(relief: Relief): void
}

export interface Asked {
  readonly record: RequestRecord
  /** As `pathOf` returns it. */
  readonly path: string | null
}

/** The exchange with the parsed parts of its request. */
interface Addressed {
  readonly exchange: Exchange
  readonly record: RequestRecord
  readonly fields: FieldReader
  readonly head: Head
  /** Notes that an equal request can be given the answer again. */
  noted: { readonly key: string; readonly repeat: Repeat } | null
}

/** A scope's key has 32 digits; this many are enough to distinguish credentials in a log. */
const SCOPE_DIGITS = 12

/** null: the client has left. */
export function answer(
  exchange: Exchange,
  { record, path }: Asked,
  options: AnswerOptions,
): MaybeLater<Answer | null> {
  const { incoming } = exchange
  const fields = readFields(incoming)
  switch (path) {
    case null:
      return refusals.refuse(refusals.unreadableTarget, fields.get('accept'))
    case '/graphql': {
      const head = options.heads.of(incoming.method ?? '', fields)
      return answerGraphql({ exchange, record, fields, head, noted: null }, options)
    }
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

function answerGraphql(addressed: Addressed, options: AnswerOptions): MaybeLater<Answer | null> {
  const { exchange, fields } = addressed
  const preflight = options.cors.answerPreflight(exchange.incoming, fields)
  if (preflight) return preflight
  return andThen<Answer | null, Answer | null>(answerOperation(addressed, options), (answered) =>
    answered === null || isBytes(answered) ? answered : finishResponse(answered, addressed, options),
  )
}

async function finishResponse(
  answered: Response,
  addressed: Addressed,
  options: AnswerOptions,
): Promise<Response> {
  const { exchange, fields, head } = addressed
  const compressed = await options.compress(answered, head.encoding)
  if (compressed !== answered) exchange.unread.resize(lengthOf(compressed))
  const response = options.cors.expose(compressed, fields)
  const { noted } = addressed
  // No request finds what was kept under a combination of headers that is not.
  if (noted && head.isKept) options.known.keep(noted.key, noted.repeat, response)
  return response
}

function answerOperation(addressed: Addressed, options: AnswerOptions): MaybeLater<Answer | null> {
  const { exchange, head, fields, record } = addressed
  const { incoming } = exchange
  const refuse = (refusal: refusals.Refusal): Response => {
    options.onTurnedAway?.(refusal)
    return refusals.refuse(refusal, fields.get('accept'))
  }
  if (!isReading(head) && head.method !== 'POST') return refuse(refusals.methodNotAllowed)
  if (isReading(head) && hasBody(incoming)) return refuse(refusals.bodyNotExpected)
  // The page of the query editor has to load before a user can type a key into it. The gateway executes nothing for
  // such a request, even if its address holds a query: only the page reads that.
  if (options.page && head.isPageWanted && isReading(head))
    return options.page().catch((error: unknown) => refuseFault(error, addressed, options))
  return andThen(options.checkCaller(incoming, fields), (caller) => {
    if ('status' in caller) return refuse(caller)
    record.caller = caller.name
    record.scope = caller.scope.key.slice(0, SCOPE_DIGITS)
    if (head.misformed) return refuse(head.misformed)
    // Before anything is executed: a write whose answer nobody can read would be carried out all the same.
    if (head.type === null) return refuse(refusals.typeNotAccepted)
    return executeBody(addressed, {
      caller,
      holder: caller.holder ?? JSON.stringify([caller.scope.budgetKey, caller.name]),
      options,
      refuse,
    })
  })
}

interface Execution {
  readonly caller: CheckedCaller
  /** Bounds are those of a name in its scope. */
  readonly holder: string
  readonly options: AnswerOptions
  readonly refuse: (refusal: refusals.Refusal) => Response
}

function executeBody(addressed: Addressed, execution: Execution): MaybeLater<Answer | null> {
  const { incoming, outgoing } = addressed.exchange
  const { holder, options, refuse } = execution
  // Its connection has ended while the caller was checked: nothing of it would come any more.
  if (addressed.exchange.hasLeft) return null
  options.heads.keep(addressed.head)
  const reservation = options.bodies.reserve(addressed.fields, holder)
  if ('status' in reservation) return refuse(reservation)
  const begin = (): void => {
    if (addressed.fields.has('expect')) outgoing.writeContinue()
  }
  const grow = (bytes: number): refusals.Refusal | null => {
    const by = reservation.grow(bytes)
    return by && overload('bodies', by, options)
  }
  return andFinally(
    () =>
      andThen(readBody(incoming, { maxBytes: reservation.maxBytes, begin, grow }), (body) => {
        switch (body.kind) {
          case 'lost':
            return null
          case 'refused':
            return refuse(body.refusal)
          case 'whole':
            return executeInTurn(addressed, body.bytes, execution)
        }
      }),
    reservation.release,
  )
}

function executeInTurn(
  addressed: Addressed,
  body: Uint8Array,
  execution: Execution,
): MaybeLater<Answer | null> {
  const { exchange } = addressed
  const { holder, options, refuse } = execution
  if (exchange.hasLeft) return null
  const taken =
    options.turns.tryTake(holder) ??
    // It rejects where the client has left.
    options.turns
      .take({
        caller: holder,
        address: () => addressOfSender(addressed, options),
        connection: exchange.incoming.socket,
        signal: exchange.gone,
      })
      .catch(() => null)
  return andThen(taken, (turn) => {
    if (!turn) return null
    if (turn.kind === 'refused') return refuse(overload('requests', turn.by, options))
    return andFinally(() => holdAnswer(addressed, body, execution), turn.end)
  })
}

function holdAnswer(
  addressed: Addressed,
  body: Uint8Array,
  { caller, holder, options, refuse }: Execution,
): MaybeLater<Answer | null> {
  return andThen(handle(addressed, body, { caller, options }), (answered) => {
    if (!answered) return null
    // Before the turn ends: the answers of those that come next need room, too.
    const full = addressed.exchange.unread.hold({ caller: holder, bytes: sizeOf(answered) })
    if (full === null) return answered
    if (!isBytes(answered)) void answered.body?.cancel().catch(() => {})
    addressed.noted = null
    return refuse(overload('answers', full, options))
  })
}

const addressOfSender = ({ exchange, fields }: Addressed, { trustedProxies = 0 }: AnswerOptions): string =>
  addressOf(exchange.incoming.socket.remoteAddress, fields.get('x-forwarded-for'), trustedProxies)

interface Handling {
  readonly caller: CheckedCaller
  readonly options: AnswerOptions
}

function handle(
  addressed: Addressed,
  body: Uint8Array,
  { caller, options }: Handling,
): MaybeLater<Answer | null> {
  const { exchange, record, fields, head } = addressed
  const end = caller.begin?.()
  if (typeof end === 'object') {
    options.onTurnedAway?.(end)
    return refusals.refuse(end, head.type)
  }
  const target = exchange.incoming.url ?? ''
  const key = keyOf({ head, caller, target, body })
  return andFinally<Answer | null>(
    () => {
      // A HEAD is a GET whose body is not sent.
      const method = isReading(head) ? 'GET' : 'POST'
      const known = options.known.give(key, { method, headers: fields, caller, record })
      return known
        ? formBytes(known.repeated, { known: known.known, head, encodings: options.encodings })
        : execute(addressed, body, { caller, options, key })
    },
    () => end?.(),
  )
}

async function execute(
  addressed: Addressed,
  body: Uint8Array,
  { caller, options, key }: Handling & { readonly key: string },
): Promise<Response | null> {
  const { exchange, record } = addressed
  try {
    const request = createRequest(exchange, body)
    return await options.handle(request, caller, record, (repeat) => (addressed.noted = { key, repeat }))
  } catch (error) {
    return exchange.hasLeft ? null : refuseFault(error, addressed, options)
  }
}

function refuseFault(error: unknown, { record, head }: Addressed, { onError }: AnswerOptions): Response {
  const errorId = randomUUID()
  onError(error, errorId, record.id)
  return refusals.refuse(refusals.unexpected(errorId), head.type)
}
