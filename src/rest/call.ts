// The types that all layers of the line share: a call, its reply, and the function between them.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isSafeId } from './ids.ts'
import type { ScopeKey } from './scope.ts'
import type { Terms } from './terms.ts'
import type { Wait } from './wait.ts'

export type Ids = Readonly<Record<string, string>>

/** The question of a call: enough to name it and its reply. */
export interface Question {
  readonly endpoint: Endpoint
  /** Values of the route's parameters, checked. */
  readonly path: Ids
  readonly query: Ids
}

/** A question with its key, which identifies it in caches, flights and queues. */
export interface NamedQuestion extends Question {
  readonly key: string
}

/** Made by `createCall`, so that its key is made once. */
export interface Call extends NamedQuestion {
  /** What all calls of the request share. */
  readonly terms: Terms
  /** For writes only; without one, an empty object is sent. */
  readonly body?: CallBody | undefined
  /** How long the call may wait, if several callers wait for it; without one, until the terms' `waitUntilMs`. */
  readonly wait?: Wait | undefined
  /** For a further page of a list: what the page before it suggests. Left out: unknown. */
  readonly pageBefore?: (() => PageBefore) | undefined
}

/**
 * How long a page is. `full`: as one that was certainly full, or nothing is known. `usual`: shorter, and of a length at which servers cut
 * pages, or nearly. `short`: nothing suggests a page behind it, or its answer says that nothing follows. `followed`: its answer says that more items follow, whatever its length.
 */
export type PageBefore = 'followed' | 'full' | 'usual' | 'short'

/** What an answer says of the items behind its page; null: nothing. */
export type Follows = 'more' | 'none' | null

/** What a write sends; the name of a file is sent beside its bytes. */
export type CallBody = { readonly json: Members } | { readonly file: Upload }

/** A file to be stored, sent as its raw bytes. */
export interface Upload {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A whole answer of Aurora with a status that is a success. */
export interface Reply {
  readonly status: number
  /**
   * Without its wrapper, in current names: an object, or the items of a list. An item without an id keeps its place,
   * without members. Null if the answer to a write was empty.
   */
  readonly value: Members | readonly Members[] | null
  /** The size of the JSON text, after decompression. */
  readonly bytes: number
  /** Monotonic time. */
  readonly answeredAtMs: number
  /** Monotonic time before the attempt began; absent if another process has made it. */
  readonly sentAtMs?: number
  /** How long the attempt took, if another process has made it. */
  readonly tookMs?: number
  /** What the answer to a list says of the items behind it, in a header or beside the list. */
  readonly follows?: Follows
  /** How many items the answer to a list says that the whole list has; null if it says nothing that can be counted with. */
  readonly total?: number | null
  /** It has the same bytes, and the same objects, as the last answer to this call. */
  readonly isAgain?: boolean
}

/**
 * One call in, one reply out. Every failure rejects, in one of three ways: an AttemptError, which came from Aurora or the
 * way to it; a GatewayError of a layer that made no attempt, such as RATE_LIMITED; or the reason of the call's signal, which
 * is in a LeftUnsent between the budget and an attempt that sent nothing.
 */
export type Upstream = (call: Call) => Promise<Reply>

/** Wraps an Upstream: adds one concern to the line. */
export type Layer = (next: Upstream) => Upstream

export function createCall(terms: Terms, { endpoint, path, query }: Question, body?: CallBody): Call {
  const key = callKey(terms.scope.key, { endpoint, path, query })
  return body ? { endpoint, path, query, key, terms, body } : { endpoint, path, query, key, terms }
}

/** The same call on other terms, such as those of a refresh that no client waits for. */
export function withTerms(call: Call, terms: Partial<Terms>, wait: Wait | undefined = call.wait): Call {
  const { endpoint, path, query, key, body, pageBefore } = call
  return { endpoint, path, query, key, terms: changed(call.terms, terms), body, wait, pageBefore }
}

/**
 * Each call to Aurora needs such a copy. It is made member by member, because a spread takes ten times as long, and
 * reads the signal.
 */
const changed = (terms: Terms, to: Partial<Terms>): Terms => ({
  scope: to.scope ?? terms.scope,
  caller: to.caller ?? terms.caller,
  callClass: to.callClass ?? terms.callClass,
  signal: to.signal ?? terms.signal,
  begunAtMs: to.begunAtMs ?? terms.begunAtMs,
  deadlineAtMs: to.deadlineAtMs ?? terms.deadlineAtMs,
  waitUntilMs: to.waitUntilMs ?? terms.waitUntilMs,
  freshness: to.freshness ?? terms.freshness,
  afterwards: to.afterwards ?? terms.afterwards,
  admitCalls: to.admitCalls ?? terms.admitCalls,
  tally: to.tally ?? terms.tally,
  record: to.record ?? terms.record,
  onStale: to.onStale ?? terms.onStale,
  onUsed: to.onUsed ?? terms.onUsed,
})

/**
 * The one place where keys of calls are made: the scope first, then the question. It is the JSON of an array, which is
 * unambiguous whatever its parts contain: `["a:b","c"]` differs from `["a","b:c"]`. Replicas and cache files hold such keys.
 */
export const callKey = (scope: ScopeKey, { endpoint, path, query }: Question): string =>
  `[${JSON.stringify(scope)},"${endpoint.operation}",${toJson(path)},${toJson(query)}]`

/** The same for the calls of one request: the part that the keys of an endpoint share is written once. */
export function createKeys(scope: ScopeKey): (question: Question) => string {
  const openings = new Map<Endpoint, string>()
  const endings = new Map<Ids, string>()

  function openingOf(endpoint: Endpoint, name: string): string {
    const opening = `[${JSON.stringify(scope)},"${endpoint.operation}",[[${JSON.stringify(name)},"`
    openings.set(endpoint, opening)
    return opening
  }

  function endingOf(query: Ids): string {
    const ending = `"]],${toJson(query)}]`
    endings.set(query, ending)
    return ending
  }

  return (question) => {
    const { endpoint, path, query } = question
    const { parameters } = endpoint
    const name = parameters.length === 1 ? parameters[0] : undefined
    const id = name === undefined ? undefined : path[name]
    // A safe id contains no sign that JSON escapes.
    if (name === undefined || id === undefined || !isSafeId(id) || !isAlone(name, path))
      return callKey(scope, question)
    const opening = openings.get(endpoint) ?? openingOf(endpoint, name)
    return opening + id + (endings.get(query) ?? endingOf(query))
  }
}

function isAlone(name: string, path: Ids): boolean {
  for (const each in path) if (each !== name) return false
  return true
}

/**
 * The names and values in the order of the names, as JSON.stringify writes them. It is written by hand, because every
 * read needs a key, even one that the cache answers, and sorting and writing nested arrays takes five times as long.
 */
function toJson(parts: Ids): string {
  const names = Object.keys(parts)
  if (names.length > 1) names.sort()
  let text = ''
  for (const name of names)
    text += `${text === '' ? '' : ','}[${JSON.stringify(name)},${JSON.stringify(parts[name])}]`
  return `[${text}]`
}
