// Requests that bring a file: larger than others, so few at once, and never from a page that was not allowed to ask.

import * as refusals from './refusal.ts'

export interface Uploads {
  /** A refusal, or the bytes that the body may have and the way to say that it is done with. */
  admit(headers: Headers): refusals.Refusal | Admitted
}

export interface Admitted {
  readonly maxBytes: number
  leave(): void
}

export interface UploadLimits {
  readonly bodyMaxBytes: number
  readonly uploadMaxBytes: number
  readonly maxUploads: number
}

/**
 * A page may send multipart to anybody without asking first (it is a "simple" request to CORS); a header of its own
 * makes the browser ask, and pages of strangers are then turned away. The first name is the one of the community.
 */
const PREFLIGHT_HEADERS = ['graphql-require-preflight', 'apollo-require-preflight']

export function createUploads({ bodyMaxBytes, uploadMaxBytes, maxUploads }: UploadLimits): Uploads {
  let underWay = 0
  return {
    admit(headers) {
      if (!isMultipart(headers)) return { maxBytes: bodyMaxBytes, leave: () => {} }
      if (!PREFLIGHT_HEADERS.some((name) => headers.has(name))) return refusals.preflightMissing
      if (underWay >= maxUploads) return refusals.tooManyUploads
      underWay += 1
      return { maxBytes: uploadMaxBytes, leave: () => void (underWay -= 1) }
    },
  }
}

const isMultipart = (headers: Headers): boolean =>
  (headers.get('content-type') ?? '').trim().toLowerCase().startsWith('multipart/form-data')
