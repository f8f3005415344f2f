// Finishes an answer: compresses it, lets pages read it, and notes that an equal request can be given it again.

import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { FieldReader } from '../callers/caller.ts'
import { isPlain } from '../exchange/plain-exchange.ts'
import type { PlainAnswer } from '../exchange/plain-exchange.ts'
import { sizeOf, toBytes } from './bytes-answer.ts'
import type { Answer } from './bytes-answer.ts'
import { compressPlain } from './compress.ts'
import type { Compress } from './compress.ts'
import type { Exchange } from './exchange.ts'
import type { Cors } from './cors.ts'
import { lengthOf, withoutHopByHop } from './headers.ts'
import type { Head } from './heads.ts'
import type { KnownAnswers, Noted } from './known-answers.ts'
import { isStreamed } from './stream-answer.ts'
import type { StreamAnswer } from './stream-answer.ts'

export interface Finishing {
  readonly exchange: Exchange
  readonly fields: FieldReader
  readonly head: Head
  /** What is needed to give the answer again to an equal request; null if it cannot be repeated. */
  noted: Noted | null
}

export interface FinishOptions {
  readonly cors: Cors
  readonly compress: Compress
  readonly known: KnownAnswers
}

/** Compresses an answer, and gives it its last header fields. */
export function finishAnswer(
  answered: Response | PlainAnswer | StreamAnswer,
  finishing: Finishing,
  options: FinishOptions,
): Soon<Answer> {
  // A compressor would hold events back.
  if (isStreamed(answered)) return options.cors.expose(answered, finishing.fields)
  return isPlain(answered)
    ? whenThere(compressPlain(answered, finishing.head.encoding), (compressed) =>
        finishPlain(compressed, finishing, options),
      )
    : finishResponse(answered, finishing, options)
}

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
  // A combination of headers that is not kept is never found again, so no answer is kept under it.
  if (noted && head.isKept) {
    const { status } = response
    options.known.keep(noted, { status, headers: withoutHopByHop(response.headers) })
  }
  return response
}
