// One attempt at Aurora: sends one call, bounded in time and in bytes, and reads the reply. Never retries, never follows.
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { GatewayError, OUTCOME_WORDS } from '../errors/errors.ts'
import type { WriteOutcome } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError } from './call.ts'
import type { Call, Failure, Reply, Success, Upstream } from './call.ts'
import { isRead } from './endpoint.ts'
import { readBody } from './read-body.ts'
import { readBytes } from './read-bytes.ts'
import { buildRequest } from './request.ts'
import type { ApiVersion } from './request.ts'
import { faultName, fromTransport } from './transport-errors.ts'

export interface ClientOptions {
  readonly apiVersion: ApiVersion
  readonly attemptTimeoutMs: number
  /** Of a successful body, counted after decompression. */
  readonly maxReplyBytes: number
  readonly clock: Clock
  readonly emit: Emit
}

export interface Client {
  readonly send: Upstream
  close(): Promise<void>
}

/** Measured: 64 connections gave a quarter of the throughput of 256 at 40 ms latency and 16 cold clients. */
const MAX_CONNECTIONS = 256
/** A connection takes a round trip or two; undici's timer is up to a second late. */
const CONNECT_SHARE = 0.5
/** Aurora's headers are a few hundred bytes; Node's own bound. */
const MAX_HEADER_BYTES = 16 * 1024
/** Of a failure only the messages are read; a real one is a line or two. */
const MAX_FAILURE_BYTES = 64 * 1024
/** Messages kept of one failure. */
const MAX_MESSAGES = 20

/**
 * `send` resolves for every status that came with headers; it rejects with AttemptError where no whole,
 * readable answer came in time, or with the reason of the call's signal. Concurrent calls share a pool.
 * A write that has begun is not cut off when its caller leaves: nobody would know what had become of it.
 */
export function createClient(options: ClientOptions): Client {
  const { clock, emit, attemptTimeoutMs } = options
  const agent = new Agent({
    connections: MAX_CONNECTIONS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Shorter than the attempt, so that a connection never made is known as such: such a call costs no slot.
    connect: { timeout: attemptTimeoutMs * CONNECT_SHARE },
    // The attempt's own timer covers waiting and reading; undici's would restart with every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  async function send(call: Call): Promise<Reply> {
    if (!isRead(call.endpoint)) call.signal.throwIfAborted()
    const outer = isRead(call.endpoint) ? call.signal : new AbortController().signal
    const attempt = createAttempt(outer, attemptTimeoutMs, clock)
    const sentAtMs = clock.monotonicMs()
    let status: number | null = null
    let code: ErrorCode | null = null
    const { operation } = call.endpoint
    const { record } = call
    try {
      const response = await agent.request({
        ...buildRequest(options.apiVersion, call),
        signal: attempt.signal,
      })
      status = response.statusCode
      return status >= 200 && status < 300
        ? await readSuccess(options, call, response)
        : await readFailure(response, clock)
    } catch (error) {
      const fault = explain(error, call, { status, hasTimedOut: attempt.hasTimedOut() })
      if (fault instanceof AttemptError) {
        code = fault.code
        emit('faulted', { operation, code, fault: faultName(error), record })
      }
      throw fault
    } finally {
      attempt.end()
      emit('attempted', {
        operation,
        host: call.scope.baseUrl.hostname,
        callClass: call.callClass,
        status,
        code,
        durationMs: clock.monotonicMs() - sentAtMs,
        record,
      })
    }
  }

  return { send, close: () => agent.destroy() }
}

/** One signal for the caller's leaving and for the time one attempt may take. */
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
): Promise<Success> {
  const bytes = await readBytes(response, options.maxReplyBytes)
  const answeredAtMs = options.clock.monotonicMs()
  const read = isSilent(call, bytes) ? SILENCE : readBody(call.endpoint, askedId(call), parse(bytes))
  if (read === null) throw new SyntaxError('not the shape of the contract')
  if (read.unreadable > 0)
    options.emit('itemUnreadable', { operation: call.endpoint.operation, count: read.unreadable })
  return {
    isSuccess: true,
    status: response.statusCode,
    value: read.value,
    bytes: bytes.length,
    answeredAtMs,
  }
}

const parse = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'))

/** What was deleted, or accepted for later, is answered with nothing (204), or with a word for people. */
const isSilent = ({ endpoint }: Call, bytes: Buffer): boolean =>
  endpoint.answers === 'nothing' || (!isRead(endpoint) && bytes.length === 0)

const SILENCE = { value: null, unreadable: 0 } as const

/** The last id of a route is that of the object read; what is written may answer with another than it was sent to. */
function askedId({ endpoint, path, query }: Call): string | undefined {
  if (!isRead(endpoint)) return undefined
  return endpoint.idQuery ? query[endpoint.idQuery] : path[endpoint.parameters.at(-1) ?? '']
}

/** The status alone decides; a body that can't be read only costs its messages. */
async function readFailure(response: Dispatcher.ResponseData, clock: Clock): Promise<Failure> {
  const text = await readBytes(response, MAX_FAILURE_BYTES).catch(() => Buffer.alloc(0))
  // Sent twice it is a list, of which the first counts.
  const [retryAfter = null] = [response.headers['retry-after']].flat()
  return {
    isSuccess: false,
    status: response.statusCode,
    messages: readMessages(text.toString('utf8')),
    retryAfter,
    answeredAtMs: clock.monotonicMs(),
  }
}

/** `{"errors": [{"message": "…"}]}` is the one credible shape; anything else holds no messages. */
function readMessages(text: string): readonly string[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown }
    if (!Array.isArray(errors)) return []
    const messages = errors.map((error: unknown) => (error as { message?: unknown } | null)?.message)
    return messages.filter((message) => typeof message === 'string').slice(0, MAX_MESSAGES)
  } catch {
    return []
  }
}

function explain(
  error: unknown,
  call: Call,
  { status, hasTimedOut }: { status: number | null; hasTimedOut: boolean },
): unknown {
  if (isRead(call.endpoint) && call.signal.aborted && !hasTimedOut) return call.signal.reason
  if (error instanceof GatewayError) return error
  const { method, route } = call.endpoint
  const { code, says, wasSent, isPassing } = fromTransport(error, {
    hasHeaders: status !== null,
    hasTimedOut,
  })
  const outcome = isRead(call.endpoint) || !wasSent ? null : decideOutcome(status)
  return new AttemptError(
    code,
    `${method} ${route}: ${says}.${outcome ? ` ${OUTCOME_WORDS[outcome]}` : ''}`,
    {
      wasSent,
      isPassing,
      details: { upstream: { method, route }, ...(outcome && { outcome }) },
      cause: error,
    },
  )
}

/** Of a write without a whole answer: a status says what the rest of it would only have described. */
const decideOutcome = (status: number | null): WriteOutcome =>
  status !== null && status >= 200 && status < 300 ? 'DONE' : 'UNKNOWN'
