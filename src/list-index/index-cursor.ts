// A cursor of a sorted list: the values that its row was sorted by, so that it leads to the same place while rows come and go.
import { GatewayError } from '../errors/errors.ts'
import { decodeParts, encodeParts } from '../exchange/opaque-cursor.ts'
import type { Place, SortValue } from './sort-column.ts'

/** What a cursor belongs to: a cursor of another order or list is refused. */
export interface CursorName {
  /** The list and the credential, as a unique name. */
  readonly list: string
  readonly by: string
  readonly isDescending: boolean
}

/** A cursor of another version is refused, not misread. */
const VERSION = 's1'
/** A value has 100 characters, and an id is short; a longer text is no cursor of the gateway. */
const MAX_CHARS = 2000

export const encodeIndexCursor = ({ list, by, isDescending }: CursorName, { value, id }: Place): string =>
  encodeParts([VERSION, list, by, isDescending ? 1 : 0, value, id])

/**
 * Throws BAD_USER_INPUT for a text that is no cursor of this list and order. A forged one leads to another place of the same list.
 */
export function decodeIndexCursor(name: CursorName, cursor: string, argument: 'after' | 'before'): Place {
  const [version, list, by, isDescending, value, id] = decodeParts(cursor, MAX_CHARS)
  const isOurs =
    version === VERSION &&
    list === name.list &&
    by === name.by &&
    isDescending === (name.isDescending ? 1 : 0) &&
    typeof id === 'string' &&
    isSortValue(value)
  if (isOurs) return { value, id }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `The cursor given as \`${argument}\` is not one of this list in this order.`,
  )
}

const isSortValue = (value: unknown): value is SortValue =>
  value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
