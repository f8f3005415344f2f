// Room for the bodies of requests. Those with a file are larger, so few run at once, and a web page needs permission for one.

import type { FieldReader } from '../callers/caller.ts'
import { isMultipart, isProven } from './cross-site.ts'
import type { HttpLimits } from './limits.ts'
import * as refusals from './refusal.ts'

export interface Bodies {
  /** A body up to this size takes no room. */
  readonly freeBytes: number
  /** Returns a refusal, or how large the body may be. */
  reserve(headers: FieldReader, caller: string): refusals.Refusal | BodyReservation
}

export interface BodyReservation {
  readonly maxBytes: number
  /** Called with the bytes that have come so far; returns whose bound is reached where there is no room for them. */
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

export function createBodies(limits: BodyLimits): Bodies {
  let uploads = 0
  let inAll = 0
  const ofCallers = new Map<string, number>()

  const reserveUpload = (headers: FieldReader): refusals.Refusal | BodyReservation => {
    // A web page may send multipart to any site without a preflight: it is a "simple" request to CORS.
    if (!isProven(headers)) return refusals.preflightMissing
    if (uploads >= limits.maxUploads) return refusals.tooManyUploads
    uploads += 1
    return { maxBytes: limits.uploadMaxBytes, grow: () => null, release: () => void (uploads -= 1) }
  }
  const count = (caller: string, bytes: number): void => {
    inAll += bytes
    const ofCaller = (ofCallers.get(caller) ?? 0) + bytes
    if (ofCaller > 0) ofCallers.set(caller, ofCaller)
    else ofCallers.delete(caller)
  }
  return {
    freeBytes: Math.min(limits.freeBodyBytes, limits.bodyMaxBytes),
    reserve(headers, caller) {
      if (isMultipart(headers)) return reserveUpload(headers)
      let counted = 0
      return {
        maxBytes: limits.bodyMaxBytes,
        grow(bytes) {
          const more = Math.max(0, bytes - limits.freeBodyBytes) - counted
          if (more <= 0) return null
          if ((ofCallers.get(caller) ?? 0) + more > limits.bodiesMaxBytesOfCaller) return 'caller'
          if (inAll + more > limits.bodiesMaxBytes) return 'all'
          count(caller, more)
          counted += more
          return null
        },
        release() {
          count(caller, -counted)
          counted = 0
        },
      }
    },
  }
}
