// Works out what a look-up needs of its object: members, and parts with reads of their own if nothing else is selected.
import { getArgumentValues, getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { carriedMembers } from '../aurora/members.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ownReadOf, partsOf, repeatingPartOf } from '../aurora/reads.ts'
import type { ReadEndpoint, ReadOperation } from '../aurora/reads.ts'
import type { Part } from '../loaders/existence.ts'
import { runAt } from './paths.ts'
import type { Path } from './paths.ts'
import { typeNameOf } from './refs.ts'
import { declaredNeeds, membersOf, selectedFields } from './selection.ts'
import type { Selected } from './selection.ts'

export interface Wish {
  readonly members: readonly string[]
  /** Empty if other fields are selected, too. */
  readonly parts: readonly Part[]
}

export interface Place {
  /** The path of the object in the answer, if it is not that of the resolved field. */
  readonly path?: Path
  /** Names the field of the resolved value that shows the object, if the value is not the object itself. */
  readonly through?: string
}

/** Makes the key of the read that a field with arguments makes; throws if the arguments are wrong. */
export type PartKey = (key: string, args: Readonly<Record<string, unknown>>) => string

export function readWish(
  info: GraphQLResolveInfo,
  { kind, key, path = info.path, through }: Place & { readonly kind: Kind; readonly key: string },
): Wish {
  const selected = selectedFields(info, typeNameOf(kind), through)
  const members = membersNeeded(selected)
  return { members, parts: partsIn(selected, { kind, key, path, info, members }) }
}

/** `selectedFields` returns the same array for all objects of a field. */
const neededBefore = new WeakMap<readonly Selected[], readonly string[]>()

function membersNeeded(selected: readonly Selected[]): readonly string[] {
  const known = neededBefore.get(selected)
  if (known) return known
  const members = [...new Set(selected.flatMap(({ field }) => declaredNeeds(field) ?? []))]
  neededBefore.set(selected, members)
  return members
}

interface Asked {
  readonly kind: Kind
  readonly key: string
  readonly path: Path
  readonly info: GraphQLResolveInfo
  readonly members: readonly string[]
}

/** Empty if a field needs the object itself: a member that no part repeats, or a field without declared needs. */
function partsIn(selected: readonly Selected[], asked: Asked): readonly Part[] {
  const endpoints = partsOf(asked.kind)
  const parts: Part[] = []
  for (const each of selected) {
    const endpoint = endpoints.find(({ operation }) => operation === each.field?.extensions['operation'])
    const isFree = each.field === undefined || declaredNeeds(each.field) !== undefined
    if (!endpoint && !isFree) return []
    if (endpoint) parts.push(...toPart(each, endpoint, asked))
  }
  return withRepeating(parts, selected, asked)
}

/**
 * If a part repeats the members and is read anyway, or is the only one that has them, it replaces the object's own
 * read.
 */
function withRepeating(parts: readonly Part[], selected: readonly Selected[], asked: Asked): readonly Part[] {
  const { kind, members } = asked
  if (members.length === 0) return parts
  const repeating = repeatingPartOf(kind)
  const ofOwn = carriedMembers(ownReadOf(kind)?.operation as ReadOperation)
  if (!repeating || !members.every((member) => repeating.repeats?.includes(member))) return []
  if (parts.some(({ operation }) => operation === repeating.operation)) return parts
  const alone = selected.find(({ field }) => declaredNeeds(field)?.some((member) => !ofOwn.includes(member)))
  return alone ? [...parts, ...toPart(alone, repeating, asked)] : []
}

function toPart(
  { node, field, below }: Selected,
  { operation }: ReadEndpoint,
  asked: Asked,
): readonly Part[] {
  const { key, path, info } = asked
  const partKey = field?.extensions['partKey'] as PartKey | undefined
  const place = below.reduce<Path>((prev, name) => ({ prev, key: name, typename: undefined }), path)
  const inItsName: Part['inItsName'] = (read) => runAt(place, read)
  if (!field || !partKey) return [{ operation: operation as ReadOperation, key, members: [], inItsName }]
  try {
    const members = membersOf([node], getNamedType(field.type).name, info)
    const args = getArgumentValues(field, node, info.variableValues)
    return [{ operation: operation as ReadOperation, key: partKey(key, args), members, inItsName }]
  } catch {
    // The field itself reports the fault in its arguments, so nothing is read for it.
    return []
  }
}
