// JSON values of unknown shape, in answers and in inputs: their depth is limited, and they are passed on unchanged.
import { GatewayError } from '../errors/errors.ts'
import { FormFile } from './form-file.ts'

/** The limit of levels; JSON.stringify runs out of stack at some thousands. */
export const MAX_LEVELS = 500

const isTooDeep = (value: unknown, levels = MAX_LEVELS): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1)))

/** Reads a value from a client. Throws BAD_USER_INPUT for a value that cannot be sent unchanged. */
export function readJson(value: unknown): unknown {
  if (isTooDeep(value)) throw new GatewayError('BAD_USER_INPUT', `JSON may have ${MAX_LEVELS} levels.`)
  if (holdsRounded(value))
    throw new GatewayError('BAD_USER_INPUT', 'A number beyond 2^53 loses digits in JSON: give it as a text.')
  if (holdsFile(value)) throw new GatewayError('BAD_USER_INPUT', 'There is no place for a file in JSON.')
  return value
}

/** A multipart request can map a file to any place of the variables, and JSON.stringify writes a file as an empty object. */
const holdsFile = (value: unknown): boolean =>
  value instanceof FormFile ||
  (typeof value === 'object' && value !== null && Object.values(value).some(holdsFile))

/**
 * Whether a value has a number of which digits may have been lost when it was parsed, or one that is too large for a double,
 * which JSON.stringify writes as null.
 */
export const holdsRounded = (value: unknown): boolean =>
  typeof value === 'number'
    ? !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))
    : typeof value === 'object' && value !== null && Object.values(value).some(holdsRounded)
