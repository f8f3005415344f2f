// Limits the memory for the bodies of requests. Requests with a file are larger, so few run at once, and a web page needs permission for one.

import type { FieldReader } from '../callers/caller.ts'
import { createShares } from '../turns/shares.ts'
import type { Party } from '../turns/shares.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import { isMultipart, isProven } from './cross-site.ts'
import type { HttpLimits } from './limits.ts'
import { tooManyUploads } from './overload.ts'
import type { Refusal } from './refusal.ts'
import { WRONG_FORM } from './wrong-form.ts'

export interface Bodies {
  /** A body up to this size takes no room. */
  readonly freeBytes: number
  /** Returns a refusal, or how large the body may be. */
  reserve(headers: FieldReader, party: Party): Refusal | BodyReservation
}

export interface BodyReservation {
  readonly maxBytes: number
  /** Called with the bytes that have come so far. If there is no room for them, returns whose limit is reached. */
  grow(bytes: number): 'caller' | 'all' | null
  /** To be called once, when the request is answered. */
  release(): void
}

export type BodyLimits = Pick<
  HttpLimits,
  | 'bodyMaxBytes'
  | 'uploadMaxBytes'
  | 'maxUploads'
  | 'bodiesMaxBytes'
  | 'bodiesMaxBytesOfCaller'
  | 'freeBodyBytes'
>

export interface BodiesOptions {
  readonly seen: TenantsSeen
  readonly limits: BodyLimits
}

export function createBodies({ seen, limits }: BodiesOptions): Bodies {
  const uploads = createShares({ seen, max: limits.maxUploads })
  const bytes = createShares({
    seen,
    max: limits.bodiesMaxBytes,
    maxOfCaller: limits.bodiesMaxBytesOfCaller,
  })

  const reserveUpload = (headers: FieldReader, party: Party): Refusal | BodyReservation => {
    // A web page may send multipart to any site without a preflight: it is a "simple" request to CORS.
    if (!isProven(headers)) return WRONG_FORM.preflightMissing
    if (uploads.findFull(party, 1)) return tooManyUploads
    uploads.change(party, 1)
    return {
      maxBytes: limits.uploadMaxBytes,
      grow: () => null,
      release: () => uploads.change(party, -1),
    }
  }
  return {
    freeBytes: Math.min(limits.freeBodyBytes, limits.bodyMaxBytes),
    reserve(headers, party) {
      if (isMultipart(headers)) return reserveUpload(headers, party)
      let counted = 0
      return {
        maxBytes: limits.bodyMaxBytes,
        grow(come) {
          const more = Math.max(0, come - limits.freeBodyBytes) - counted
          if (more <= 0) return null
          const full = bytes.findFull(party, more)
          if (full) return full
          bytes.change(party, more)
          counted += more
          return null
        },
        release() {
          bytes.change(party, -counted)
          counted = 0
        },
      }
    },
  }
}
