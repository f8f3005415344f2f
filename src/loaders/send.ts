// Sends the reads of one request: an answer that is in memory is returned at once, any other is a promise.
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isRateLimited } from '../errors/errors.ts'
import { countRefused } from '../rest/accounting.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer, AnswerAtOnce, AnswerById } from '../rest/answer.ts'
import { statusOf } from '../rest/attempt-error.ts'
import { createKeys } from '../rest/call.ts'
import type { Call, Ids, Reply, Upstream } from '../rest/call.ts'
import { assertUsableId } from '../rest/ids.ts'
import { toRefusalError } from '../rest/refusal-error.ts'
import type { Terms } from '../rest/terms.ts'
import { pathOf } from './path-of.ts'

interface SendCalls {
  /** Null if the object is absent and the endpoint allows that. Rejects with a GatewayError. */
  object(endpoint: Endpoint, path: Ids, query?: Ids): Soon<Members | null>
  /** The same if it is in memory, with a cached refusal as a rejection; undefined if it would need a promise. */
  objectAtOnce(endpoint: Endpoint, key: string): Soon<Members | null> | undefined
  /** `pageBefore`: as in a `Call`. */
  list(endpoint: Endpoint, path: Ids, query?: Ids, pageBefore?: Call['pageBefore']): Soon<readonly Members[]>
}

interface SendByKeys {
  /**
   * The same by the key of the object, or of the list's parent: if the answer is in memory, no `Call` object is made.
   */
  objectAt(endpoint: Endpoint, key: string): Soon<Members | null>
  listAt(
    endpoint: Endpoint,
    key: string,
    query?: Ids,
    pageBefore?: Call['pageBefore'],
  ): Soon<readonly Members[]>
}

export type Send = SendCalls & SendByKeys

export interface SendOptions {
  readonly upstream: Upstream
  /** Left out if every answer is a promise, as in a dry run. */
  readonly answerAtOnce?: AnswerAtOnce | undefined
}

const NO_QUERY: Ids = {}

export function createSend(terms: Terms, { upstream, answerAtOnce }: SendOptions): Send {
  const keyOf = createKeys(terms.scope.key)

  function toCall(endpoint: Endpoint, path: Ids, query: Ids): Call {
    for (const name in path) assertUsableId(path[name] ?? '')
    return { endpoint, path, query, key: keyOf({ endpoint, path, query }), terms }
  }

  function noteFailure(error: unknown): never {
    if (isRateLimited(error)) countRefused(terms.tally)
    throw error
  }

  const sendForObject = (call: Call): Promise<Members | null> =>
    upstream(call).then(objectOf, (error: unknown) =>
      isOrdinary(call.endpoint, statusOf(error)) ? null : noteFailure(error),
    )

  const lookAt = createLookAt(terms, answerAtOnce)
  const byCall: SendCalls = {
    object(endpoint, path, query = NO_QUERY) {
      try {
        const call = toCall(endpoint, path, query)
        const known = answerAtOnce?.(call)
        return known ? toObject(endpoint, known) : sendForObject(call)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    objectAtOnce(endpoint, key) {
      try {
        const known =
          lookAt(endpoint, key, NO_QUERY) ?? answerAtOnce?.(toCall(endpoint, pathOf(endpoint, key), NO_QUERY))
        return known ? toObject(endpoint, known) : undefined
      } catch (error) {
        return Promise.reject(error)
      }
    },
    list(endpoint, path, query = NO_QUERY, pageBefore) {
      try {
        const asked = toCall(endpoint, path, query)
        const call = pageBefore ? { pageBefore, ...asked } : asked
        const known = answerAtOnce?.(call)
        return known ? toItems(endpoint, known) : upstream(call).then(itemsOf, noteFailure)
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
  const { object, objectAtOnce, list } = byCall
  const { objectAt, listAt } = createByKeys(byCall, lookAt)
  return { object, objectAtOnce, list, objectAt, listAt }
}

/** Ids of answers in memory were checked at their first request. */
function createLookAt(terms: Terms, answerAtOnce: AnswerAtOnce | undefined) {
  if (!answerAtOnce) return (): Answer | null => null
  const readers = new Map<Endpoint, { readonly query: Ids; readonly find: AnswerById }>()
  return (endpoint: Endpoint, id: string, query: Ids): Answer | null => {
    let reader = readers.get(endpoint)
    if (reader?.query !== query)
      readers.set(endpoint, (reader = { query, find: answerAtOnce.byId(terms, endpoint, query) }))
    return reader.find(id)
  }
}

const createByKeys = ({ object, list }: SendCalls, lookAt: ReturnType<typeof createLookAt>): SendByKeys => ({
  objectAt(endpoint, key) {
    const known = lookAt(endpoint, key, NO_QUERY)
    return known ? toObject(endpoint, known) : object(endpoint, pathOf(endpoint, key))
  },
  listAt(endpoint, key, query = NO_QUERY, pageBefore) {
    const known = lookAt(endpoint, key, query)
    return known ? toItems(endpoint, known) : list(endpoint, pathOf(endpoint, key), query, pageBefore)
  },
})

const objectOf = ({ value }: Reply): Members | null => value as Members | null

const isOrdinary = ({ mayBeAbsent }: Endpoint, status: number | null): boolean =>
  mayBeAbsent === true && status === 404

function toObject(endpoint: Endpoint, known: Answer): Soon<Members | null> {
  if (isReply(known)) return known.value as Members | null
  return isOrdinary(endpoint, known.status) ? null : Promise.reject(toRefusalError(endpoint, known))
}

const toItems = (endpoint: Endpoint, known: Answer): Soon<readonly Members[]> =>
  isReply(known) ? itemsOf(known) : Promise.reject(toRefusalError(endpoint, known))
