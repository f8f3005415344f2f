// An Aurora of our own: the operations of the contract over HTTP, with the real limit and switchable faults.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, createSystemClock } from '../clock.ts'
import { answerControl, CONTROL_PREFIX } from './control.ts'
import { createDataSet, type DataSet } from './data.ts'
import { createExchange, readBody, sendJson } from './exchange.ts'
import { createFaultSender } from './fault-answers.ts'
import { createFaultPlan, type Faults } from './faults.ts'
import { hasSignature, type HmacCredential, isSignedBy, SIGNATURE_MEMBERS } from './hmac.ts'
import { createLedger, type RecordedCall } from './ledger.ts'
import { createLimiter, formatRetryAfter, type LimiterOptions, type RetryAfterForm } from './limiter.ts'
import { createJobs } from './jobs.ts'
import { type Answer, type Maker, refuse } from './operation.ts'
import { createRandom } from './random.ts'
import { answerOperation, createRouter, isOperationId, type Match, OPERATIONS } from './routes.ts'
import { readSent, type Sent } from './sent.ts'
import { DEFAULT_SHAPE, reshape, type Shape } from './shape.ts'

export const DEFAULT_TENANT_ID = '7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'
export const DEFAULT_TOKEN = 'sk_sand_simulator'

export interface SimulatorOptions extends Partial<LimiterOptions> {
  readonly seed?: number
  readonly projectCount?: number
  readonly tenantId?: string
  /** The bearer that is let in; several have a limit each. */
  readonly token?: string | readonly string[]
  /** Lets in calls that are signed in the query, too. */
  readonly hmac?: HmacCredential
  readonly retryAfter?: RetryAfterForm
  /** Waited before every answer. */
  readonly latencyMs?: number
  readonly clock?: Clock
  readonly shape?: Partial<Shape>
  /** Operations, by their operationId, that no key may use: answered 403. */
  readonly forbidden?: readonly string[]
  /** How long a job runs; with 0 the answer to its begin says that it has ended. */
  readonly jobMs?: number
}

export interface Simulator extends AsyncDisposable {
  /** Port 0 takes any free one. */
  listen(port?: number, host?: string): Promise<{ readonly url: string }>
  /** Ends open connections too. */
  close(): Promise<void>
  readonly data: DataSet
  readonly faults: Faults
  setShape(shape: Partial<Shape>): void
  /** Replaces what was forbidden before. Throws for an operation that the simulator does not have. */
  setForbidden(operationIds: readonly string[]): void
  /** Replaces what failed before: names of kinds of jobs, such as `ai_roof`, of which every one will fail. */
  setFailingJobs(names: readonly string[]): void
  /** For jobs that are begun from now on. */
  setJobMs(jobMs: number): void
  readonly calls: readonly RecordedCall[]
  clearCalls(): void
  /** The most calls of one key that were counted in any `windowMs`; without it, the limit's own window. */
  worstWindow(windowMs?: number): number
  /** The same for windows that begin at the multiples of `windowMs`. */
  worstFixedWindow(windowMs?: number): number
  /** How many calls were answered 429. */
  readonly refusals: number
}

/** Aurora's limit unless it was arranged otherwise: 90 requests a minute. */
const DEFAULT_LIMIT = { limit: 90, windowMs: 60_000, window: 'sliding', countRefused: false } as const

/** Real ones take seconds to minutes. */
const DEFAULT_JOB_MS = 2000

/** Nobody has published the words; they are said to send you to your account team. */
const NOT_PROVISIONED = 'This endpoint is not provisioned for your key; contact your Aurora account team'

/** Longer than a client keeps an idle connection, so that it is never we who close one just as it is used. */
const KEEP_ALIVE_MS = 65_000

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { seed = 1, clock = createSystemClock(), latencyMs = 0, retryAfter = 'seconds' } = options
  const limits: LimiterOptions = { ...DEFAULT_LIMIT, ...options }
  const tokens = [options.token ?? DEFAULT_TOKEN].flat()
  const { projectCount = 620, tenantId = DEFAULT_TENANT_ID } = options
  const data = createDataSet({ seed, projectCount, tenantId })
  const random = createRandom(seed, 'answers')
  const ids = createRandom(seed, 'made')
  const maker: Maker = { newId: () => ids.uuid(), nowMs: () => clock.wallMs() }
  let { jobMs = DEFAULT_JOB_MS } = options
  const jobs = createJobs(data, maker, () => jobMs)
  const limiter = createLimiter(limits)
  const ledger = createLedger()
  const faults = createFaultPlan()
  const sendFault = createFaultSender()
  const route = createRouter(OPERATIONS)
  let shape: Shape = { ...DEFAULT_SHAPE, ...options.shape }
  const setShape = (change: Partial<Shape>): void => {
    shape = { ...shape, ...change }
  }
  let forbidden: ReadonlySet<string> = new Set()
  const setForbidden = (operationIds: readonly string[]): void => {
    const unknown = operationIds.filter((id) => !isOperationId(id))
    // A name that is misspelt would forbid nothing, and the test that relies on it would prove nothing.
    if (unknown.length > 0) throw new RangeError(`no such operation: ${unknown.join(', ')}`)
    forbidden = new Set(operationIds)
  }
  setForbidden(options.forbidden ?? [])
  const setJobMs = (ms: number): void => void (jobMs = ms)

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that left while we waited is no fault of ours; anything else is a defect, and shows as one.
      if (response.headersSent) response.destroy()
      else if (!response.destroyed) response.writeHead(500).end(`defect in the simulator: ${String(error)}`)
    })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = splitTarget(request.url ?? '/')
    if (target.path.startsWith(CONTROL_PREFIX)) {
      const controlled = {
        faults,
        ledger,
        setShape,
        setForbidden,
        setFailingJobs: jobs.setFailing,
        setJobMs,
        windowMs: limits.windowMs,
      }
      return answerControl(createExchange(request, response, clock), target.path, controlled)
    }

    const at = clock.monotonicMs()
    const method = request.method ?? 'GET'
    const match = route(method, target.path.replace(/^\/v2(?=\/)/, ''))
    const operationId = match?.operation.operationId ?? null
    const call = ledger.open({ method, path: target.path, query: toRecord(target.query), operationId, at })
    const exchange = createExchange(request, response, clock, call)
    const send = ({ status, body }: Answer, headers = {}) => sendJson(exchange, status, body, headers)

    // Nothing is waited for before a read is counted, so that reads are counted in the order they came.
    const body = method === 'GET' ? '' : await readBody(request)
    if (body === undefined) return send(refuse(413, 'Body too long'))
    const credential = authenticate(request, { method, ...target, body })
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
    // What is refused changes nothing; whatever else goes wrong with the answer, the write was carried out.
    const isRefused =
      typeof fault === 'object' && 'status' in fault && fault.status >= 400 && fault.status < 500
    const answer = isRefused
      ? refuse(fault.status, 'Refused')
      : decide(match, target.query, readSent(request, body))
    return fault === undefined ? send(answer) : sendFault(fault, exchange, answer)
  }

  /** The credential of a call, as the limit knows it. */
  function authenticate(
    request: IncomingMessage,
    signed: { method: string; path: string; rawQuery: string; body: string },
  ): string | undefined {
    if (options.hmac && hasSignature(signed)) {
      return isSignedBy(signed, options.hmac) ? options.hmac.key : undefined
    }
    return tokens.find((token) => request.headers.authorization === `Bearer ${token}`)
  }

  function decide(match: Match | undefined, query: URLSearchParams, sent: Sent | undefined): Answer {
    if (!match) return refuse(405, 'Wrong path or verb')
    // A key's permissions are looked at before the object is, so that 403 says nothing about what exists.
    if (forbidden.has(match.operation.operationId)) return refuse(403, NOT_PROVISIONED)
    if (sent === undefined) return refuse(400, 'Body is not JSON')
    jobs.settle()
    const { json, file } = sent
    const { status, body } = answerOperation(match, { query, data, shape, sent: json, file, maker, jobs })
    return { status, body: reshape(body, shape, random) }
  }

  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.once('close', resolve))
    server.close()
    server.closeAllConnections()
    await closed
  }

  return {
    async listen(port = 0, host = '127.0.0.1') {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve()
        })
      })
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address())}` }
    },
    close,
    [Symbol.asyncDispose]: close,
    data,
    faults,
    setShape,
    setForbidden,
    setFailingJobs: jobs.setFailing,
    setJobMs,
    calls: ledger.calls,
    clearCalls: () => ledger.clear(),
    worstWindow: (windowMs = limits.windowMs) => ledger.worstWindow(windowMs),
    worstFixedWindow: (windowMs = limits.windowMs) => ledger.worstFixedWindow(windowMs),
    get refusals() {
      return ledger.refusals()
    },
  }
}

function splitTarget(url: string): { path: string; rawQuery: string; query: URLSearchParams } {
  const end = url.indexOf('?')
  const [path, rawQuery] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end + 1)]
  return { path, rawQuery, query: new URLSearchParams(rawQuery) }
}

function toRecord(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !SIGNATURE_MEMBERS.includes(name)))
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
