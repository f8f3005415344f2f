// Finds the object or list of an endpoint in a body: under the name of the contract, or else if only one value can be meant.
import { isMembers, isSameId, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { carriedMembers } from '../aurora/members.ts'
import { isOfErrors } from './errors-alone.ts'

/** Null if there is none. Its shape is not checked here. */
export function unwrap(endpoint: Endpoint, askedId: string | undefined, body: unknown): unknown {
  const { wrapper, answers } = endpoint
  if (wrapper !== null && isMembers(body) && Object.hasOwn(body, wrapper)) return body[wrapper]
  if (wrapper === null) return isMembers(body) && isText(endpoint, body) ? null : body
  if (answers === 'list') return findList(body)
  return isMembers(body) ? findObject(endpoint, askedId, body) : null
}

/**
 * The body itself if it is a list, otherwise the only list in it. An empty list under an unknown name may be a list of
 * anything.
 */
function findList(body: unknown): readonly unknown[] | null {
  if (Array.isArray(body)) return body as readonly unknown[]
  const [only, ...others] = isMembers(body) ? listsIn(body) : []
  return only !== undefined && only.length > 0 && others.length === 0 ? only : null
}

/**
 * After a page with items, the only list of a body is the next page, under any name, unless a text for people is beside
 * it.
 */
export function hasOneEmptyList(body: Members): boolean {
  if (hasText(body)) return false
  const [only, ...others] = listsIn(body)
  return only?.length === 0 && others.length === 0
}

const hasText = (body: Members): boolean =>
  ['detail', 'message'].some((name) => typeof body[name] === 'string' && body[name] !== '')

const listsIn = (body: Members): readonly (readonly unknown[])[] =>
  valuesIn(body).filter((value) => Array.isArray(value))

/** Errors have ids in some interfaces. */
const valuesIn = (body: Members): readonly unknown[] =>
  Object.keys(body)
    .filter((name) => !isOfErrors(name))
    .map((name) => body[name])

function findObject(endpoint: Endpoint, askedId: string | undefined, body: Members): Members | null {
  const { mayBeBare, isWrapperGuessed } = endpoint
  const asked = askedId === undefined ? null : findAsked(endpoint, askedId, body)
  const found = asked ?? (isWrapperGuessed ? findOnly(endpoint, body) : null)
  return found ?? (mayBeBare && isPlausible(endpoint, body) ? body : null)
}

/** The object with the requested id: the body itself, or the only one in it. */
function findAsked({ idMember }: Endpoint, askedId: string, body: Members): Members | null {
  const isAsked = (object: Members): boolean =>
    idMember !== undefined && isSameId(readAuroraId(object[idMember]) ?? '', askedId)
  if (isAsked(body)) return body
  const [only, ...others] = valuesIn(body).filter(isMembers).filter(isAsked)
  return only !== undefined && others.length === 0 ? only : null
}

/**
 * The body itself if it has an id; else the only object in it, if that has an id or is the only member. Beside other
 * members, an object without an id may be a part of the body.
 */
function findOnly({ idMember }: Endpoint, body: Members): Members | null {
  const hasOwnId = (object: Members): boolean => idMember !== undefined && Object.hasOwn(object, idMember)
  if (hasOwnId(body)) return body
  const [only, ...others] = Object.values(body).filter(isMembers)
  if (only === undefined || others.length > 0) return null
  return hasOwnId(only) || Object.keys(body).length === 1 ? only : null
}

/**
 * A text for people, such as `{"message": "…"}`, would look like an object without values. For a write, such a text may
 * confirm it.
 */
const isPlausible = (endpoint: Endpoint, body: Members): boolean =>
  !isRead(endpoint) ||
  (endpoint.mayBeAbsent === true && Object.keys(body).length === 0) ||
  hasAnyOf(carriedMembers(endpoint.operation), body)

/**
 * The same if the body itself is the object. For some objects the contract names no member, and then any member may be
 * a part of it.
 */
function isText(endpoint: Endpoint, body: Members): boolean {
  const names = carriedMembers(endpoint.operation)
  return isRead(endpoint) && names.length > 0 && hasText(body) && !hasAnyOf(names, body)
}

const hasAnyOf = (names: readonly string[], body: Members): boolean =>
  names.some((name) => Object.hasOwn(body, name))
