// Aurora writes moments in two forms; the schema knows one.
import { GatewayError } from '../errors/errors.ts'

/** `2026-03-04 17:25:09 UTC`, of projects, agreements and financings. */
const AURORA_FORM = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?: ?UTC)?$/
/** ISO 8601, of designs and milestones. Without a zone it is UTC, as everything of Aurora's is. */
const ISO_FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Throws UPSTREAM_INVALID for what is no moment at all. */
export function formatDateTime(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : ''
  const atMs = Date.parse(toIso(text))
  if (Number.isNaN(atMs) || !isCalendarDay(text) || !isOfFourDigits(atMs))
    throw new GatewayError('UPSTREAM_INVALID', 'Aurora wrote a time that is not one.')
  return new Date(atMs).toISOString()
}

/** The years that RFC 3339 can write: a zone may lead out of them. */
const isOfFourDigits = (atMs: number): boolean =>
  atMs >= Date.parse('0000-01-01T00:00:00Z') && atMs <= Date.parse('9999-12-31T23:59:59.999Z')

/** Date.parse makes 2 March of 30 February. */
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
