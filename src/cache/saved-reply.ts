// An answer as it is stored outside of this process: plain JSON, dated by the wall clock, checked when it is read.
import * as z from 'zod'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { holdsSecrets } from '../aurora/kinds.ts'
import { isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Moment } from '../clock.ts'
import type { Follows, Ids, Question, Reply } from '../rest/call.ts'
import { SCOPE_KEY } from '../rest/scope.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { Above } from './parents.ts'

/** Raised with every change to the form below, or to how rest/ reads a body: an older text is then refused. */
export const SAVED_REPLY_VERSION = 8

export interface SavedReply {
  readonly version: typeof SAVED_REPLY_VERSION
  /** A hash: neither tenant nor credential can be read from it. */
  readonly scopeKey: ScopeKey
  readonly operation: ReadOperation
  readonly path: Ids
  readonly query: Ids
  /** What was known of the objects above the one that was read, for a process that has seen nothing of them. */
  readonly above: Above
  readonly status: number
  /** Null for a refusal, of which only the status is stored. */
  readonly value: Members | readonly Members[] | null
  readonly bytes: number
  /** What the answer says of the items behind a list. */
  readonly follows: Follows
  /** How many items it says that the list has. */
  readonly total: number | null
  /** Wall clock: monotonic times mean nothing to another process. */
  readonly answeredAtWallMs: number
  /**
   * The time from the beginning of the attempt to its answer: the answer to a call that was sent before Aurora was
   * settled may be from before an event.
   */
  readonly tookMs: number
}

export interface CallName extends Question {
  readonly scope: ScopeKey
  readonly above: Above
}

/** Whether answers of this operation may leave the process at all. */
export const maySave = ({ operation, kind }: Endpoint): boolean =>
  isReadOperation(operation) && !holdsSecrets(kind)

/** Everything but the body. */
export type SavedHead = Omit<SavedReply, 'value'>

/** Null for an answer that must not leave the process, and for every write. */
export function save(call: CallName, answer: Answer, now: Moment): SavedReply | null {
  const head = saveHead(call, answer, now)
  return head && { ...head, value: isReply(answer) ? answer.value : null }
}

/** The same without the body, for what keeps that apart. */
export function saveHead(
  { scope, endpoint, path, query, above }: CallName,
  answer: Answer,
  now: Moment,
): SavedHead | null {
  const { operation } = endpoint
  if (!isReadOperation(operation) || !maySave(endpoint)) return null
  return {
    version: SAVED_REPLY_VERSION,
    scopeKey: scope,
    operation,
    path,
    query,
    above,
    status: answer.status,
    bytes: isReply(answer) ? answer.bytes : 0,
    follows: isReply(answer) ? (answer.follows ?? null) : null,
    total: isReply(answer) ? (answer.total ?? null) : null,
    answeredAtWallMs: Math.round(now.wallMs - (now.monotonicMs - answer.answeredAtMs)),
    tookMs: tookMsOf(answer),
  }
}

const tookMsOf = ({ answeredAtMs, sentAtMs, tookMs = 0 }: Answer): number =>
  sentAtMs === undefined ? tookMs : Math.max(0, Math.ceil(answeredAtMs - sentAtMs))

/**
 * Null for a text that `save` did not make: a damaged one, one of another version, or one of an operation that no
 * longer exists.
 */
export function restore(
  saved: unknown,
  now: Moment,
): { readonly call: CallName; readonly answer: Answer } | null {
  const head = restoreHead(saved, now)
  const answer = head && head.toAnswer((saved as Pick<SavedReply, 'value'>).value)
  return head && answer && { call: head.call, answer }
}

export interface RestoredHead {
  readonly call: CallName
  /** Monotonic time. */
  readonly answeredAtMs: number
  /** With the body; null for one that does not have the shape of the operation. */
  toAnswer(value: unknown): Answer | null
}

/** The same as `restore`, before the body is known. */
export function restoreHead(saved: unknown, now: Moment): RestoredHead | null {
  const { success, data } = savedHeadSchema.safeParse(saved)
  if (!success || !isReadOperation(data.operation)) return null
  const endpoint: Endpoint = READS[data.operation]
  const { scopeKey, path, query, above, status, bytes, answeredAtWallMs, tookMs } = data
  const ageMs = decideAgeMs(answeredAtWallMs, now.wallMs)
  if (ageMs === null || !maySave(endpoint)) return null
  const answered = { status, answeredAtMs: now.monotonicMs - ageMs, tookMs }
  return {
    call: { scope: scopeKey as ScopeKey, endpoint, path, query, above },
    answeredAtMs: answered.answeredAtMs,
    toAnswer(value) {
      if (status < 200 || status > 299) return { retryAfterMs: null, ...answered }
      return isOfForm(endpoint, value) ? { value, bytes, ...answered, ...saidIn(data) } : null
    },
  }
}

const saidIn = ({
  follows,
  total,
}: Pick<SavedHead, 'follows' | 'total'>): Pick<Reply, 'follows' | 'total'> => ({
  ...(follows && { follows }),
  ...(total !== null && { total }),
})

/** Clocks of two machines with time synchronization differ by this much at most. */
const MAX_SKEW_MS = 60_000

/** The age of an answer from the future is unknown: a clock was set back. */
function decideAgeMs(answeredAtWallMs: number, wallMs: number): number | null {
  const ageMs = wallMs - answeredAtWallMs
  return ageMs < -MAX_SKEW_MS ? null : Math.max(0, ageMs)
}

const isMembersList = (value: unknown): value is readonly Members[] =>
  Array.isArray(value) && value.every(isMembers)

const isOfForm = ({ answers }: Endpoint, value: unknown): value is Members | readonly Members[] =>
  answers === 'list' ? isMembersList(value) : isMembers(value)

const IDS = z.array(z.string()).readonly().optional()

/** Bodies are checked by hand, because zod would copy every object of a body that may have megabytes. */
const savedHeadSchema = z.object({
  version: z.literal(SAVED_REPLY_VERSION),
  scopeKey: z.string().regex(SCOPE_KEY),
  operation: z.string(),
  path: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  above: z.object({ project_id: IDS, design_id: IDS }),
  status: z.int().min(100).max(599),
  bytes: z.int().nonnegative(),
  follows: z.enum(['more', 'none']).nullable(),
  total: z.int().positive().nullable(),
  answeredAtWallMs: z.int(),
  tookMs: z.int().nonnegative(),
})
