// From Aurora's JSON to the object or list that was asked for: wrapper off, ids checked, older names made current.
import type { Endpoint } from './endpoints.ts'
import { readOlderNames } from './older-names.ts'
import type { Members } from './call.ts'

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface ReadValue {
  readonly value: Members | readonly Members[]
  /** Items of a list that carried no id: nothing could refer to them. */
  readonly dropped: number
}

/** Null where the body is not of the shape that the endpoint answers. Unknown members pass untouched. */
export function readBody(endpoint: Endpoint, askedId: string | undefined, body: unknown): ReadValue | null {
  if (!isMembers(body)) return null
  const inner = Object.hasOwn(body, endpoint.wrapper) ? body[endpoint.wrapper] : endpoint.mayBeBare && body
  if (endpoint.answers === 'list') return readList(endpoint, inner)
  if (!isMembers(inner)) return null
  const object = readOlderNames(endpoint.kind, inner)
  return isTheOneAsked(endpoint, askedId, object) ? { value: object, dropped: 0 } : null
}

function readList(endpoint: Endpoint, inner: unknown): ReadValue | null {
  if (!Array.isArray(inner)) return null
  const items = inner.flatMap((item: unknown) => (hasId(item) ? [readOlderNames(endpoint.kind, item)] : []))
  return { value: items, dropped: inner.length - items.length }
}

const hasId = (item: unknown): item is Members =>
  isMembers(item) && typeof item['id'] === 'string' && item['id'] !== ''

/** An answer is matched by its own id, never by the place it came in. */
function isTheOneAsked(endpoint: Endpoint, askedId: string | undefined, object: Members): boolean {
  const id = endpoint.idMember === undefined ? undefined : object[endpoint.idMember]
  if (askedId === undefined || id === undefined) return true
  return typeof id === 'string' && id.toLowerCase() === askedId.toLowerCase()
}
