// Reads Aurora's JSON as the object or list of the endpoint: removes the wrapper, checks ids, renames older members.
import { isMembers, isSameId, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { assertModestList } from './assert-modest.ts'
import { containsErrorsAlone } from './errors-alone.ts'
import type { Follows } from './call.ts'
import { readOlderNames } from './older-names.ts'
import { unwrap } from './unwrap.ts'

export interface ReadValue {
  /** Null if there is no object, or if the answer to a write is empty. */
  readonly value: Members | readonly Members[] | null
  /** How many items of a list have no id, so that they cannot be referred to: each keeps its place, without members. */
  readonly unreadable: number
  /** What the body of a list says of the items behind it. */
  readonly follows?: Follows
  /** What it says of the number of all items; null if nothing. */
  readonly total?: number | null
}

/**
 * Null if the body does not have the shape of the endpoint. Unknown members stay unchanged. Throws a ReplyTooWideError
 * for a list that is too long.
 */
export function readBody(endpoint: Endpoint, askedId: string | undefined, body: unknown): ReadValue | null {
  // For a write this was checked before, because it decides the outcome.
  if (isRead(endpoint) && containsErrorsAlone(body)) return null
  if (isSilent(endpoint, body)) return NONE
  const inner = unwrap(endpoint, askedId, body)
  if (endpoint.answers === 'list') return readList(endpoint, inner)
  if (!isMembers(inner) || isHollow(endpoint, inner)) return null
  const object = readOlderNames(endpoint.kind, inner)
  return isTheOneAsked(endpoint, askedId, object) ? { value: object, unreadable: 0 } : null
}

const NONE: ReadValue = { value: null, unreadable: 0 }

/** A write may be acknowledged with an empty object, or with null if the object may be absent. */
function isSilent(endpoint: Endpoint, body: unknown): boolean {
  const { wrapper, mayBeAbsent } = endpoint
  if (wrapper === null || !isMembers(body)) return false
  return isRead(endpoint) ? mayBeAbsent === true && body[wrapper] === null : isEmpty(body)
}

const isEmpty = (object: Members): boolean => Object.keys(object).length === 0

/** An empty object without the id that it should have would look like an object without values. */
const isHollow = ({ idMember }: Endpoint, object: Members): boolean =>
  idMember !== undefined && isEmpty(object)

function readList(endpoint: Endpoint, inner: unknown): ReadValue | null {
  if (!Array.isArray(inner)) return null
  assertModestList(inner)
  const items = inner.map((item: unknown) =>
    isItem(endpoint, item) ? readOlderNames(endpoint.kind, item) : NOTHING,
  )
  const unreadable = items.filter((item) => item === NOTHING).length
  // A list in which no item has an id is not the list of the endpoint.
  return unreadable > 0 && unreadable === items.length ? null : { value: items, unreadable }
}

/** An item without an id keeps its place, because a page that became shorter would look like the last one. */
const NOTHING: Members = Object.freeze({})

/** If items have an id by the contract, an item without one is useless, because it cannot be referred to. */
const isItem = ({ idMember }: Endpoint, item: unknown): item is Members =>
  isMembers(item) && (idMember === undefined || readAuroraId(item[idMember]) !== null)

/** An answer is matched by its own id, never by its place. */
function isTheOneAsked(endpoint: Endpoint, askedId: string | undefined, object: Members): boolean {
  const id = endpoint.idMember === undefined ? undefined : object[endpoint.idMember]
  if (askedId === undefined || id === undefined) return true
  return isSameId(readAuroraId(id) ?? '', askedId)
}
