// Requests with a file. They are larger than others, so few run at once, and a web page needs permission to send one.

import { isMultipart, isProven } from './cross-site.ts'
import * as refusals from './refusal.ts'

export interface Uploads {
  /** Returns a refusal, or how large the body may be. */
  reserve(headers: Headers): refusals.Refusal | BodyReservation
}

export interface BodyReservation {
  readonly maxBytes: number
  /** To be called once, when the request is answered. */
  release(): void
}

export interface UploadLimits {
  readonly bodyMaxBytes: number
  readonly uploadMaxBytes: number
  readonly maxUploads: number
}

export function createUploads({ bodyMaxBytes, uploadMaxBytes, maxUploads }: UploadLimits): Uploads {
  let underWay = 0
  return {
    reserve(headers) {
      if (!isMultipart(headers)) return { maxBytes: bodyMaxBytes, release: () => {} }
      // A web page may send multipart to any site without a preflight: it is a "simple" request to CORS.
      if (!isProven(headers)) return refusals.preflightMissing
      if (underWay >= maxUploads) return refusals.tooManyUploads
      underWay += 1
      return { maxBytes: uploadMaxBytes, release: () => void (underWay -= 1) }
    },
  }
}
