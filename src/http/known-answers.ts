// Answers that were given before, found by everything that they depend on: an equal request gets the same bytes.

import { createFairRoom } from '../answers/fair-room.ts'
import type { Caller, FieldReader } from '../callers/caller.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Head } from './heads.ts'
import type { HttpLimits } from './limits.ts'

/** An answer that the gateway gives again without executing anything. */
export interface Repeat {
  /** The media type of the whole answer; a 304 has none. */
  readonly contentType: string
  /** How many bytes of text it has; null if the answer is no longer good. Counts nothing. */
  peek(): number | null
  /**
   * Null if the answer is no longer good. Counts what the repeat saves, in the record of the request and in the totals.
   */
  give(repeating: Repeating): Repeated | null
  /** To be called when `bytes` more are kept for the answer: `text` in an encoding. */
  onKept(bytes: number): void
}

/** The request that gets the answer again. */
export interface Repeating {
  readonly method: string
  readonly headers: Pick<FieldReader, 'get'>
  readonly caller: Caller
  readonly record: RequestRecord
}

export interface Repeated {
  /** 304 if the client has the same data already. */
  readonly status: 200 | 304
  /** The body, up to the end of its data: the same bytes each time. */
  readonly text: Buffer
  /** What follows `text`. */
  readonly rest: Buffer
  /** The tag of the answer as it is before compression; that of the client's copy with 304. */
  readonly tag: string
  /** The names and values of the other header fields that differ from repeat to repeat. */
  readonly fields: readonly string[]
}

export interface KnownAnswer {
  readonly repeat: Repeat
  /** The names and values of the header fields that are the same in each repeat. */
  readonly fields: readonly string[]
  /** The same for an answer without a body. */
  readonly fieldsWithoutBody: readonly string[]
  /** Whether its body was given before in the encoding of the request, so that nothing has to be compressed. */
  isFormed: boolean
}

/** A request that can be given its answer again. */
export interface Noted {
  readonly key: string
  readonly caller: Pick<CheckedCaller, 'holder' | 'scope'>
  readonly repeat: Repeat
}

export interface KnownAnswers {
  /** Null if the request is not known, or its answer is no longer good. */
  give(key: string, repeating: Repeating): { readonly known: KnownAnswer; readonly repeated: Repeated } | null
  /**
   * `answered` is the first answer, as the client got it. Nothing is kept under a key that is too long. The memory
   * counts as the caller's.
   */
  keep(noted: Noted, answered: First): void
  forget(key: string): void
  /** Whether `give` would give the answer, without having to compress anything, and with no more bytes of text. */
  isReady(key: string, maxBytes: number): boolean
}

/** The first answer: without the header fields of one connection. */
interface First {
  readonly status: number
  readonly headers: Iterable<readonly [string, string]>
}

/** The fields of `Repeated`, and those of the body. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'age',
  'aurora-upstream',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'etag',
  'ratelimit',
  'ratelimit-policy',
])

/** The names and values of the fields, the last end of the answer, the entry and its links: as measured. */
const ENTRY_BYTES = 2700

/**
 * V8 hashes a longer string by its length alone (above 16,383 characters), so long keys of one length would collide, and each
 * look-up would compare it with all others.
 */
const MAX_KEY_LENGTH = 16_000

export function createKnownAnswers({ knownMaxBytes }: Pick<HttpLimits, 'knownMaxBytes'>): KnownAnswers {
  const known = createFairRoom<KnownAnswer>({ maxBytes: knownMaxBytes })
  return {
    give(key, repeating) {
      const found = key.length > MAX_KEY_LENGTH ? undefined : known.get(key)
      if (!found) return null
      const repeated = found.repeat.give(repeating)
      if (repeated) return { known: found, repeated }
      known.delete(key)
      return null
    },
    forget: known.delete,
    isReady(key, maxBytes) {
      const found = known.get(key)
      return found?.isFormed === true && (found.repeat.peek() ?? Infinity) <= maxBytes
    },
    keep({ key, caller, repeat }, { status, headers }) {
      // A refusal has fields of its own, which no later answer may get.
      if (key.length > MAX_KEY_LENGTH || (status !== 200 && status !== 304)) return
      const fixed = [...headers].filter(([name]) => !NOT_KEPT.has(name)).flat()
      const answer = {
        repeat,
        fields: [...fixed, 'content-type', repeat.contentType],
        fieldsWithoutBody: fixed,
        isFormed: false,
      }
      const { holder, scope } = caller
      known.set(key, answer, { tenant: scope.key, holder, bytes: ENTRY_BYTES + key.length })
    },
  }
}

/** What an answer depends on: the headers that matter, the caller's scope, and what is asked for. */
export interface Asking {
  readonly head: Head
  readonly caller: Caller
  readonly target: string
  readonly body: Uint8Array
}

/**
 * Compared as a whole, so that no two requests can be confused. Only the body can contain a line feed. Of a body with which the key is
 * too long to be kept, the rest is left out: it may have megabytes.
 */
export function keyOf({ head, caller, target, body }: Asking): string {
  const { buffer, byteOffset, byteLength } = body
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1', 0, MAX_KEY_LENGTH + 1)
  const role = caller.isReadOnly ? 'reads' : 'writes'
  const way = caller.router ? 'router ' : ''
  return `${way}${head.id} ${role} ${caller.scope.key} ${target}\n${text}`
}
