// Keeps pages of strangers from asking through the browser of somebody who may: they can't send what is demanded here.

import * as refusals from './refusal.ts'

/**
 * A page may send these to another site only after the browser has asked that site (CORS): whoever brings one is no page
 * of a stranger. Credentials are sent in headers alone and never by the browser itself, so they count too. The first
 * two names are those of the community.
 */
const PROOFS = [
  'graphql-require-preflight',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'authorization',
  'x-api-key',
] as const

export const isProven = (headers: Headers): boolean => PROOFS.some((name) => headers.has(name))

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql+json'])

/** What is wrong with the way in which an operation is sent; null: nothing. Multipart has rules of its own: uploads.ts. */
export function refuseForm(method: string, headers: Headers): refusals.Refusal | null {
  const given = headers.get('content-type')
  if (method !== 'POST') {
    // Browsers let pages name a type with a GET, and servers were fooled by the stranger ones.
    if (given !== null && !isJson(given)) return refusals.typeNotServed
    return isProven(headers) ? null : refusals.preflightMissing
  }
  // A page needs the permission of a preflight for JSON, and for nothing else that could hold an operation.
  if (given !== null && JSON_TYPES.has(mediaTypeOf(given)))
    return isJson(given) ? null : refusals.typeNotServed
  return isProven(headers) || isMultipart(headers) ? null : refusals.typeNotServed
}

export const isMultipart = (headers: Headers): boolean =>
  mediaTypeOf(headers.get('content-type') ?? '') === 'multipart/form-data'

/** JSON is UTF-8 (RFC 8259, 8.1); a body that says otherwise would be read as something that it is not. */
function isJson(given: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(given)?.[1]
  return JSON_TYPES.has(mediaTypeOf(given)) && (charset === undefined || charset.toLowerCase() === 'utf-8')
}

const mediaTypeOf = (given: string): string => (given.split(';', 1)[0] ?? '').trim().toLowerCase()
