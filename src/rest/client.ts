// Makes one attempt at Aurora: sends one call, bounded in time and bytes, and reads the reply. No retries, no redirects.
import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { createDispatcher, noticingStart } from '../network/dispatcher.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { isGatewayError, OUTCOME_WORDS } from '../errors/errors.ts'
import type { WriteOutcome } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { cutDeep } from '../aurora/cut-deep.ts'
import { decodeText } from '../aurora/decode-text.ts'
import { isRead } from '../aurora/endpoint.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import { countAttempt } from './accounting.ts'
import { assertModest } from './assert-modest.ts'
import { AttemptError, isAttemptError } from './attempt-error.ts'
import type { Call, Reply, Upstream } from './call.ts'
import { createConnections } from './connections.ts'
import { readBody } from './read-body.ts'
import { readBytes } from './read-bytes.ts'
import { readMessages } from './read-messages.ts'
import { readDesignRequestId } from './refusal-body.ts'
import { toRefusalError } from './refusal-error.ts'
import { readRetryAfter } from './retry-after.ts'
import { buildRequest } from './request.ts'
import type { ApiVersion } from './request.ts'
import { createStandings } from './standings.ts'
import type { Standings } from './standings.ts'
import { faultName, fromTransport } from './transport-errors.ts'

export interface ClientOptions {
  readonly apiVersion: ApiVersion
  readonly attemptTimeoutMs: number
  /** The bound of a successful body, counted after decompression. */
  readonly maxReplyBytes: number
  readonly clock: Clock
  readonly emit: Emit
  /** Keeps what the answers show of each credential. Left out: a store of its own. */
  readonly standings?: Standings
  /** Left out: none. */
  readonly proxies?: Proxies
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
 * `send` makes one attempt. It resolves with a success, and rejects with an AttemptError for every other status and where
 * no whole, readable answer came in time, or with the reason of the call's signal. Concurrent calls share a pool.
 * A write that was sent is not aborted when its client leaves, because its result would then be unknown.
 */
export function createClient(options: ClientOptions): Client {
  const { clock, emit, attemptTimeoutMs } = options
  const connections = openConnections(options)
  const { standings = createStandings({ clock }) } = options

  async function send(call: Call): Promise<Reply> {
    const { endpoint, terms } = call
    const { operation } = endpoint
    if (!isRead(endpoint)) terms.signal.throwIfAborted()
    const outer = isRead(endpoint) ? terms.signal : new AbortController().signal
    const attempt = createAttempt(outer, attemptTimeoutMs, clock)
    const sentAtMs = clock.monotonicMs()
    let status: number | null = null
    let code: ErrorCode | null = null
    let hasBegun = false
    const notice = noticingStart(() => (hasBegun = true))
    countAttempt(terms)
    const pool = connections.current()
    try {
      const response = await pool.compose(notice).request({
        ...buildRequest(options.apiVersion, call),
        signal: attempt.signal,
      })
      status = response.statusCode
      if (status === MISDIRECTED) connections.replace(pool)
      if (status < 200 || status > 299) {
        standings.refuse(terms.scope, status, sentAtMs)
        throw await readRefusal(call, response, { clock, standings, sentAtMs })
      }
      const reply = await readSuccess(options, call, response)
      standings.accept(terms.scope)
      return { ...reply, sentAtMs }
    } catch (error) {
      const fault = explain(error, call, { status, hasBegun, hasTimedOut: attempt.hasTimedOut() })
      if (isAttemptError(fault) && fault.refusal === null) {
        code = fault.code
        emit('faulted', { operation, code, fault: faultName(error), record: terms.record })
      }
      throw fault
    } finally {
      attempt.end()
      emit('attempted', {
        operation,
        host: terms.scope.baseUrl.hostname,
        callClass: terms.callClass,
        status,
        code,
        durationMs: clock.monotonicMs() - sentAtMs,
        record: terms.record,
      })
    }
  }

  return { send, close: connections.close }
}

const openConnections = (options: ClientOptions) =>
  createConnections(() =>
    createDispatcher({
      proxies: options.proxies ?? NO_PROXIES,
      connections: MAX_CONNECTIONS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Shorter than the attempt, so that the failure is reported as what it is.
      connectTimeoutMs: options.attemptTimeoutMs * CONNECT_SHARE,
      // The attempt's own timer covers waiting and reading; undici's would restart with every byte.
      answerTimeoutMs: 0,
    }),
  )

/** One signal for two reasons: the client leaves, or the time of the attempt is over. */
function createAttempt(outer: AbortSignal, timeoutMs: number, clock: Clock) {
  const controller = new AbortController()
  let timedOut = false
  const leave = (): void => controller.abort(outer.reason)
  const cancelTimer = clock.after(timeoutMs, () => {
    timedOut = true
    controller.abort()
  })
  if (outer.aborted) leave()
  else outer.addEventListener('abort', leave, { once: true })
  return {
    signal: controller.signal,
    hasTimedOut: () => timedOut,
    end() {
      cancelTimer()
      outer.removeEventListener('abort', leave)
    },
  }
}

async function readSuccess(
  options: ClientOptions,
  call: Call,
  response: Dispatcher.ResponseData,
): Promise<Reply> {
  const bytes = await readBytes(response, options.maxReplyBytes)
  const answeredAtMs = options.clock.monotonicMs()
  if (!isSilent(call, bytes)) await assertModest(bytes)
  const read = isSilent(call, bytes)
    ? SILENCE
    : readBody(call.endpoint, askedId(call), parse(bytes, response.headers))
  if (read === null) throw new SyntaxError('not the shape of the contract')
  if (read.unreadable > 0)
    options.emit('itemUnreadable', {
      operation: call.endpoint.operation,
      count: read.unreadable,
      record: call.terms.record,
    })
  return { status: response.statusCode, value: read.value, bytes: bytes.length, answeredAtMs }
}

function parse(bytes: Buffer, headers: Dispatcher.ResponseData['headers']): unknown {
  const text = decodeText(bytes, headers['content-type'])
  return cutDeep(text, parseExactJson(text))
}

/** The answer to a deletion, or to a write that Aurora accepts for later, is empty (204) or a text for people. */
const isSilent = ({ endpoint }: Call, bytes: Buffer): boolean =>
  endpoint.answers === 'nothing' || (!isRead(endpoint) && bytes.length === 0)

const SILENCE = { value: null, unreadable: 0 } as const

/** The last id of a read's route is that of the object; the answer to a write may be another object. */
function askedId({ endpoint, path, query }: Call): string | undefined {
  if (!isRead(endpoint)) return undefined
  return endpoint.idQuery ? query[endpoint.idQuery] : path[endpoint.parameters.at(-1) ?? '']
}

/** The status alone decides; if the body cannot be read, only its messages are lost. */
async function readRefusal(
  { endpoint, terms: { scope } }: Call,
  response: Dispatcher.ResponseData,
  { clock, standings, sentAtMs }: { clock: Clock; standings: Standings; sentAtMs: number },
): Promise<AttemptError> {
  const bytes = await readBytes(response, MAX_FAILURE_BYTES).catch(() => Buffer.alloc(0))
  const { headers } = response
  const contentType = headers['content-type']
  const body = decodeText(bytes, contentType)
  const times = { retryAfter: firstOf(headers['retry-after']), date: firstOf(headers['date']), body }
  const refusal = {
    status: response.statusCode,
    answeredAtMs: clock.monotonicMs(),
    sentAtMs,
    retryAfterMs: readRetryAfter(times, clock.wallMs()),
  }
  return toRefusalError(endpoint, refusal, {
    messages: readMessages(body, (words) => scope.authentication.isQuotedIn(words)),
    designRequestId: readDesignRequestId(body),
    isProven: standings.hasSucceeded(scope),
  })
}

/** A header that is sent twice is a list; the first value counts. */
const firstOf = (header: string | string[] | undefined): string | null => [header].flat()[0] ?? null

function explain(
  error: unknown,
  call: Call,
  { status, ...facts }: { status: number | null; hasBegun: boolean; hasTimedOut: boolean },
): unknown {
  // A whole answer counts, even if the client left while its body was read: a 429 must pause the key.
  if (isGatewayError(error)) return error
  const { signal } = call.terms
  if (isRead(call.endpoint) && signal.aborted && !facts.hasTimedOut) return signal.reason
  const { method, route } = call.endpoint
  const { code, says, wasSent, isPassing } = fromTransport(error, { ...facts, hasHeaders: status !== null })
  const outcome = isRead(call.endpoint) || !wasSent ? null : decideOutcome(status)
  return new AttemptError(code, `${says}.${outcome ? ` ${OUTCOME_WORDS[outcome]}` : ''}`, {
    wasSent,
    isPassing,
    refusal: null,
    details: { upstream: { method, route }, ...(outcome && { outcome }) },
    cause: error,
  })
}

/** A write without a whole answer: if a status came, it alone decides, because the body would only describe it. */
const decideOutcome = (status: number | null): WriteOutcome =>
  status !== null && status >= 200 && status < 300 ? 'DONE' : 'UNKNOWN'
