// From the body of a request to its answer: reads the body, gives a known answer again, or else executes the operation when it is its turn.

import { randomUUID } from 'node:crypto'
import { andFinally, whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { addressOf } from '../callers/client-address.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { AnswerOptions } from './answer-options.ts'
import { formBytes, isBytes, sizeOf } from './bytes-answer.ts'
import type { BytesAnswer, Unfinished } from './bytes-answer.ts'
import { partyOf } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { Finishing } from './finish-answer.ts'
import { giveStream } from './give-stream.ts'
import { isReading } from './headers.ts'
import { keyOf } from './known-answers.ts'
import type { Repeat } from './known-answers.ts'
import { overload } from './overload.ts'
import { readBody, takeBody } from './read-body.ts'
import type { ReadBody } from './read-body.ts'
import type { Refusal } from './refusal.ts'
import { createRequest, toPlainRequest } from './request-for-gateway.ts'
import { isStreamed } from './stream-answer.ts'
import { refuseFault, turnAway } from './turn-away.ts'

/** The exchange with the parsed parts of its request. */
export interface Addressed extends Finishing {
  readonly record: RequestRecord
}

/** What a request asks for, as a whole. */
interface Asked {
  readonly caller: CheckedCaller
  readonly body: Uint8Array
  /** Names everything that the answer depends on. */
  readonly key: string
}

export function executeBody(
  addressed: Addressed,
  caller: CheckedCaller,
  options: AnswerOptions,
): Soon<Unfinished | null> {
  const { incoming } = addressed.exchange
  // A short body that came with its head needs no room, so it takes none from the bodies of others.
  const taken = addressed.head.isMultipart ? null : takeBody(incoming, options.bodies.freeBytes)
  return taken ? executeRead(addressed, taken, caller, options) : executeLater(addressed, caller, options)
}

function executeLater(
  addressed: Addressed,
  caller: CheckedCaller,
  options: AnswerOptions,
): Soon<Unfinished | null> {
  const { incoming, outgoing } = addressed.exchange
  const reservation = options.bodies.reserve(addressed.fields, partyOf(caller))
  if ('status' in reservation) return turnAway(addressed, reservation, options)
  const begin = (): void => {
    // A client of HTTP/1.0 would read it as the answer (RFC 9110, 10.1.1).
    if (addressed.fields.has('expect') && incoming.httpVersionMinor > 0) outgoing.writeContinue()
  }
  const grow = (bytes: number): Refusal | null => {
    const by = reservation.grow(bytes)
    return by && overload('bodies', by, options)
  }
  return andFinally(
    () =>
      whenThere(readBody(incoming, { maxBytes: reservation.maxBytes, begin, grow }), (body) =>
        executeRead(addressed, body, caller, options),
      ),
    reservation.release,
  )
}

function executeRead(
  addressed: Addressed,
  body: ReadBody,
  caller: CheckedCaller,
  options: AnswerOptions,
): Soon<Unfinished | null> {
  switch (body.kind) {
    case 'lost':
      return null
    case 'refused':
      return turnAway(addressed, body.refusal, options)
    case 'whole':
      return executeWhole(addressed, body.bytes, caller, options)
  }
}

/** A known answer takes no turn: waiting for one would cost more than giving the answer. */
function executeWhole(
  addressed: Addressed,
  body: Uint8Array,
  caller: CheckedCaller,
  options: AnswerOptions,
): Soon<Unfinished | null> {
  const { exchange, head } = addressed
  if (exchange.hasLeft) return null
  const asked: Asked = {
    caller,
    body,
    key: keyOf({ head, caller, target: exchange.incoming.url ?? '', body }),
  }
  // If the requests of a caller are counted, each one is, even if its answer is known.
  if (caller.begin) return executeInTurn(addressed, asked, options)
  const known = giveKnown(addressed, asked, options)
  if (known === null) return executeInTurn(addressed, asked, options)
  return known instanceof Promise
    ? known.then((given) =>
        given ? holdAnswer(addressed, given, asked, options) : executeInTurn(addressed, asked, options),
      )
    : holdAnswer(addressed, known, asked, options)
}

/** If what is kept has a fault, it is forgotten and the request is executed. */
export function giveKnown(
  { record, fields, head }: Pick<Addressed, 'record' | 'fields' | 'head'>,
  { caller, key }: Pick<Asked, 'caller' | 'key'>,
  { known, encodings, onError }: Pick<AnswerOptions, 'known' | 'encodings' | 'onError'>,
): Soon<BytesAnswer | null> {
  const forget = (error: unknown): null => {
    onError(error, randomUUID(), record.id)
    known.forget(key)
    return null
  }
  try {
    // A HEAD is a GET whose body is not sent.
    const method = isReading(head) ? 'GET' : 'POST'
    const given = known.give(key, { method, headers: fields, caller, record })
    if (given === null) return null
    const formed = formBytes(given.repeated, { known: given.known, head, encodings })
    if (formed instanceof Promise) return formed.catch(forget)
    if (formed.status === 200) given.known.isFormed = true
    return formed
  } catch (error) {
    return forget(error)
  }
}

function executeInTurn(addressed: Addressed, asked: Asked, options: AnswerOptions): Soon<Unfinished | null> {
  const { exchange } = addressed
  if (exchange.hasLeft) return null
  const party = partyOf(asked.caller)
  const taken =
    options.turns.tryTake(party) ??
    // Rejects if the client has left.
    options.turns
      .take({
        address: () => addressOfSender(addressed, options),
        connection: exchange.incoming.socket,
        signal: exchange.gone,
        ...party,
      })
      .catch(() => null)
  return whenThere(taken, (turn) => {
    if (!turn) return null
    if (turn.kind === 'refused') return turnAway(addressed, overload('requests', turn.by, options), options)
    const isLooked = turn === taken && !asked.caller.begin
    return andFinally(
      () =>
        whenThere(
          handle(addressed, asked, { options, isLooked }),
          (answered) => answered && holdAnswer(addressed, answered, asked, options),
        ),
      turn.end,
    )
  })
}

/** To be called before a turn ends: the answers of the next requests need room, too. */
function holdAnswer(
  addressed: Addressed,
  answered: Unfinished,
  { caller }: Asked,
  options: AnswerOptions,
): Unfinished {
  const { exchange, head } = addressed
  // Each answer of a stream is counted when it is written.
  if (isStreamed(answered)) return answered
  const { unread } = exchange
  const answer = { bytes: sizeOf(answered), ...partyOf(caller) }
  // An answer that has to be compressed is counted while it is compressed.
  const isReady = isBytes(answered) || ('kind' in answered && head.encoding === null)
  const full = isReady ? unread.holdLater(answer) : unread.hold(answer)
  if (full === null) return answered
  if (!('kind' in answered)) void answered.body?.cancel().catch(() => {})
  addressed.noted = null
  return turnAway(addressed, overload('answers', full, options), options)
}

const addressOfSender = ({ exchange, fields }: Addressed, { trustedProxies = 0 }: AnswerOptions): string =>
  addressOf(exchange.incoming.socket.remoteAddress, fields.get('x-forwarded-for'), trustedProxies)

interface Handling {
  readonly options: AnswerOptions
  /** Whether the known answers were searched for it in this turn of the event loop. */
  readonly isLooked: boolean
}

function handle(
  addressed: Addressed,
  asked: Asked,
  { options, isLooked }: Handling,
): Soon<Unfinished | null> {
  const end = asked.caller.begin?.()
  if (typeof end === 'object') return turnAway(addressed, end, options)
  const known = isLooked ? null : giveKnown(addressed, asked, options)
  if (end === undefined) return known ?? execute(addressed, asked, options)
  return executeCounted(known, addressed, asked, { options, end })
}

/**
 * If the answer is a stream, the request counts as under way until its first answer, because only that shows whether
 * Aurora accepts the credential.
 */
async function executeCounted(
  known: Soon<BytesAnswer | null>,
  addressed: Addressed,
  asked: Asked,
  { options, end }: { readonly options: AnswerOptions; readonly end: () => void },
): Promise<Unfinished | null> {
  let onBegun = end
  try {
    const answered = (await known) ?? (await execute(addressed, asked, options))
    if (answered && isStreamed(answered)) {
      answered.onBegun = end
      onBegun = () => {}
    }
    return answered
  } finally {
    onBegun()
  }
}

async function execute(
  addressed: Addressed,
  { caller, body, key }: Asked,
  options: AnswerOptions,
): Promise<Unfinished | null> {
  const { exchange, record, fields, head } = addressed
  const note = (repeat: Repeat): void => void (addressed.noted = { key, caller, repeat })
  // An answer that was made as JSON is given as a stream, which no known answer can be.
  const onRepeatable = head.accepted.json === null ? () => {} : note
  try {
    const answered = options.handlePlain
      ? await options.handlePlain(
          toPlainRequest(exchange, { fields, head, body }),
          caller,
          record,
          onRepeatable,
        )
      : await options.handle(createRequest(exchange, body), caller, record, onRepeatable)
    return await giveStream(answered, { exchange, record, fields, head, caller }, options)
  } catch (error) {
    return exchange.hasLeft ? null : refuseFault(error, addressed, options)
  }
}
