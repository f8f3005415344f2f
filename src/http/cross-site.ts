// Keeps foreign web pages from sending requests through a user's browser: they cannot send the headers demanded here.

import type { FieldReader } from '../callers/caller.ts'
import { isUtf8, mediaTypeOf, parameterOf } from './media-types.ts'
import type { Refusal } from './refusal.ts'
import { WRONG_FORM } from './wrong-form.ts'

/**
 * A page may send these to another site only after a preflight (CORS), so a request with one of them comes from no
 * foreign page. Credentials travel only in headers that the browser never adds by itself, so they prove the same. Other
 * GraphQL servers use the first two names as well.
 */
const PROOFS = [
  'graphql-require-preflight',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'authorization',
  'x-api-key',
] as const

export const isProven = (headers: FieldReader): boolean => PROOFS.some((name) => headers.has(name))

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql+json'])

/** A page may send them without a preflight, so they need a proof. Any other type would be refused without a word. */
const FURTHER_TYPES: ReadonlySet<string> = new Set([
  'application/graphql',
  'application/x-www-form-urlencoded',
])

/** Returns the refusal if an operation is sent in a wrong way, else null. The rest of the check of a multipart request is in bodies.ts. */
export function refuseForm(method: string, headers: FieldReader): Refusal | null {
  const given = headers.get('content-type')
  if (method !== 'POST') {
    // Browsers let pages set a content type on a GET, and unusual types have been used to attack servers.
    if (given !== null && !isJson(given)) return WRONG_FORM.typeNotServed
    return isProven(headers) ? null : WRONG_FORM.preflightMissing
  }
  // JSON is the only content type for an operation that makes the browser send a preflight.
  if (given !== null && JSON_TYPES.has(mediaTypeOf(given)))
    return isJson(given) ? null : WRONG_FORM.typeNotServed
  if (isMultipart(headers)) return null
  return isProven(headers) && FURTHER_TYPES.has(mediaTypeOf(given ?? '')) ? null : WRONG_FORM.typeNotServed
}

export const isMultipart = (headers: FieldReader): boolean =>
  mediaTypeOf(headers.get('content-type') ?? '') === 'multipart/form-data'

/** The content type in the one form that the next rooms compare with; null if there is none. */
export function plainType(headers: FieldReader): string | null {
  const given = headers.get('content-type')
  if (given === null) return null
  const type = mediaTypeOf(given)
  const parameters = given.indexOf(';')
  return isJson(given) || parameters === -1 ? type : `${type}${given.slice(parameters)}`
}

/** A body with another charset than UTF-8 would be decoded wrongly. */
const isJson = (given: string): boolean =>
  JSON_TYPES.has(mediaTypeOf(given)) && isUtf8(parameterOf(given, 'charset') ?? 'utf-8')
