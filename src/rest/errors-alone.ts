// Finds a body of a success that contains errors and nothing else: some servers answer so with 200.
import { isMembers } from '../aurora/body.ts'

/** An error beside other members, such as that of a job that has failed, is a part of the answer. */
export function containsErrorsAlone(body: unknown): boolean {
  if (!isMembers(body) || !NAMES.some((name) => Object.hasOwn(body, name) && !isNothing(body[name])))
    return false
  return Object.keys(body).every((name) => isOfErrors(name) || BESIDE.has(name) || isNothing(body[name]))
}

/** Whether this name stands for errors: no object and no list of the contract has such a name. */
export const isOfErrors = (name: string): boolean => NAMES.includes(name)

const isNothing = (value: unknown): boolean =>
  NOTHING.has(value) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** `"error": false` says that there was none. */
const NOTHING: ReadonlySet<unknown> = new Set<unknown>([null, false, 0, ''])

const NAMES: readonly string[] = ['error', 'errors']
/** Members that servers write beside their errors. */
const BESIDE: ReadonlySet<string> = new Set([
  'code',
  'message',
  'meta',
  'path',
  'request_id',
  'status',
  'statusCode',
  'success',
  'timestamp',
])
