// The fields that administer the account at Aurora, which a company may keep from the clients of its router.
import { getNamedType } from 'graphql'
import type { GraphQLField, GraphQLNamedType } from 'graphql'
import { KIND_OF_TYPE } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ALL_WRITES } from '../aurora/writes.ts'

/**
 * Who may sign in and with what rights, and to which address Aurora sends webhooks. Users are shown beside projects, so
 * only their writes count.
 */
const READ: readonly Kind[] = ['role', 'ssoProvider', 'webhook']
const WRITTEN: readonly Kind[] = [...READ, 'user']
/** Figures about Aurora and this gateway; `explain` takes documents of this subgraph alone. */
const ABOUT_ITSELF: readonly string[] = ['apiVersions', 'explain']

export function isAdminField(
  parent: GraphQLNamedType,
  { name, type, extensions }: GraphQLField<unknown, unknown>,
): boolean {
  if (parent.name === 'Mutation') {
    const write = ALL_WRITES.find(({ operation }) => operation === extensions['operation'])
    return write !== undefined && WRITTEN.includes(write.kind)
  }
  if (parent.name !== 'Query') return false
  const kind = KIND_OF_TYPE.get(getNamedType(type).name)
  return ABOUT_ITSELF.includes(name) || (kind !== undefined && READ.includes(kind))
}
