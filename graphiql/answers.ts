// The state of the page that comes from answers: what the last one has spent, and whether the gateway refuses the caller.
import { readSpent } from './spent.ts'
import type { Spent } from './spent.ts'

export interface Refused {
  /** 401: the key is missing or not known. 429: too many requests. */
  readonly status: number
  /** By the clock of this browser; null where the gateway names no time. */
  readonly untilMs: number | null
}

export interface Seen {
  /** null before the first answer. */
  readonly spent: Spent | null
  /** The name of the operation that has spent it. */
  readonly spentBy: string | null
  /** How many answers there were: what is cached may have changed with each. */
  readonly answered: number
  readonly refused: Refused | null
  /** Whether that is why there is no schema. */
  readonly isSchemaRefused: boolean
  /** How far the clock of the gateway is ahead of that of this browser. */
  readonly aheadMs: number
}

export interface Answers {
  get(): Seen
  subscribe(listener: () => void): () => void
  /** Receives the head of each response, also of those that the page does not show. */
  noteHead(response: Pick<Response, 'status' | 'headers'>, isOfSchema?: boolean): void
  /** Receives each answer to an operation that the user has run. */
  note(answer: unknown, operationName: string | null): void
}

/** Smaller differences are no proof: the field `Date` has whole seconds, and the answer takes some time to arrive. */
const MIN_AHEAD_MS = 2000

export function createAnswers(now: () => number = Date.now): Answers {
  let seen: Seen = {
    spent: null,
    spentBy: null,
    answered: 0,
    refused: null,
    isSchemaRefused: false,
    aheadMs: 0,
  }
  const listeners = new Set<() => void>()
  const change = (changed: Partial<Seen>): void => {
    seen = { ...seen, ...changed }
    for (const listener of listeners) listener()
  }
  return {
    get: () => seen,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    noteHead({ status, headers }, isOfSchema = false) {
      const aheadMs = readAhead(headers.get('date'), now())
      const isRefused = status === 401 || status === 429
      const untilMs = readUntil(headers.get('retry-after'), now())
      change({
        aheadMs,
        refused: isRefused ? { status, untilMs } : null,
        ...(isOfSchema && { isSchemaRefused: isRefused }),
      })
    },
    note: (answer, spentBy) => change({ spent: readSpent(answer), spentBy, answered: seen.answered + 1 }),
  }
}

function readAhead(date: string | null, nowMs: number): number {
  const aheadMs = date === null ? 0 : Date.parse(date) - nowMs
  return Math.abs(aheadMs) < MIN_AHEAD_MS || Number.isNaN(aheadMs) ? 0 : aheadMs
}

function readUntil(retryAfter: string | null, nowMs: number): number | null {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter)
  return Number.isFinite(seconds) ? nowMs + seconds * 1000 : null
}
