// Finds in the body of a refusal when to repeat the call. Its form is not documented, so the usual members and words are accepted.

/** How long to wait, or a moment by the clock that made the answer; not limited yet. */
export type NamedTime = { readonly waitMs: number } | { readonly atMs: number }

const SECOND_MS = 1000
const DAY_MS = 24 * 3600 * SECOND_MS
const UNITS: readonly (readonly [name: RegExp, ms: number])[] = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 1],
  [/^(s|secs?|seconds?)$/, SECOND_MS],
  [/^(m|mins?|minutes?)$/, 60 * SECOND_MS],
  [/^(h|hrs?|hours?)$/, 3600 * SECOND_MS],
  [/^(d|days?)$/, DAY_MS],
]

/** The units of an ISO duration, before its T and after it. */
const DATE_UNITS: Readonly<Record<string, number>> = {
  y: 365 * DAY_MS,
  m: 30 * DAY_MS,
  w: 7 * DAY_MS,
  d: DAY_MS,
}
const TIME_UNITS: Readonly<Record<string, number>> = { h: 3600 * SECOND_MS, m: 60 * SECOND_MS, s: SECOND_MS }

/**
 * Members that name a time, in lower case and without marks, such as `retry_after`, `retryAfterSeconds`, `resetInMs`.
 */
const MEMBER =
  /^(?:x?ratelimit)?(?:retryafter|retryin|retryat|retrydelay|retrytime|tryagain(?:in|at|after)|next(?:allowed|available|retry|request|call|try)?(?:at|in|time)?|wait(?:for|time|until)?|reset(?:after|in|at|time)?|available(?:in|at))(?:in)?(?<unit>ms|millis|milliseconds|s|secs?|seconds?|m|mins?|minutes?)?$/

/** Numbers from here on are moments since 1970, in seconds or in milliseconds: as a duration they would be decades. */
const LEAST_EPOCH_S = 1e9
const LEAST_EPOCH_MS = 1e12

/** A refusal has a few members; a deeper or wider body is not one. */
const MAX_DEPTH = 6
const MAX_VALUES = 500

const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?`
const COUNT = String.raw`\d+(?:[.,]\d+)?`
/** `PT30S`, `P1DT2H`; the lookahead demands at least one part. */
const ISO_DURATION = String.raw`P(?=T?\d)(?:${COUNT}Y)?(?:${COUNT}M)?(?:${COUNT}W)?(?:${COUNT}D)?(?:T(?:${COUNT}H)?(?:${COUNT}M)?(?:${COUNT}S)?)?`
const HTTP = String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT`
const DURATION = String.raw`\d+(?:\.\d+)?\s{0,2}[a-z]{1,12}(?:(?:,|\s|\sand\s|,\s)?\d+(?:\.\d+)?\s{0,2}[a-z]{1,12}){0,2}`

/** Up to four words; "per" is none of them, because "90 per 60 seconds" is a limit. */
const FEW_WORDS = String.raw`(?:[\s:,]{1,3}(?!per\b)[a-z]{1,20}){0,4}?`
/** The words of the second group need their "in", because "available 24 hours a day" is no time to come back. */
const LEAD = String.raw`\b(?:(?:retry|wait)|(?:again|available|resets?|back|next)${FEW_WORDS}[\s:,]{1,3}(?:in|after|at|until))\b`

/** "Retry after 2.5s", "wait until 2026-03-04T17:25:15Z", "try again in 12 seconds", "available in about 1 minute". */
const WORDS = new RegExp(
  `${LEAD}${FEW_WORDS}[\\s:,~]{0,3}(?<time>${ISO}|${ISO_DURATION}\\b|${HTTP}|${DURATION})`,
  'gi',
)

/**
 * The latest time that the body names, because the earlier ones may be those of other limits; null if it names none.
 */
export function findTimeInBody(body: string): NamedTime | null {
  const parsed = parse(body)
  if (parsed === null) return latest(fromWords(body))
  const values = [...walk(parsed)]
  const members = values.flatMap(({ name, value }) => readMember(name, value))
  if (members.length > 0) return latest(members)
  return latest(values.flatMap(({ value }) => (typeof value === 'string' ? fromWords(value) : [])))
}

function parse(body: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(body) as unknown }
  } catch {
    return null
  }
}

interface Named {
  /** '' if it has none. */
  readonly name: string
  readonly value: unknown
}

/** Yields every value that contains no others, the outer ones first. */
function* walk(root: { readonly value: unknown }): Generator<Named> {
  let level: Named[] = [{ name: '', value: root.value }]
  let left = MAX_VALUES
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const next: Named[] = []
    for (const named of level) {
      if ((left -= 1) < 0) return
      const { name, value } = named
      if (typeof value !== 'object' || value === null) yield named
      else if (Array.isArray(value))
        next.push(...value.slice(0, MAX_VALUES).map((item: unknown) => ({ name, value: item })))
      else
        next.push(
          ...Object.entries(value)
            .slice(0, MAX_VALUES)
            .map(([inner, item]) => ({ name: nameWithin(name, inner), value: item as unknown })),
        )
    }
    level = next
  }
}

/** `seconds` within `retryAfter` is `retryAfterSeconds`. */
const nameWithin = (outer: string, inner: string): string =>
  MEMBER.test(lettersOf(outer)) ? `${outer}${inner}` : inner

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')

function readMember(name: string, value: unknown): NamedTime[] {
  const known = MEMBER.exec(lettersOf(name))
  if (!known) return []
  const unitMs = unitOf(known.groups?.['unit'] ?? 's') ?? SECOND_MS
  if (typeof value === 'number') return fromNumber(value, unitMs)
  const text = typeof value === 'string' ? value.trim() : ''
  return /^\d+(\.\d+)?$/.test(text) ? fromNumber(Number(text), unitMs) : fromText(text)
}

const fromNumber = (value: number, unitMs: number): NamedTime[] =>
  value >= 0 ? [readSeconds(value, unitMs)] : []

/** A number that is not negative: a duration, or a moment since 1970 if it is as large as one. */
export function readSeconds(value: number, unitMs = SECOND_MS): NamedTime {
  if (value >= LEAST_EPOCH_S && value < Infinity)
    return { atMs: value >= LEAST_EPOCH_MS ? value : value * SECOND_MS }
  return { waitMs: value * unitMs }
}

/** A whole text that is a date or a duration of ISO 8601; null for every other text. */
export function readIsoTime(text: string): NamedTime | null {
  const isIso = new RegExp(`^(?:${ISO}|${ISO_DURATION})$`, 'i').test(text)
  return isIso ? (readTime(text)[0] ?? null) : null
}

/** A whole text that is a time: `12 seconds`, `1m30s`, `PT30S`, a date. */
function fromText(text: string): NamedTime[] {
  const isTime = new RegExp(`^(?:${ISO}|${ISO_DURATION}|${HTTP}|${DURATION})$`, 'i').test(text)
  return isTime ? readTime(text) : fromWords(text)
}

const fromWords = (text: string): NamedTime[] =>
  [...text.matchAll(WORDS)].flatMap(({ groups }) => readTime(groups?.['time'] ?? ''))

function readTime(text: string): NamedTime[] {
  if (/^P/i.test(text)) return readIsoDuration(text)
  if (!/^(\d{4}-|[A-Z][a-z]{2})/.test(text)) return readDuration(text)
  const hasZone = /(Z|UTC|GMT|[+-]\d\d:?\d\d)$/i.test(text)
  const atMs = Date.parse(hasZone ? text.replace(/ ?UTC$/i, 'Z') : `${text}Z`)
  return Number.isNaN(atMs) ? [] : [{ atMs }]
}

function readIsoDuration(text: string): NamedTime[] {
  const [date = '', time = ''] = text.slice(1).toLowerCase().split('t')
  const waits = [...waitsOf(date, DATE_UNITS), ...waitsOf(time, TIME_UNITS)]
  return waits.length === 0 ? [] : [{ waitMs: waits.reduce((sum, waitMs) => sum + waitMs) }]
}

const waitsOf = (text: string, units: Readonly<Record<string, number>>): number[] =>
  [...text.matchAll(/([\d.,]+)([a-z])/g)].map(
    ([, count = '', unit = '']) => Number(count.replace(',', '.')) * (units[unit] ?? 0),
  )

/** `1 minute and 30 seconds` is 90 s; a part without a known unit ends the duration. */
function readDuration(text: string): NamedTime[] {
  let waitMs: number | null = null
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unitMs = unitOf(unit.toLowerCase())
    if (unitMs === undefined) break
    waitMs = (waitMs ?? 0) + Number(count) * unitMs
  }
  return waitMs === null ? [] : [{ waitMs }]
}

const unitOf = (unit: string): number | undefined => UNITS.find(([name]) => name.test(unit))?.[1]

/** Durations and moments cannot be compared without a clock: a body that names both is read by its durations. */
function latest(times: readonly NamedTime[]): NamedTime | null {
  const waits = times.flatMap((time) => ('waitMs' in time ? [time.waitMs] : []))
  if (waits.length > 0) return { waitMs: Math.max(...waits) }
  const moments = times.flatMap((time) => ('atMs' in time ? [time.atMs] : []))
  return moments.length > 0 ? { atMs: Math.max(...moments) } : null
}
