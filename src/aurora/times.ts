// Reads the times that Aurora writes: the only reader, so that a time is the same moment wherever it is used.

/** `2026-03-04 17:25:09 UTC`, in projects, agreements and financings. */
const AURORA_FORM = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?: ?UTC)?$/
/** ISO 8601, in designs and milestones. A time without a zone is UTC, like all times of Aurora. */
const ISO_FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Milliseconds since 1970; NaN for a value that is no time, or not in a year of four digits. */
export function readTimeMs(value: unknown): number {
  const text = typeof value === 'string' ? value.trim() : ''
  const atMs = Date.parse(toIso(text))
  return isCalendarDay(text) && isOfFourDigits(atMs) ? atMs : NaN
}

/** RFC 3339 has years of four digits only; a time with a zone can lie outside them in UTC. */
const isOfFourDigits = (atMs: number): boolean =>
  atMs >= Date.parse('0000-01-01T00:00:00Z') && atMs <= Date.parse('9999-12-31T23:59:59.999Z')

/** Date.parse accepts 30 February and makes 2 March of it. */
function isCalendarDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

function toIso(text: string): string {
  const aurora = AURORA_FORM.exec(text)
  if (aurora) return `${aurora[1]}T${aurora[2]}Z`
  const iso = ISO_FORM.exec(text)
  if (!iso) return ''
  return text.includes('T') && iso[1] === undefined ? `${text}Z` : text
}
