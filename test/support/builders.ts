// The middle of the line in small: calls, replies, scopes and endpoints with sensible values where a test names none.
import type { SlotRequest } from '../../src/budget/waiting-room.ts'
import { createBearerAuthentication } from '../../src/rest/authentication.ts'
import { ANY_FRESHNESS, createScope } from '../../src/rest/call.ts'
import type { Call, Failure, Reply, Scope, Success, Terms, Upstream } from '../../src/rest/call.ts'
import { ENDPOINTS } from '../../src/rest/endpoints.ts'
import type { Endpoint } from '../../src/rest/endpoint.ts'
import { WRITE_ENDPOINTS } from '../../src/rest/write-endpoints.ts'
import type { Emit, EventName, UpstreamEvents } from '../../src/telemetry/events.ts'
import { createTally } from '../../src/telemetry/tally.ts'

export const TENANT_ID = '7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'

/** Where nobody listens. */
const NOWHERE = new URL('http://127.0.0.1:9/')

export const buildScope = (token = 'sk_sand_builder', tenantId = TENANT_ID, baseUrl = NOWHERE): Scope =>
  createScope({ tenantId, baseUrl, authentication: createBearerAuthentication(token) })

/** Of a request that has for ever, and whose calls queue for nothing. */
export const buildTerms = (parts: Partial<Terms> = {}): Terms => ({
  scope: buildScope(),
  caller: 'builder',
  callClass: 'interactive',
  freshness: ANY_FRESHNESS,
  signal: new AbortController().signal,
  begunAtMs: 0,
  deadlineAtMs: Number.MAX_SAFE_INTEGER,
  afterwards: (work) => work(),
  maxWaitMs: 0,
  tally: createTally(),
  tellStale: () => {},
  tellUsed: () => {},
  ...parts,
})

/** A read of one project. */
export const buildCall = (parts: Partial<Call> = {}): Call => ({
  endpoint: ENDPOINTS.retrieveProject,
  path: { project_id: 'p-1' },
  query: {},
  ...buildTerms(),
  ...parts,
})

let asked = 0

/** Another call each time, waiting as long as is said. */
export const buildSlotRequest = ({
  latestMs,
  ...parts
}: Partial<SlotRequest> & { latestMs: number }): SlotRequest & { operation: string } => ({
  operation: 'retrieveProject',
  callClass: 'interactive',
  caller: 'builder',
  name: `call-${(asked += 1)}`,
  wait: { latestMs, retryAtMs: null },
  signal: new AbortController().signal,
  ...parts,
})

/** What must be neither kept, joined nor repeated. */
export const aWrite = (): Endpoint => WRITE_ENDPOINTS.updateProject

export const buildSuccess = (
  value: Success['value'] = { id: 'p-1' },
  parts: Partial<Success> = {},
): Success => ({ isSuccess: true, status: 200, value, bytes: 100, answeredAtMs: 1000, ...parts })

export const buildFailure = (status: number, parts: Partial<Failure> = {}): Failure => ({
  isSuccess: false,
  status,
  messages: [],
  retryAfter: null,
  answeredAtMs: 1000,
  ...parts,
})

/** A call that has reached the stand-in for the rest of the line, and waits for its answer. */
export interface Arrival {
  readonly call: Call
  answer(reply: Reply): void
  fail(error: unknown): void
}

/** The next station, played by the test: every call is kept until the test answers it. */
export function createStandIn(): { readonly upstream: Upstream; readonly arrivals: readonly Arrival[] } {
  const arrivals: Arrival[] = []
  return {
    arrivals,
    upstream: (call) =>
      new Promise((resolve, reject) => {
        arrivals.push({ call, answer: resolve, fail: reject })
      }),
  }
}

/** The n-th of a list, counting from 0; a test that expects it fails with words where there is none. */
export function nth<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`only ${items.length} there, ${index + 1} wanted`)
  return item
}

/** What the stations tell of themselves, kept in order. */
export function createEventLog(): {
  readonly emit: Emit
  of<Name extends EventName>(name: Name): UpstreamEvents[Name][]
} {
  const events: { readonly name: EventName; readonly fact: unknown }[] = []
  return {
    emit: (name, fact) => void events.push({ name, fact }),
    of: <Name extends EventName>(wanted: Name) =>
      events.filter(({ name }) => name === wanted).map(({ fact }) => fact as UpstreamEvents[Name]),
  }
}
