// Makes one attempt at Aurora: sends one call, bounded in time and bytes, and reads the reply. No retries, no redirects.
import { createAlarms } from '../turns/alarms.ts'
import type { Alarms } from '../turns/alarms.ts'
import type { Clock } from '../clock.ts'
import { createDispatcher } from '../network/dispatcher.ts'
import { isSuccess, openExchange } from '../network/exchange.ts'
import type { Exchange } from '../network/exchange.ts'
import { faultName } from '../errors/fault-name.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import { decompress, isCompressed } from '../network/read-bytes.ts'
import type { AnswerHeaders } from '../network/read-bytes.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { isGatewayError, OUTCOME_WORDS } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { isRead } from '../aurora/endpoint.ts'
import { countAttempt } from './accounting.ts'
import { AttemptError, isAttemptError, LeftUnsent } from './attempt-error.ts'
import type { Call, Reply, Upstream } from './call.ts'
import { createConnections } from './connections.ts'
import { withLocationId } from './location-id.ts'
import { createReadReply } from './read-reply.ts'
import { readRefusal, UNREAD_BODY } from './read-refusal.ts'
import { buildRequest, hostnameOf } from './request.ts'
import type { ApiVersion } from './request.ts'
import { createStandings } from './standings.ts'
import type { Standings } from './standings.ts'
import { fromTransport } from './transport-errors.ts'
import { assertCarriedOut, decideOutcome } from './write-outcome.ts'

export interface ClientOptions {
  readonly apiVersion: ApiVersion
  readonly attemptTimeoutMs: number
  /** The limit of a successful body, counted after decompression. */
  readonly maxReplyBytes: number
  readonly clock: Clock
  readonly emit: Emit
  /** Records what the answers show about each credential. Left out: a store of its own. */
  readonly standings?: Standings
  /** Left out: no proxy is used. */
  readonly proxies?: Proxies
  /** The memory for bodies that need not be read again when they come again. Left out: none. */
  readonly knownBytes?: number
  /** Called for each whole answer. */
  readonly onHeaders?: (headers: AnswerHeaders) => void
}

export interface Client {
  readonly send: Upstream
  close(): Promise<void>
}

/** Measured: 64 connections gave a quarter of the throughput of 256 at 40 ms latency and 16 cold clients. */
const MAX_CONNECTIONS = 256
/** A connection takes one or two round trips; undici's timer is up to a second late. */
const CONNECT_SHARE = 0.5
/** Aurora's headers have a few hundred bytes; this is Node's own limit. */
const MAX_HEADER_BYTES = 16 * 1024
/** A failure has a line or two, and only its messages are read. */
const MAX_FAILURE_BYTES = 64 * 1024
/** The connection led to a server that does not answer for Aurora, so a repeat needs another one (RFC 9110, 15.5.20). */
const MISDIRECTED = 421

/**
 * `send` makes one attempt. It resolves with a success, and rejects with an AttemptError for every other status and if
 * no whole, readable answer came in time; or with the reason of the call's signal, in a LeftUnsent if nothing was sent.
 * Calls share a pool. A write that was sent is not aborted when its client leaves, because its result would then be
 * unknown.
 */
export function createClient(options: ClientOptions): Client {
  const { clock, emit, attemptTimeoutMs, apiVersion, standings = createStandings({ clock }) } = options
  const connections = openConnections(options)
  const alarms = createAlarms(clock)
  const readReply = createReadReply({ emit, knownBytes: options.knownBytes ?? 0 })
  const maxBytesOf = createMaxBytesOf(options)

  async function send(call: Call): Promise<Reply> {
    const { endpoint, terms } = call
    if (!isRead(endpoint) && terms.signal.aborted) throw new LeftUnsent(terms.signal.reason)
    const sentAtMs = clock.monotonicMs()
    let exchange: Exchange | null = null
    let endBounds = (): void => {}
    let code: ErrorCode | null = null
    countAttempt(terms)
    const dispatcher = connections.current()
    try {
      if (terms.signal.aborted) throw terms.signal.reason
      const endAtMs = sentAtMs + attemptTimeoutMs
      const request = buildRequest(apiVersion, call)
      exchange = openExchange({ dispatcher, request, maxBytesOf, isTooLate: createIsTooLate(clock, endAtMs) })
      endBounds = boundExchange(exchange, call, { alarms, endAtMs })
      let bytes: Buffer
      try {
        bytes = await exchange.body
        if (isCompressed(bytes)) bytes = await decompress(bytes, maxBytesOf(exchange.status ?? 0))
      } catch (error) {
        bytes = nothingIfRefused(exchange, error)
      }
      const { headers } = exchange
      options.onHeaders?.(headers)
      const status = exchange.status ?? 0
      if (status === MISDIRECTED) connections.replace(dispatcher)
      if (!isSuccess(status)) {
        throw readRefusal(call, { status, headers, bytes }, { clock, standings, sentAtMs })
      }
      // An answer that came in time may be read much later, for example after the process stood still.
      const answeredAtMs = Math.min(clock.monotonicMs(), endAtMs)
      assertCarriedOut(call.endpoint, bytes)
      const reading = readReply(call, { status, headers, bytes })
      const { value, ...said } = reading instanceof Promise ? await reading : reading
      standings.accept(terms.scope)
      const shown = withLocationId(call, headers, value)
      return { status, value: shown, bytes: bytes.length, answeredAtMs, sentAtMs, ...said }
    } catch (error) {
      const fault = explain(error, call, exchange ?? NOT_BEGUN)
      if (isAttemptError(fault) && fault.refusal === null) {
        code = fault.code
        noteFault(emit, call, { code, fault: faultName(error) })
      }
      throw fault
    } finally {
      endBounds()
      const durationMs = clock.monotonicMs() - sentAtMs
      noteAttempt(emit, call, { status: exchange?.status ?? null, code, durationMs })
    }
  }

  return { send, close: connections.close }
}

const noteFault = (
  emit: Emit,
  { endpoint: { operation }, terms: { record } }: Call,
  facts: { readonly code: ErrorCode; readonly fault: string },
): void => emit('faulted', { operation, record, ...facts })

function noteAttempt(
  emit: Emit,
  { endpoint: { operation }, terms: { scope, callClass, record } }: Call,
  facts: { readonly status: number | null; readonly code: ErrorCode | null; readonly durationMs: number },
): void {
  const { status, code, durationMs } = facts
  emit('attempted', { operation, host: hostnameOf(scope), callClass, status, code, durationMs, record })
}

const openConnections = (options: ClientOptions) =>
  createConnections(() =>
    createDispatcher({
      proxies: options.proxies ?? NO_PROXIES,
      connections: MAX_CONNECTIONS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Shorter than the attempt, so that the failure is reported as one of the connection.
      connectTimeoutMs: options.attemptTimeoutMs * CONNECT_SHARE,
      // The attempt's own timer covers waiting and reading; undici's would restart with every byte.
      answerTimeoutMs: 0,
    }),
  )

const createMaxBytesOf =
  ({ maxReplyBytes }: ClientOptions) =>
  (status: number): number =>
    isSuccess(status) ? maxReplyBytes : MAX_FAILURE_BYTES

const createIsTooLate = (clock: Clock, endAtMs: number) => (): Error | null =>
  clock.monotonicMs() < endAtMs ? null : new AttemptTimeout()

/**
 * Ends the exchange when its time is over or its client leaves. A write is not ended when its client leaves, because
 * its outcome would be unknown.
 */
function boundExchange(
  exchange: Exchange,
  { endpoint, terms: { signal } }: Call,
  { alarms, endAtMs }: { readonly alarms: Alarms; readonly endAtMs: number },
): () => void {
  const leave = isRead(endpoint) ? (): void => void exchange.abort(signal.reason) : null
  // A whole answer has come in time, even if reading it takes long.
  const cancel = alarms.at(endAtMs, () => void exchange.abort(new AttemptTimeout()))
  if (leave) signal.addEventListener('abort', leave, { once: true })
  return () => {
    cancel()
    if (leave) signal.removeEventListener('abort', leave)
  }
}

class AttemptTimeout extends Error {
  /** Shown in the log. */
  override readonly name = 'AbortError'
}

/** Only the status of a failure matters; if its body cannot be read, only its messages are lost. */
function nothingIfRefused({ status }: Exchange, error: unknown): Buffer {
  if (status === null || isSuccess(status)) throw error
  return UNREAD_BODY
}

const NOT_BEGUN = { status: null, hasBegun: false }

function explain(
  error: unknown,
  call: Call,
  { status, hasBegun }: Pick<Exchange, 'status' | 'hasBegun'>,
): unknown {
  // A whole answer counts, even if the client left while its body was read: a 429 must pause the key.
  if (isGatewayError(error)) return error
  const { signal } = call.terms
  const hasTimedOut = error instanceof AttemptTimeout
  if (isRead(call.endpoint) && signal.aborted && !hasTimedOut)
    return hasBegun ? signal.reason : new LeftUnsent(signal.reason)
  const { method, route } = call.endpoint
  const { code, says, wasSent, isPassing } = fromTransport(error, {
    hasBegun,
    hasTimedOut,
    hasHeaders: status !== null,
  })
  const outcome = isRead(call.endpoint) || !wasSent ? null : decideOutcome(status, error)
  return new AttemptError(code, `${says}.${outcome ? ` ${OUTCOME_WORDS[outcome]}` : ''}`, {
    wasSent,
    isPassing,
    refusal: null,
    details: { upstream: { method, route }, ...(outcome && { outcome }) },
    cause: error,
  })
}
