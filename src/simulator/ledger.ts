// The record of the calls that the simulator got, and the counts that prove or disprove a client's budget.

export interface RecordedCall {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** Without the members of the query signature. */
  readonly query: Readonly<Record<string, string>>
  readonly operationId: string | null
  /** Which credential, numbered in order of appearance, since a credential itself must not be recorded. */
  readonly credential: number | null
  /** Monotonic ms of the arrival. */
  readonly at: number
  /** Whether the limit counted it. */
  readonly counted: boolean
  /** Null when no status line was sent. */
  readonly status: number | null
  /** Whether the client left before the end of the answer. */
  readonly aborted: boolean
}

export type OpenCall = { -readonly [Member in keyof RecordedCall]: RecordedCall[Member] }

export interface Ledger {
  readonly calls: readonly RecordedCall[]
  open(call: Omit<RecordedCall, 'status' | 'aborted' | 'counted' | 'credential'>): OpenCall
  numberOf(credential: string): number
  clear(): void
  refusals(): number
  worstWindow(windowMs: number): number
  worstFixedWindow(windowMs: number): number
}

/** A simulator may run for days; calls older than this many are dropped. */
const MAX_CALLS = 100_000

export function createLedger(): Ledger {
  const calls: OpenCall[] = []
  const numbers = new Map<string, number>()
  return {
    calls,
    open(call) {
      const opened = { credential: null, counted: false, status: null, aborted: false, ...call }
      if (calls.length === MAX_CALLS) calls.shift()
      calls.push(opened)
      return opened
    },
    numberOf(credential) {
      const number = numbers.get(credential) ?? numbers.size + 1
      numbers.set(credential, number)
      return number
    },
    clear: () => void calls.splice(0),
    refusals: () => calls.filter(({ status }) => status === 429).length,
    worstWindow: (windowMs) => worstOf(calls, (instants) => worstSliding(instants, windowMs)),
    worstFixedWindow: (windowMs) => worstOf(calls, (instants) => worstFixed(instants, windowMs)),
  }
}

/** Each key has a limit of its own, so the worst key decides. */
function worstOf(calls: readonly RecordedCall[], measure: (instants: readonly number[]) => number): number {
  const counted = calls.filter((call) => call.counted)
  const credentials = [...new Set(counted.map(({ credential }) => credential))]
  return Math.max(
    0,
    ...credentials.map((credential) =>
      measure(counted.filter((call) => call.credential === credential).map(({ at }) => at)),
    ),
  )
}

/** Two calls exactly `windowMs` apart are in no common window, as in the limiter. */
function worstSliding(instants: readonly number[], windowMs: number): number {
  let first = 0
  let worst = 0
  instants.forEach((at, index) => {
    while ((instants[first] ?? at) <= at - windowMs) first += 1
    worst = Math.max(worst, index - first + 1)
  })
  return worst
}

function worstFixed(instants: readonly number[], windowMs: number): number {
  const counts = new Map<number, number>()
  for (const at of instants) {
    const index = Math.floor(at / windowMs)
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}
