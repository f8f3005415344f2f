// The media types of answers, and which of them a client gets: RFC 9110, 12.5.1, and GraphQL over HTTP, 6.

/** In the order in which they are chosen where a client accepts several of them equally: streams last. */
const ANSWER_TYPES = [
  'application/json',
  'application/graphql-response+json',
  'multipart/mixed',
  'text/event-stream',
] as const
export type AnswerType = (typeof ANSWER_TYPES)[number]

interface Range {
  /** In small letters: `type/subtype`, where either may be `*`. */
  readonly name: string
  /** 0 to 1; 0 is refused. */
  readonly quality: number
  readonly charset: string
}

interface Acceptance {
  readonly quality: number
  /** 2: named in full; 1: as `type/*`; 0: as any type. */
  readonly precision: number
  readonly position: number
}

/** Null where the client accepts none of them. Without the header it accepts all (RFC 9110, 12.5.1). */
export function chooseType(accept: string | null): AnswerType | null {
  const ranges = readRanges(accept)
  const accepted = ANSWER_TYPES.map((type) => ({ type, ...acceptanceOf(type, ranges) })).filter(
    ({ quality }) => quality > 0,
  )
  // Sorting is stable, so the last comparison counts most, and the order of ANSWER_TYPES least.
  const [best] = accepted
    .toSorted((one, other) => one.position - other.position)
    .toSorted((one, other) => other.precision - one.precision)
    .toSorted((one, other) => Number(isStream(one.type)) - Number(isStream(other.type)))
    .toSorted((one, other) => other.quality - one.quality)
  return best?.type ?? null
}

const isStream = (type: AnswerType): boolean => !type.endsWith('json')

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

/** Without quotes; null where there is none. */
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
