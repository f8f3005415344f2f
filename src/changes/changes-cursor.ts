// A cursor of changes: a history, and how far the client has followed it.
import { GatewayError } from '../errors/errors.ts'
import { decodeParts, encodeParts } from '../exchange/opaque-cursor.ts'
import type { Position } from './change-log.ts'

export interface ChangesCursor {
  /** The name of the history. */
  readonly name: string
  readonly position: Position
}

/** A cursor of another version is refused, not misread. */
const VERSION = 'c1'
/** A name and a number are shorter; a longer text is no cursor of the gateway. */
const MAX_CHARS = 200

export const encodeChangesCursor = ({ name, position }: ChangesCursor): string =>
  encodeParts([VERSION, name, position])

/**
 * Throws BAD_USER_INPUT for a text that is no cursor of changes. A forged one does no harm: only the name of a history of the caller's
 * own credential means anything, and another position leads to another moment of the same history.
 */
export function decodeChangesCursor(cursor: string): ChangesCursor {
  const [version, name, position, ...rest] = decodeParts(cursor, MAX_CHARS)
  const isOurs = version === VERSION && typeof name === 'string' && isPosition(position) && rest.length === 0
  if (isOurs) return { name, position }
  throw new GatewayError(
    'BAD_USER_INPUT',
    'The cursor given as `since` is none of `changes`: give the last `cursor` back as it came, or leave `since` out to begin anew.',
  )
}

const isPosition = (value: unknown): value is Position => Number.isSafeInteger(value) && Number(value) >= 0
