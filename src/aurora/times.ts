// Reads the times that Aurora writes. No other file does, so that a time means the same moment everywhere.

/**
 * `2026-03-04 17:25:09 UTC` is the form of projects, agreements and financings, ISO 8601 that of designs and milestones. The
 * same parts are read in the other spellings of RFC 3339, ISO 8601 and common libraries: a space or a small letter for T
 * and Z, a comma before the fraction, an offset without its colon or minutes, no seconds, and a date alone.
 */
const FORM =
  /^(\d{4}-\d{2}-\d{2})(?:(?:T| +)(\d{2}:\d{2})(?:(:\d{2})(?:[.,](\d+))?)? *(?:Z|UTC|GMT|([+-]\d{2})(?::?(\d{2}))?)?)?$/i

/** Milliseconds since 1970; NaN for a value that is no time, or not in a year of four digits. */
export function readTimeMs(value: unknown): number {
  const text = typeof value === 'string' ? value.trim() : ''
  const atMs = Date.parse(toIso(text))
  return isCalendarDay(text) && isOfFourDigits(atMs) ? atMs : NaN
}

/** A time without a zone is UTC, like all times of Aurora, and a date is its first moment. */
function toIso(text: string): string {
  const found = FORM.exec(text)
  if (!found) return ''
  const [, day, minute = '00:00', second = ':00', fraction = '0', hours = '+00', minutes = '00'] = found
  return `${day}T${minute}${second}.${fraction}${hours}:${minutes}`
}

/** RFC 3339 has years of four digits only; a time with a zone can be in another year in UTC. */
const isOfFourDigits = (atMs: number): boolean =>
  atMs >= Date.parse('0000-01-01T00:00:00Z') && atMs <= Date.parse('9999-12-31T23:59:59.999Z')

/** Date.parse accepts 30 February and makes 2 March of it. */
function isCalendarDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}
