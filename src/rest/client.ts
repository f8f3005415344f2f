// One attempt at Aurora: sends one call, bounded in time and in bytes, and reads the reply. Never retries, never follows.
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError } from './call.ts'
import type { Call, Failure, Reply, Success, Upstream } from './call.ts'
import { readBody } from './read-body.ts'
import { readBytes } from './read-bytes.ts'
import { faultName, fromTransport } from './transport-errors.ts'

export interface ClientOptions {
  /** May carry a path prefix, such as /v2 of version 2018.01. */
  readonly baseUrl: URL
  /** Overrides the version of the key for each call; null sends none. */
  readonly apiVersion: { readonly header: string; readonly value: string } | null
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
    const attempt = createAttempt(call.signal, attemptTimeoutMs, clock)
    const sentAtMs = clock.monotonicMs()
    let status: number | null = null
    try {
      const response = await agent.request(buildRequest(options, call, attempt.signal))
      status = response.statusCode
      return status >= 200 && status < 300
        ? await readSuccess(options, call, response)
        : await readFailure(response, clock)
    } catch (error) {
      const fault = explain(error, call, { hasHeaders: status !== null, hasTimedOut: attempt.hasTimedOut() })
      if (fault instanceof AttemptError) {
        emit('faulted', { operation: call.endpoint.operation, code: fault.code, fault: faultName(error) })
      }
      throw fault
    } finally {
      attempt.end()
      emit('attempted', {
        operation: call.endpoint.operation,
        status,
        durationMs: clock.monotonicMs() - sentAtMs,
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

function buildRequest({ baseUrl, apiVersion }: ClientOptions, call: Call, signal: AbortSignal) {
  const { endpoint, scope } = call
  const prefix = baseUrl.pathname.replace(/\/$/, '')
  const pathname = prefix + fillRoute(endpoint.route, { ...call.path, tenant_id: scope.tenantId })
  const proof = scope.authentication.prove({ method: endpoint.method, pathname, query: call.query })
  const query = [new URLSearchParams(call.query).toString(), proof.query]
    .filter((part) => part !== '')
    .join('&')
  return {
    origin: baseUrl.origin,
    path: query === '' ? pathname : `${pathname}?${query}`,
    method: endpoint.method,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'content-type': 'application/json',
      ...(apiVersion && { [apiVersion.header]: apiVersion.value }),
      ...proof.headers,
    },
    signal,
  }
}

/** The ids were checked when the call was made; encoding them once more costs nothing. */
const fillRoute = (route: string, path: Readonly<Record<string, string>>): string =>
  route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))

async function readSuccess(
  options: ClientOptions,
  call: Call,
  response: Dispatcher.ResponseData,
): Promise<Success> {
  const bytes = await readBytes(response, options.maxReplyBytes)
  const answeredAtMs = options.clock.monotonicMs()
  const read = readBody(call.endpoint, askedId(call), JSON.parse(bytes.toString('utf8')))
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

/** The last id of the route is that of the object asked for. */
const askedId = ({ endpoint, path }: Call): string | undefined => path[endpoint.parameters.at(-1) ?? '']

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

function explain(error: unknown, call: Call, facts: { hasHeaders: boolean; hasTimedOut: boolean }): unknown {
  if (call.signal.aborted && !facts.hasTimedOut) return call.signal.reason
  if (error instanceof GatewayError) return error
  const { method, route } = call.endpoint
  const { code, says, wasSent, isPassing } = fromTransport(error, facts)
  return new AttemptError(code, `${method} ${route}: ${says}.`, {
    wasSent,
    isPassing,
    details: { upstream: { method, route } },
    cause: error,
  })
}
