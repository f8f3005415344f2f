// Gives an answer to a client that reads streams: reserves a place for a stream, and turns a single answer into a
// stream if the client reads only streams.

import { isStream } from '../exchange/answer-stream.ts'
import type { AnswerStream } from '../exchange/answer-stream.ts'
import { isPlain, PlainFields } from '../exchange/plain-exchange.ts'
import type { PlainAnswer } from '../exchange/plain-exchange.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { AnswerOptions } from './answer-options.ts'
import { partyOf } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { Finishing } from './finish-answer.ts'
import { streamForRouter } from './media-types.ts'
import type { StreamForm } from './media-types.ts'
import type { StreamBound } from './open-streams.ts'
import { draining, overload } from './overload.ts'
import type { Refusal } from './refusal.ts'
import { STREAM_FIELDS } from './refuse.ts'
import { createStreamAnswer } from './stream-answer.ts'
import type { StreamAnswer } from './stream-answer.ts'
import { inOneStream, STREAM_SHAPES } from './stream-shape.ts'
import { turnAway } from './turn-away.ts'
import { WRONG_FORM } from './wrong-form.ts'

export interface StreamAsked extends Pick<Finishing, 'exchange' | 'fields' | 'head'> {
  readonly caller: CheckedCaller
  readonly record: RequestRecord
}

export function giveStream(
  answered: Response | PlainAnswer | AnswerStream,
  asked: StreamAsked,
  options: AnswerOptions,
): Response | PlainAnswer | StreamAnswer | Promise<Response | PlainAnswer> {
  const { json, stream } = asked.head.accepted
  if (isStream(answered)) return openStream(answered, asked, options)
  return json === null && stream !== null ? toOneStream(answered, stream) : answered
}

function openStream(
  source: AnswerStream,
  { exchange, record, fields, head, caller }: StreamAsked,
  options: AnswerOptions,
): Response | StreamAnswer {
  const refuse = (refusal: Refusal): Response => {
    source.stop()
    return turnAway({ record, fields, head }, refusal, options)
  }
  const form = caller.router ? streamForRouter(head.accepted) : head.accepted.stream
  if (form === null) return refuse(WRONG_FORM.streamNotAccepted)
  const release = options.streams.reserve({
    connection: exchange.incoming.socket,
    ...partyOf(caller),
  })
  return typeof release === 'string'
    ? refuse(refusalOf(release, options))
    : createStreamAnswer({ fields, form, source, caller, release })
}

function refusalOf(bound: StreamBound, options: AnswerOptions): Refusal {
  switch (bound) {
    case 'connection':
      return WRONG_FORM.streamInUse
    case 'draining':
      return draining(options.clock.wallMs())
    case 'caller':
    case 'all':
      return overload('streams', bound, options)
  }
}

/** Header fields that belong to the JSON form of an answer alone. */
const OF_JSON: ReadonlySet<string> = new Set([
  'age',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'etag',
  'last-modified',
  'vary',
])

async function toOneStream(
  answered: Response | PlainAnswer,
  form: StreamForm,
): Promise<Response | PlainAnswer> {
  if (!isPlain(answered) && !answered.headers.get('content-type')?.includes('json')) return answered
  const response = isPlain(answered) ? answered.body[0] : new Uint8Array(await answered.arrayBuffer())
  const body = inOneStream(form, response)
  const headers = new PlainFields()
  for (const [name, value] of answered.headers) if (!OF_JSON.has(name)) headers.set(name, value)
  for (const [name, value] of Object.entries(STREAM_FIELDS)) headers.set(name, value)
  headers.set('content-type', STREAM_SHAPES[form].contentType)
  headers.set('content-length', String(body.length))
  return { kind: 'plain', status: 200, headers, body: [body] }
}
