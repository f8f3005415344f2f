// What can be made to go wrong with an answer, for which calls, and how often.

/** Part of every error body that no client needs, so that a test can prove that no such text leaves the gateway. */
export const UPSTREAM_CANARY = 'canary-7f3a-upstream-text'

const NAMED_FAULTS = [
  'reset', // The connection dies before the answer.
  'hang', // The answer never comes.
  'truncate', // Half of the promised bytes come, then the connection ends.
  'empty', // 200 without a body.
  'html', // 200 with a page for people.
  'huge', // 50 MB of JSON.
  'gzip-bomb', // Little gzip that becomes 64 MB of JSON.
  'drip', // A byte every 100 ms.
  'big-headers', // 100 KB of header.
  'not-json', // 200 with the content type of JSON and a body that is not JSON.
  'wrong-shape', // JSON without the wrapper.
  'redirect', // 302 to another host.
  'bad-encoding', // A content encoding of gzip and a body that only begins like gzip.
] as const

export type NamedFault = (typeof NAMED_FAULTS)[number]

export interface StatusFault {
  readonly status: number
  /** What the body is; json when not given. */
  readonly body?: 'json' | 'html' | 'empty' | 'text'
  readonly headers?: Readonly<Record<string, string>>
  /** The Retry-After header, as it stands. */
  readonly retryAfter?: string | number
}

/** Waits before the answer, or before another fault. */
export interface LatencyFault {
  /** Milliseconds. */
  readonly latency: number
  readonly next?: NamedFault | StatusFault
}

export type Fault = NamedFault | StatusFault | LatencyFault

export interface FaultedCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly operationId: string | null
}

/** A part of the path, a pattern for it, or a decision. */
export type FaultMatch = string | RegExp | ((call: FaultedCall) => boolean)

export interface Faults {
  /** The same match again replaces the fault; of several that match, the newest is taken. */
  set(match: FaultMatch, fault: Fault, options?: { readonly times?: number }): void
  clear(): void
}

export interface FaultPlan extends Faults {
  /** Returns the fault of this call, and counts it as used once. */
  take(call: FaultedCall): Fault | undefined
}

export function createFaultPlan(): FaultPlan {
  let rules: { match: FaultMatch; fault: Fault; left: number }[] = []
  return {
    set(match, fault, { times = Infinity } = {}) {
      rules = [{ match, fault, left: times }, ...rules.filter((rule) => rule.match !== match)]
    },
    clear() {
      rules = []
    },
    take(call) {
      const rule = rules.find(({ match, left }) => left > 0 && isMatch(match, call))
      if (rule) rule.left -= 1
      return rule?.fault
    },
  }
}

/** Undefined unless `value` is a fault in the form that JSON can carry. */
export function parseFault(value: unknown): Fault | undefined {
  const name = NAMED_FAULTS.find((known) => known === value)
  if (name) return name
  if (typeof value !== 'object' || value === null) return undefined
  if (isLatencyFault(value)) return value
  return isStatusFault(value) ? value : undefined
}

export function isLatencyFault(value: object): value is LatencyFault {
  return (
    'latency' in value &&
    typeof value.latency === 'number' &&
    (!('next' in value) || parseFault(value.next) !== undefined)
  )
}

function isStatusFault(value: object): value is StatusFault {
  const isKnownBody = !('body' in value) || ['json', 'html', 'empty', 'text'].includes(String(value.body))
  return 'status' in value && Number.isInteger(value.status) && isKnownBody
}

function isMatch(match: FaultMatch, call: FaultedCall): boolean {
  if (typeof match === 'string') return call.path.includes(match)
  return typeof match === 'function' ? match(call) : call.path.search(match) >= 0
}
