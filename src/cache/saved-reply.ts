// An answer as it is kept outside of this process: plain JSON, aged by the wall clock, checked when it comes back.
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Call, Members, Reply, ScopeKey } from '../rest/call.ts'
import type { Endpoint, Kind } from '../rest/endpoint.ts'
import { ENDPOINTS } from '../rest/endpoints.ts'

/** Grows with every change to the form below, or to what rest/ makes of a body: an older text is then not understood. */
export const SAVED_REPLY_VERSION = 1

export interface SavedReply {
  readonly version: typeof SAVED_REPLY_VERSION
  /** A hash: neither tenant nor credential can be read from it. */
  readonly scopeKey: ScopeKey
  readonly operation: keyof typeof ENDPOINTS
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly status: number
  /** Null for a refusal, of which the status alone is kept. */
  readonly value: Members | readonly Members[] | null
  readonly bytes: number
  /** Wall clock: monotonic times mean nothing to another process. */
  readonly answeredAtWallMs: number
}

/** What is needed of a call to name it. */
export type CallName = Pick<Call, 'endpoint' | 'path' | 'query'> & {
  readonly scope: Pick<Call['scope'], 'key'>
}

/** One moment on both clocks. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

export const momentOf = (clock: Clock): Moment => ({
  monotonicMs: clock.monotonicMs(),
  wallMs: clock.wallMs(),
})

/** Bodies that hold a secret of the tenant's: the header of a webhook, the secret of a single sign-on. */
const SECRET_KINDS: ReadonlySet<Kind> = new Set<Kind>(['webhook', 'ssoProvider'])

/** Whether answers to this may leave the process at all. */
export const maySave = ({ operation, kind }: Endpoint): boolean =>
  isReadOperation(operation) && !SECRET_KINDS.has(kind)

/** Null for what must not leave the process. Reads only. */
export function save(
  { scope, endpoint, path, query }: CallName,
  reply: Reply,
  now: Moment,
): SavedReply | null {
  const { operation, kind } = endpoint
  if (!isReadOperation(operation) || SECRET_KINDS.has(kind)) return null
  return {
    version: SAVED_REPLY_VERSION,
    scopeKey: scope.key,
    operation,
    path,
    query,
    status: reply.status,
    value: reply.isSuccess ? reply.value : null,
    bytes: reply.isSuccess ? reply.bytes : 0,
    answeredAtWallMs: Math.round(now.wallMs - (now.monotonicMs - reply.answeredAtMs)),
  }
}

/** Null for whatever is not exactly what `save` makes: damaged, of another version, or of an operation that is no more. */
export function restore(
  saved: unknown,
  now: Moment,
): { readonly call: CallName; readonly reply: Reply } | null {
  const { success, data } = savedReplySchema.safeParse(saved)
  if (!success || !isReadOperation(data.operation)) return null
  const endpoint: Endpoint = ENDPOINTS[data.operation]
  const { scopeKey, path, query, status, value, bytes, answeredAtWallMs } = data
  const ageMs = decideAgeMs(answeredAtWallMs, now.wallMs)
  if (ageMs === null || SECRET_KINDS.has(endpoint.kind)) return null
  const call: CallName = { scope: { key: scopeKey as ScopeKey }, endpoint, path, query }
  const answered = { status, answeredAtMs: now.monotonicMs - ageMs }
  if (status < 200 || status > 299)
    return { call, reply: { isSuccess: false, messages: [], retryAfter: null, ...answered } }
  if (!isOfForm(endpoint, value)) return null
  return { call, reply: { isSuccess: true, value, bytes, ...answered } }
}

/** Clocks of two machines differ by this much at most where anybody looks after them. */
const MAX_SKEW_MS = 60_000

/** Of what was answered in the future nobody knows the age: a clock was set back. */
function decideAgeMs(answeredAtWallMs: number, wallMs: number): number | null {
  const ageMs = wallMs - answeredAtWallMs
  return ageMs < -MAX_SKEW_MS ? null : Math.max(0, ageMs)
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isMembersList = (value: unknown): value is readonly Members[] =>
  Array.isArray(value) && value.every(isMembers)

const isOfForm = ({ answers }: Endpoint, value: unknown): value is Members | readonly Members[] =>
  answers === 'list' ? isMembersList(value) : isMembers(value)

const isReadOperation = (operation: string): operation is keyof typeof ENDPOINTS =>
  Object.hasOwn(ENDPOINTS, operation)

/** Bodies are looked at by hand: zod would copy every object of what may be megabytes. */
const savedReplySchema = z.object({
  version: z.literal(SAVED_REPLY_VERSION),
  scopeKey: z.string().regex(/^[0-9a-f]{32}$/),
  operation: z.string(),
  path: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  status: z.int().min(100).max(599),
  value: z.unknown(),
  bytes: z.int().nonnegative(),
  answeredAtWallMs: z.int(),
})
