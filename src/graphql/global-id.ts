// Ids of the schema: `Project:<aurora id>`, readable and global. Arguments take a global id or Aurora's own id.
import { GatewayError } from '../errors/errors.ts'

export const toGlobalId = (typeName: string, key: string): string => `${typeName}:${key}`

export interface GlobalId {
  readonly typeName: string
  readonly key: string
}

/** Returns null for a text without a type name at its beginning. */
export function parseGlobalId(id: string): GlobalId | null {
  const colon = id.indexOf(':')
  return colon > 0 ? { typeName: id.slice(0, colon), key: id.slice(colon + 1) } : null
}

/** Returns the key within `typeName`, from either kind of id; throws BAD_USER_INPUT for a global id of another type. */
export function readId(typeName: string, id: string): string {
  const parsed = parseGlobalId(id)
  if (parsed === null) return id
  if (parsed.typeName === typeName) return parsed.key
  throw new GatewayError(
    'BAD_USER_INPUT',
    `This id is not one of a ${typeName}: give "${typeName}:<id>" or the id alone.`,
  )
}
