// The media types of answers, and which of them a client gets: RFC 9110, 12.5.1, and GraphQL over HTTP, 6.

/** In the order in which they are chosen if a client accepts both equally. */
const JSON_TYPES = ['application/json', 'application/graphql-response+json'] as const
export type JsonType = (typeof JSON_TYPES)[number]

/**
 * Events come first if a client accepts both equally: their heartbeats are comments, and routers read no other form.
 */
const STREAM_TYPES = ['text/event-stream', 'multipart/mixed'] as const
const EVENTS = STREAM_TYPES.slice(0, 1)

const ANSWER_TYPES = [...JSON_TYPES, ...STREAM_TYPES] as const

/**
 * - `events`: GraphQL over Server-Sent Events, in distinct connections
 * - `payloads`: the multipart protocol for subscriptions of Apollo, where each part has a `payload`
 * - `parts`: multipart without a protocol, where each part is a result
 */
export type StreamForm = 'events' | 'payloads' | 'parts'

/** In which forms a client can be answered; if both are null, in none. */
export interface Accepted {
  readonly json: JsonType | null
  readonly stream: StreamForm | null
  /** Whether a stream may be one of events, though another one may be preferred. */
  readonly hasEvents: boolean
}

interface Range {
  /** In lower case: `type/subtype`, where either may be `*`. */
  readonly name: string
  /** 0 to 1; 0 is refused. */
  readonly quality: number
  readonly charset: string
  /** Whether parts are meant as those of a subscription. */
  readonly isForSubscriptions: boolean
}

interface Acceptance {
  readonly quality: number
  /** 2: named in full; 1: as `type/*`; 0: as any type. */
  readonly precision: number
  readonly position: number
}

/**
 * Without the header a client accepts all (RFC 9110, 12.5.1). A client that accepts JSON gets a stream only if it names
 * that type in full, because a client that accepts anything may not be able to read one.
 */
export function chooseAnswer(accept: string | null): Accepted {
  const ranges = readRanges(accept)
  const json = bestOf(JSON_TYPES, ranges, 0)
  const stream = bestOf(STREAM_TYPES, ranges, json === null ? 0 : 2)
  const hasEvents = bestOf(EVENTS, ranges, json === null ? 0 : 2) !== null
  return { json, stream: stream && formOf(stream, ranges), hasEvents }
}

/** Routers pass events on. Some of them turn parts, also heartbeats, into empty events without an error. */
export const streamForRouter = ({ json, stream, hasEvents }: Accepted): StreamForm | null =>
  hasEvents ? 'events' : json === null ? stream : null

/** `minPrecision`: the least precision of the range that names the type. */
function bestOf<Type extends string>(
  types: readonly Type[],
  ranges: readonly Range[],
  minPrecision: number,
): Type | null {
  const accepted = types
    .map((type) => ({ type, ...acceptanceOf(type, ranges) }))
    .filter(({ quality, precision }) => quality > 0 && precision >= minPrecision)
  const isStream = types.some((type) => !type.endsWith('json'))
  // Sorting is stable, so the last comparison has the most weight, and the order of the types the least.
  const [best] = (isStream ? accepted : accepted.toSorted((one, other) => one.position - other.position))
    .toSorted((one, other) => other.precision - one.precision)
    .toSorted((one, other) => other.quality - one.quality)
  return best?.type ?? null
}

function formOf(type: (typeof STREAM_TYPES)[number], ranges: readonly Range[]): StreamForm {
  if (type === 'text/event-stream') return 'events'
  return ranges.some(({ name, isForSubscriptions }) => name === type && isForSubscriptions)
    ? 'payloads'
    : 'parts'
}

/** Whether the client names the type of a page in full, and accepts nothing else more. */
export function prefersPage(accept: string | null): boolean {
  const ranges = readRanges(accept)
  const page = acceptanceOf('text/html', ranges)
  return (
    page.precision === 2 &&
    page.quality > 0 &&
    ANSWER_TYPES.every((type) => acceptanceOf(type, ranges).quality <= page.quality)
  )
}

/** JSON is UTF-8 (RFC 8259, 8.1). Programs write its name in both ways. */
export const isUtf8 = (charset: string): boolean => /^utf-?8$/i.test(charset)

/** Names of types are case-insensitive (RFC 9110, 8.3.1). */
export const mediaTypeOf = (given: string): string => (given.split(';', 1)[0] ?? '').trim().toLowerCase()

/** Without quotes; null if there is none. */
export function parameterOf(given: string, name: string): string | null {
  const [, quoted, plain] =
    new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^";,\\s]*))`, 'i').exec(given) ?? []
  return quoted ?? plain ?? null
}

function readRanges(accept: string | null): readonly Range[] {
  const given = accept === null || accept.trim() === '' ? '*/*' : accept
  return given
    .split(',')
    .map((text) => ({
      name: mediaTypeOf(text),
      quality: readQuality(parameterOf(text, 'q')),
      charset: parameterOf(text, 'charset') ?? 'utf-8',
      isForSubscriptions: parameterOf(text, 'subscriptionSpec') !== null,
    }))
    .filter(({ charset }) => isUtf8(charset))
}

/** A weight that cannot be read counts as none given, which is 1 (RFC 9110, 12.4.2). */
function readQuality(text: string | null): number {
  const quality = text === null || text === '' ? 1 : Number(text)
  return quality >= 0 ? Math.min(1, quality) : 1
}

/** The most precise range that matches a type decides (RFC 9110, 12.5.1). */
function acceptanceOf(type: string, ranges: readonly Range[]): Acceptance {
  const names = ['*/*', `${type.split('/', 1)[0]}/*`, type]
  for (const precision of [2, 1, 0]) {
    const position = ranges.findIndex(({ name }) => name === names[precision])
    const quality = ranges[position]?.quality
    if (quality !== undefined) return { quality, precision, position }
  }
  return { quality: 0, precision: 0, position: 0 }
}
