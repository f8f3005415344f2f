// JSON values of which nobody knows the shape, on their way out and in: bounded in depth, otherwise as they are.
import { GatewayError } from '../errors/errors.ts'

/** What is written has this many levels at the most: JSON.stringify runs out of stack at thousands. */
const MAX_LEVELS = 500

export const isTooDeep = (value: unknown, levels = MAX_LEVELS): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1)))

/** For what a client gives. Throws BAD_USER_INPUT for what could not be sent as it is. */
export function readJson(value: unknown): unknown {
  if (isTooDeep(value)) throw new GatewayError('BAD_USER_INPUT', `JSON may have ${MAX_LEVELS} levels.`)
  if (holdsFile(value)) throw new GatewayError('BAD_USER_INPUT', 'There is no place for a file in JSON.')
  return value
}

/** A part of a multipart request may be mapped to any place, and a File is written as an empty object. */
const holdsFile = (value: unknown): boolean =>
  value instanceof Blob ||
  (typeof value === 'object' && value !== null && Object.values(value).some(holdsFile))
