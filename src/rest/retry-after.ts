// Reads the Retry-After header in every form that RFC 9110, section 10.2.3, and Aurora allow.

/** A longer time is an error or an attack; one call an hour does no harm. */
export const MAX_PAUSE_MS = 60 * 60 * 1000

/** Whole or decimal seconds, of any length; a production client of Aurora reads decimals. */
const SECONDS = /^\d+(\.\d+)?$/

/** The preferred HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms a recipient must accept. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * Milliseconds to wait, never more than an hour; null where the header has no usable value (absent, invalid, negative), so
 * that the caller chooses. A date in the past means now: 0.
 */
export function parseRetryAfter(header: string | null, wallMs: number): number | null {
  const text = header?.trim() ?? ''
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * 1000), MAX_PAUSE_MS)
  if (!HTTP_DATE.test(text)) return null
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - wallMs), MAX_PAUSE_MS)
}
