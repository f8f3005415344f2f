// A known answer in the form in which one client gets it: its head as one list, its body as bytes, compressed or not.

import { keptTag } from '../answers/entity-tag.ts'
import type { PlainAnswer } from '../exchange/plain-exchange.ts'
import { MIN_BYTES } from './compress.ts'
import type { Head } from './heads.ts'
import { lengthOf } from './headers.ts'
import { MAX_REST_BYTES } from './kept-encodings.ts'
import type { KeptEncodings } from './kept-encodings.ts'
import type { KnownAnswer, Repeated } from './known-answers.ts'
import type { StreamAnswer } from './stream-answer.ts'

export interface BytesAnswer {
  /**
   * No web Response has this member. `instanceof` cannot be used, because more than one class of web Response is in
   * use.
   */
  readonly kind: 'bytes'
  readonly status: number
  /** Names and values in turn. */
  readonly fields: string[]
  /** Empty if there is no body. */
  readonly body: readonly Uint8Array[]
  /** The length of the body. */
  readonly bytes: number
}

/** A web Response of this or the next room, the bytes of an answer that is known, or a stream. */
export type Answer = Response | BytesAnswer | StreamAnswer

/** An answer before it is compressed and has its last header fields. */
export type Unfinished = Answer | PlainAnswer

export const isBytes = (answered: Unfinished): answered is BytesAnswer =>
  'kind' in answered && answered.kind === 'bytes'

/** How many bytes the body has; 0 if only its end shows it. */
export const sizeOf = (answered: Unfinished): number =>
  isBytes(answered) ? answered.bytes : lengthOf(answered)

export function toBytes(answered: PlainAnswer): BytesAnswer {
  const fields: string[] = []
  for (const [name, value] of answered.headers) fields.push(name, value)
  return { kind: 'bytes', status: answered.status, fields, body: answered.body, bytes: lengthOf(answered) }
}

export interface Form {
  readonly known: KnownAnswer
  readonly head: Head
  readonly encodings: KeptEncodings
}

/** Returns a promise only for the first answer in an encoding, which has to be compressed. */
export function formBytes(repeated: Repeated, form: Form): BytesAnswer | Promise<BytesAnswer> {
  const { known, head, encodings } = form
  if (repeated.status === 304) return notModified(repeated, known)
  const { encoding } = head
  const { text, rest, tag } = repeated
  if (encoding === null || text.length + rest.length < MIN_BYTES || rest.length > MAX_REST_BYTES)
    return whole(repeated, known, { body: [text, rest], tag, encoding: null })
  const encode = ({ bytes, end }: { bytes: Buffer; end: (rest: Buffer) => Buffer }): BytesAnswer =>
    whole(repeated, known, { body: [bytes, end(rest)], tag: keptTag(tag, encoding), encoding })
  const beginning = encodings.begin(text, encoding, known.repeat.onKept)
  return beginning instanceof Promise ? beginning.then(encode) : encode(beginning)
}

/** A 304 carries the fields of the whole answer except those of its body (RFC 9110, 15.4.5). */
const notModified = ({ tag, fields }: Repeated, known: KnownAnswer): BytesAnswer => ({
  kind: 'bytes',
  status: 304,
  fields: [...known.fieldsWithoutBody, ...fields, 'etag', tag],
  body: [],
  bytes: 0,
})

interface Body {
  readonly body: readonly [Buffer, Buffer]
  readonly tag: string
  readonly encoding: string | null
}

function whole({ fields }: Repeated, known: KnownAnswer, { body, tag, encoding }: Body): BytesAnswer {
  const bytes = body[0].length + body[1].length
  const all = [...known.fields, ...fields, 'etag', tag, 'content-length', String(bytes)]
  if (encoding !== null) all.push('content-encoding', encoding)
  return { kind: 'bytes', status: 200, fields: all, body, bytes }
}
