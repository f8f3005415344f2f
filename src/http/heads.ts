// What the headers of a request ask for, apart from its sender: worked out once for each combination of their values.

import { LRUCache } from 'lru-cache'
import type { FieldReader } from '../callers/caller.ts'
import { chooseEncoding } from './compress.ts'
import type { Encoding } from './compress.ts'
import { isMultipart, isProven, plainType, refuseForm } from './cross-site.ts'
import { CONDITIONS } from './directives.ts'
import { chooseAnswer, prefersPage } from './media-types.ts'
import type { Accepted } from './media-types.ts'
import type { Refusal } from './refusal.ts'

export interface Head {
  /** Names the combination within this process; no other combination ever gets it. */
  readonly id: number
  readonly method: string
  /** The refusal if an operation is sent in a wrong way; null if it is right. */
  readonly misformed: Refusal | null
  readonly accepted: Accepted
  /** The media type of the body in its plain form; null if it has none. */
  readonly bodyType: string | null
  readonly isPageWanted: boolean
  readonly isMultipart: boolean
  /** Null if the client accepts none. */
  readonly encoding: Encoding | null
  /** Whether the next request with the same combination gets this head again. */
  readonly isKept: boolean
}

export interface Heads {
  of(method: string, fields: FieldReader): Head
  /** To be called once the caller is identified: requests of unknown senders must not displace the heads of callers. */
  keep(head: Head): void
}

interface Named extends Head {
  readonly name: string
  isKept: boolean
}

/** Everything that an answer may depend on, besides the target, the body and the caller. */
const FIELDS = [
  'accept',
  'accept-encoding',
  'cache-control',
  // May name further fields that do not concern the gateway (RFC 9110, 7.6.1).
  'connection',
  'content-type',
  'origin',
  'prefer',
] as const

/** Apps, browsers and proxies send a few dozen different ones. */
const MAX_HEADS = 500
/** Usual clients send shorter combinations; a longer one is worked out each time. */
const MAX_CHARS = 2048
/** No field contains these characters (RFC 9110, 5.5). */
const SEPARATOR = '\n'
const ABSENT = '\0'

export function createHeads(): Heads {
  const heads = new LRUCache<string, Named>({
    max: MAX_HEADS,
    dispose: (head) => void (head.isKept = false),
  })
  let last = 0
  return {
    of(method, fields) {
      const name = nameOf(method, fields)
      const known = heads.get(name)
      if (known) return known
      const accept = fields.get('accept')
      const accepted = chooseAnswer(accept)
      const head: Named = {
        name,
        id: (last += 1),
        method,
        misformed: refuseForm(method, fields),
        accepted,
        bodyType: plainType(fields),
        isPageWanted: prefersPage(accept),
        isMultipart: isMultipart(fields),
        // No compression for a stream: a client that decompresses one gets its events late.
        encoding: accepted.json === null ? null : chooseEncoding(fields.get('accept-encoding')),
        isKept: false,
      }
      return head
    },
    keep(head) {
      const named = head as Named
      if (named.isKept || named.name.length > MAX_CHARS) return
      named.isKept = true
      heads.set(named.name, named)
    },
  }
}

function nameOf(method: string, fields: FieldReader): string {
  let name = method
  for (const field of FIELDS) name += SEPARATOR + (fields.get(field) ?? ABSENT)
  // For a condition it only matters that it is there; its tag is compared with each answer.
  const hasCondition = CONDITIONS.some((condition) => fields.has(condition))
  return `${name}${SEPARATOR}${isProven(fields)} ${hasCondition}`
}
