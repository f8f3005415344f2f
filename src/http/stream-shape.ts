// How a stream of answers looks on the wire, in each form that clients read: docs/streams.md.

import type { StreamForm } from './media-types.ts'

export interface StreamShape {
  readonly contentType: string
  /** Sent at once, so that proxies and clients open the stream before its first answer. */
  readonly opening: Uint8Array
  /** Sent if nothing else was sent for a while. No client shows it to its user. */
  readonly heartbeat: Uint8Array
  /** Instead of `heartbeat`, as long as no answer was sent; left out if it is the same. */
  readonly earlyHeartbeat?: Uint8Array
  /** One answer. The bytes are the same object for the same response: streams of one question share them. */
  answer(response: Uint8Array): Uint8Array
  /** An error that is no answer to the operation: a refusal, or the reason for which the stream ends. `errors`: a JSON array. */
  failure(errors: string): string
  /** The last bytes. */
  end(ending: Ending): string
}

/** What a browser's EventSource reads of the end, after which it connects again. Other clients ignore it. */
export interface Ending {
  /** When it connects again; left out, after some seconds. */
  readonly retryMs?: number
  /** It sends this back as `Last-Event-ID`, and gets a 204, after which it connects no more. */
  readonly lastId?: LastId
}

/** `complete`: the operation has ended. `refused`: for a reason that does not pass. */
export type LastId = 'complete' | 'refused'

/**
 * A comment, and the first line of the first event. Without that line a browser would send the id of an earlier refusal after each
 * loss of a good stream, too. As a block of its own it would be an empty event to clients that do not leave out blocks without data,
 * such as Symfony's.
 */
const NO_ID = ':\n\nid:\n'

/**
 * After which time a browser connects once more, to get the 204 that stops it. By default it would wait some seconds.
 */
const STOP_MS = 1_000

/** The distinct connections mode of GraphQL over SSE. A heartbeat is a comment: graphql-sse takes any other event for a fault. */
const EVENTS: StreamShape = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: Buffer.from(NO_ID),
  heartbeat: Buffer.from(':\n\n'),
  // The first event has begun with `id:`, so an empty line would end it without data.
  earlyHeartbeat: Buffer.from(':\n'),
  answer: shareBytes('event: next\ndata: ', '\n\n'),
  failure: (errors) => `event: next\ndata: {"errors":${errors}}\n\n`,
  end: ({ lastId, retryMs = lastId && STOP_MS }) =>
    `${retryMs === undefined ? '' : `retry: ${Math.round(retryMs)}\n`}${lastId === undefined ? '' : `id: ${lastId}\n`}event: complete\ndata:\n\n`,
}

/**
 * A delimiter follows each part at once, because a client takes a part as whole when it has read the next delimiter (RFC 2046,
 * 5.1.1).
 */
const PART_HEAD = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n'

/** Apollo's protocol for subscriptions over multipart. */
const PAYLOADS: StreamShape = {
  contentType: 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
  opening: Buffer.from('\r\n--graphql'),
  heartbeat: Buffer.from(`${PART_HEAD}{}\r\n--graphql`),
  answer: shareBytes(`${PART_HEAD}{"payload":`, '}\r\n--graphql'),
  failure: (errors) => `${PART_HEAD}{"payload":null,"errors":${errors}}\r\n--graphql`,
  end: () => '--\r\n',
}

/**
 * Each part is a result, so a heartbeat cannot be a part. It is padding of the delimiter; after it, the last delimiter
 * needs one more part.
 */
const PARTS: StreamShape = {
  contentType: 'multipart/mixed; boundary="-"',
  opening: Buffer.from('\r\n---'),
  heartbeat: Buffer.from(' '),
  answer: shareBytes(PART_HEAD, '\r\n---'),
  failure: (errors) => `${PART_HEAD}{"errors":${errors}}\r\n---`,
  end: () => `${PART_HEAD}{"hasNext":false}\r\n-----\r\n`,
}

export const STREAM_SHAPES: Readonly<Record<StreamForm, StreamShape>> = {
  events: EVENTS,
  payloads: PAYLOADS,
  parts: PARTS,
}

/** `events`: how many answers were sent. */
export const heartbeatOf = (
  events: number,
  { heartbeat, earlyHeartbeat = heartbeat }: StreamShape,
): Uint8Array => (events === 0 ? earlyHeartbeat : heartbeat)

/** The whole body for a client that reads only streams, if there is one answer and nothing more. */
export function inOneStream(form: StreamForm, response: Uint8Array): Uint8Array {
  const { opening, answer } = STREAM_SHAPES[form]
  return Buffer.concat([opening, answer(response), lastOf(form)])
}

/** The whole body of a refusal. */
export function refuseInStream(form: StreamForm, errors: string, ending: Ending): string {
  const { opening, failure } = STREAM_SHAPES[form]
  const last = form === 'events' ? EVENTS.end(ending) : lastOf(form).toString()
  return Buffer.from(opening).toString() + failure(errors) + last
}

const lastOf = (form: StreamForm): Buffer =>
  Buffer.from(form === 'events' ? EVENTS.end({ lastId: 'complete' }) : '--\r\n')

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/**
 * The shared bytes are kept only until the clients have taken them: the maker of the answer may keep its own object for
 * much longer.
 */
function shareBytes(before: string, after: string): StreamShape['answer'] {
  const shared = new WeakMap<Uint8Array, WeakRef<ArrayBufferLike>>()
  return (response) => {
    const known = shared.get(response)?.deref()
    if (known) return Buffer.from(known)
    const parts = [Buffer.from(before), inOneLine(response), Buffer.from(after)]
    // It gets memory of its own, because every piece of it keeps the whole alive.
    const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    shared.set(response, new WeakRef(whole.buffer))
    return whole
  }
}

/** The end of a line is the end of an event's data. In JSON it can only be white space. */
function inOneLine(response: Uint8Array): Uint8Array {
  if (!response.includes(LINE_FEED) && !response.includes(CARRIAGE_RETURN)) return response
  return response.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte))
}
