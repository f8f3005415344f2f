// Ends the making of an answer: compresses it, lets pages read it, and notes that an equal request can be given it again.

import { whenThere } from '../at-once.ts'
import type { Soon } from '../at-once.ts'
import type { FieldReader } from '../callers/caller.ts'
import { isPlain } from '../plain-exchange.ts'
import type { PlainAnswer } from '../plain-exchange.ts'
import { sizeOf, toBytes } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import { compressPlain } from './compress.ts'
import type { Compress } from './compress.ts'
import type { Exchange } from './connections.ts'
import type { Cors } from './cors.ts'
import { lengthOf, withoutHopByHop } from './headers.ts'
import type { Head } from './heads.ts'
import type { KnownAnswers, Noted } from './known-answers.ts'

export interface Finishing {
  readonly exchange: Exchange
  readonly fields: FieldReader
  readonly head: Head
  /** Notes that an equal request can be given the answer again. */
  noted: Noted | null
}

export interface FinishOptions {
  readonly cors: Cors
  readonly compress: Compress
  readonly known: KnownAnswers
}

/** Compresses an answer, and gives it its last header fields. */
export const finishAnswer = (
  answered: Response | PlainAnswer,
  finishing: Finishing,
  options: FinishOptions,
): Soon<Answer> =>
  isPlain(answered)
    ? whenThere(compressPlain(answered, finishing.head.encoding), (compressed) =>
        finishPlain(compressed, finishing, options),
      )
    : finishResponse(answered, finishing, options)

function finishPlain(
  answered: PlainAnswer,
  { exchange, fields, head, noted }: Finishing,
  { cors, known }: FinishOptions,
): Answer {
  if (exchange.unread.isHeld()) exchange.unread.resize(sizeOf(answered))
  cors.expose(answered, fields)
  if (noted && head.isKept) known.keep(noted, answered)
  return toBytes(answered)
}

async function finishResponse(
  answered: Response,
  finishing: Finishing,
  options: FinishOptions,
): Promise<Response> {
  const { exchange, fields, head } = finishing
  const compressed = await options.compress(answered, head.encoding)
  if (compressed !== answered) exchange.unread.resize(lengthOf(compressed))
  const response = options.cors.expose(compressed, fields)
  const { noted } = finishing
  // No request finds what was kept under a combination of headers that is not.
  if (noted && head.isKept) {
    const { status } = response
    options.known.keep(noted, { status, headers: withoutHopByHop(response.headers) })
  }
  return response
}
