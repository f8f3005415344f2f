// Finds a body of a success that contains errors and nothing else: some servers answer so with 200.
import { isMembers } from '../aurora/body.ts'

/** An error beside other members, such as that of a job that has failed, is a part of the answer. */
export function containsErrorsAlone(body: unknown): boolean {
  if (!isMembers(body)) return false
  const names = Object.keys(body).filter((name) => !isNothing(body[name]))
  return names.some((name) => ERRORS.has(name)) && names.every((name) => ERRORS.has(name) || BESIDE.has(name))
}

const isNothing = (value: unknown): boolean =>
  NOTHING.has(value) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** `"error": false` says that there was none. */
const NOTHING: ReadonlySet<unknown> = new Set<unknown>([null, false, 0, ''])

const ERRORS: ReadonlySet<string> = new Set(['error', 'errors'])
/** What servers write beside their errors. */
const BESIDE: ReadonlySet<string> = new Set(['code', 'message', 'meta', 'request_id', 'status', 'success'])
