// Where a reader of a list stands: the last item it saw, and where in the list that item was then.
import { GatewayError } from '../errors/errors.ts'
import type { ScopeKey } from '../rest/call.ts'

export interface Position {
  readonly id: string
  /** Counting from 0, when it was seen. */
  readonly offset: number
  /** As Aurora wrote it; null where the list does not carry it. */
  readonly createdAt: string | null
}

/** Enough of the scope to tell another tenant's cursor, no more than that. */
const scopeMark = (scope: ScopeKey): string => scope.slice(0, 8)

export const encodeCursor = (scope: ScopeKey, { id, offset, createdAt }: Position): string =>
  Buffer.from(JSON.stringify([scopeMark(scope), offset, id, createdAt])).toString('base64url')

/** Throws BAD_USER_INPUT for anything that this gateway did not give to this tenant and credential. */
export function decodeCursor(scope: ScopeKey, cursor: string): Position {
  const [mark, offset, id, createdAt] = parse(cursor)
  const isOurs = mark === scopeMark(scope) && Number.isSafeInteger(offset) && Number(offset) >= 0
  if (!isOurs || typeof id !== 'string' || !(createdAt === null || typeof createdAt === 'string')) {
    throw new GatewayError('BAD_USER_INPUT', 'The cursor given as `after` is not one of this list.')
  }
  return { id, offset: Number(offset), createdAt }
}

function parse(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
