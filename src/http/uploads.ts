// Requests that bring a file: larger than others, so few at once, and never from a page that was not allowed to ask.

import { isMultipart, isProven } from './cross-site.ts'
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

export function createUploads({ bodyMaxBytes, uploadMaxBytes, maxUploads }: UploadLimits): Uploads {
  let underWay = 0
  return {
    admit(headers) {
      if (!isMultipart(headers)) return { maxBytes: bodyMaxBytes, leave: () => {} }
      // A page may send multipart to anybody without asking first: it is a "simple" request to CORS.
      if (!isProven(headers)) return refusals.preflightMissing
      if (underWay >= maxUploads) return refusals.tooManyUploads
      underWay += 1
      return { maxBytes: uploadMaxBytes, leave: () => void (underWay -= 1) }
    },
  }
}
