// A cursor: the last item that the client got, and the place after it in the pages of the list at that time.
import { GatewayError } from '../errors/errors.ts'
import { decodeParts, encodeParts } from '../exchange/opaque-cursor.ts'
import type { ScopeKey } from '../rest/scope.ts'

/** Both numbers count from 0. */
export interface Place {
  readonly page: number
  /** The number within the page. */
  readonly index: number
}

export interface Position {
  readonly id: string
  /** Aurora's own text; null if the list does not show it. */
  readonly createdAt: string | null
  /** Where the next item was when the client got this one: the head of the next page if this one was the last of its page. */
  readonly next: Place
}

export interface ListName {
  readonly scope: ScopeKey
  readonly operation: string
  /** The requested size: pages of another size contain other items. */
  readonly pageSize: number
}

/** Enough of the scope to recognize a cursor of another tenant, and the name of the list. */
const markOf = ({ scope, operation, pageSize }: ListName): string =>
  `${scope.slice(0, 8)} ${operation} ${pageSize}`

export const encodeCursor = (list: ListName, { id, createdAt, next }: Position): string =>
  encodeParts([markOf(list), next.page, next.index, id, createdAt])

/**
 * Throws BAD_USER_INPUT for a text that is no cursor of this list, tenant, credential and size of pages. A forged
 * one only leads to another place of the same list.
 */
export function decodeCursor(list: ListName, cursor: string): Position {
  const [mark, page, index, id, createdAt] = decodeParts(cursor)
  const isOurs = mark === markOf(list) && isCount(page) && isCount(index) && page + index > 0
  if (!isOurs || typeof id !== 'string' || !(createdAt === null || typeof createdAt === 'string')) {
    throw new GatewayError('BAD_USER_INPUT', 'The cursor given as `after` is not one of this list.')
  }
  return { id, createdAt, next: { page, index } }
}

/** No tenant has a billion of anything. */
const MAX_COUNT = 1e9

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_COUNT
