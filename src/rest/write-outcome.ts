// Decides the outcome of a write without a readable answer, and finds 2xx answers that do not show that the write was carried out.
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { WriteOutcome } from '../errors/errors.ts'
import { containsErrorsAlone } from './errors-alone.ts'

/** By the status the write was carried out, but the body contradicts this. */
class DoubtfulAnswer extends Error {
  override readonly name = 'DoubtfulAnswer'
}

/** Throws a DoubtfulAnswer; `bytes` are the body of a 2xx answer. Answers to reads pass. */
export function assertCarriedOut(endpoint: Endpoint, bytes: Buffer): void {
  if (isRead(endpoint)) return
  if (PAGE.test(bytes.toString('latin1', 0, PAGE_BYTES))) throw new DoubtfulAnswer('a web page')
  if (bytes.includes('"error') && containsErrorsOnly(bytes)) throw new DoubtfulAnswer('errors')
}

/** If a status came, it alone decides, unless the body contradicts it. */
export const decideOutcome = (status: number | null, error: unknown): WriteOutcome =>
  status !== null && status >= 200 && status < 300 && !(error instanceof DoubtfulAnswer) ? 'DONE' : 'UNKNOWN'

/**
 * A whole page, and no piece of HTML such as `<p>gone</p>`: a proxy that shows its page for maintenance or for signing in
 * often does so with 200, and has not passed the write on.
 */
const PAGE =
  /^(?:\xEF\xBB\xBF)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<(?:!doctype\s+html|html)\b/i
const PAGE_BYTES = 1024

/** Larger answers contain objects. */
const MAX_BYTES = 64 * 1024

function containsErrorsOnly(bytes: Buffer): boolean {
  if (bytes.length > MAX_BYTES) return false
  try {
    return containsErrorsAlone(JSON.parse(bytes.toString()))
  } catch {
    return false
  }
}
