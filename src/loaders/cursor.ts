// A cursor: the last item that the client got, and the place of that item in the list at that time.
import { GatewayError } from '../errors/errors.ts'
import type { ScopeKey } from '../rest/scope.ts'

export interface Position {
  readonly id: string
  /** Its place in the list, from 0, when the client got it. */
  readonly offset: number
  /** Aurora's own text; null where the list does not carry it. */
  readonly createdAt: string | null
}

export interface ListName {
  readonly scope: ScopeKey
  readonly operation: string
}

/** Enough of the scope to recognize a cursor of another tenant, and the name of the list. */
const markOf = ({ scope, operation }: ListName): string => `${scope.slice(0, 8)} ${operation}`

export const encodeCursor = (list: ListName, { id, offset, createdAt }: Position): string =>
  Buffer.from(JSON.stringify([markOf(list), offset, id, createdAt])).toString('base64url')

/**
 * Throws BAD_USER_INPUT for a text that is no cursor of this list, tenant and credential. Cursors are not signed, because
 * a forged one only leads to another place of the same list.
 */
export function decodeCursor(list: ListName, cursor: string): Position {
  const [mark, offset, id, createdAt] = parse(cursor)
  const isOurs =
    mark === markOf(list) &&
    Number.isSafeInteger(offset) &&
    Number(offset) >= 0 &&
    Number(offset) <= LAST_OFFSET
  if (!isOurs || typeof id !== 'string' || !(createdAt === null || typeof createdAt === 'string')) {
    throw new GatewayError('BAD_USER_INPUT', 'The cursor given as `after` is not one of this list.')
  }
  return { id, offset: Number(offset), createdAt }
}

/** No tenant has a billion of anything. */
const LAST_OFFSET = 1e9

function parse(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
