// Makes calls, replies, scopes and endpoints with default values for what a test does not name.
import type { Endpoint } from '../../src/aurora/endpoint.ts'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import type { SlotRequest } from '../../src/budget/waiting-room.ts'
import { isReply } from '../../src/rest/answer.ts'
import type { Answer } from '../../src/rest/answer.ts'
import type { Refusal } from '../../src/rest/attempt-error.ts'
import { createBearerAuthentication } from '../../src/rest/authentication.ts'
import { createCall } from '../../src/rest/call.ts'
import type { Call, Question, Reply, Upstream } from '../../src/rest/call.ts'
import { ANY_FRESHNESS } from '../../src/rest/freshness.ts'
import { toRefusalError } from '../../src/rest/refusal-error.ts'
import { createScope } from '../../src/rest/scope.ts'
import type { Scope } from '../../src/rest/scope.ts'
import type { Terms } from '../../src/rest/terms.ts'
import type { Emit, EventName, UpstreamEvents } from '../../src/telemetry/events.ts'
import { createTally } from '../../src/telemetry/tally.ts'

export const TENANT_ID = '7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'

/** An address where nothing listens. */
const NOWHERE = new URL('http://127.0.0.1:9/')

export const buildScope = (token = 'sk_sand_builder', tenantId = TENANT_ID, baseUrl = NOWHERE): Scope =>
  createScope({ tenantId, baseUrl, authentication: createBearerAuthentication(token) })

/** The terms of a request without a time limit, whose calls do not queue. */
export const buildTerms = (parts: Partial<Terms> = {}): Terms => ({
  caller: 'builder',
  callClass: 'interactive',
  freshness: ANY_FRESHNESS,
  signal: new AbortController().signal,
  begunAtMs: 0,
  deadlineAtMs: Number.MAX_SAFE_INTEGER,
  afterwards: (work) => work(),
  waitUntilMs: 0,
  tally: createTally(),
  onStale: () => {},
  onUsed: () => {},
  ...parts,
  // To make one takes as long as a short call.
  scope: parts.scope ?? buildScope(),
})

export type CallParts = Partial<Question> & Partial<Pick<Call, 'body' | 'wait'>> & Partial<Terms>

/** A read of one project. A member that is no part of a call becomes one of its terms. */
export function buildCall({ endpoint, path, query, body, wait, ...terms }: CallParts = {}): Call {
  const question = {
    endpoint: endpoint ?? READS.retrieveProject,
    path: path ?? { project_id: 'p-1' },
    query: query ?? {},
  }
  return { ...createCall(buildTerms(terms), question, body), ...(wait && { wait }) }
}

let asked = 0

/** Another call each time; it waits as long as the test names. */
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

/** A write, which must be neither cached, shared nor repeated. */
export const aWrite = (): Endpoint => WRITES.updateProject

export const buildReply = (value: Reply['value'] = { id: 'p-1' }, parts: Partial<Reply> = {}): Reply => ({
  status: 200,
  value,
  bytes: 100,
  answeredAtMs: 1000,
  ...parts,
})

export const buildRefusal = (status: number, parts: Partial<Refusal> = {}): Refusal => ({
  status,
  retryAfterMs: null,
  answeredAtMs: 1000,
  ...parts,
})

/** A call that has reached the stand-in for the rest of the line, and waits for its answer. */
export interface Arrival {
  readonly call: Call
  /** Resolves with a reply; rejects with the error of a refusal, as the line carries it. */
  answer(answer: Answer): void
  fail(error: unknown): void
}

/** The answer to a call, as the line carries it. */
export async function carry(call: Call, answer: Answer): Promise<Reply> {
  if (isReply(answer)) return answer
  throw toRefusalError(call.endpoint, answer)
}

/** Takes the place of the next layer: every call waits until the test answers it. */
export function createStandIn(): { readonly upstream: Upstream; readonly arrivals: readonly Arrival[] } {
  const arrivals: Arrival[] = []
  return {
    arrivals,
    upstream: (call) =>
      new Promise((resolve, reject) => {
        const answer = (given: Answer): void => void carry(call, given).then(resolve, reject)
        arrivals.push({ call, answer, fail: reject })
      }),
  }
}

/** The n-th of a list, counting from 0. Throws an error with a message where there is none. */
export function nth<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`only ${items.length} there, ${index + 1} wanted`)
  return item
}

/** Collects the events that the rooms emit, in order. */
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
