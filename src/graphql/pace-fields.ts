// Executes a large answer in several turns of the event loop: graphql-js alone executes all that is there in one.
import { getNamedType, getNullableType, isCompositeType, isListType, isObjectType, Kind } from 'graphql'
import type { GraphQLField, GraphQLResolveInfo, GraphQLSchema, SelectionSetNode } from 'graphql'
import { UNITS_PER_TURN } from '../pace.ts'
import type { Pace } from '../pace.ts'
import type { GraphQLContext } from './context.ts'

interface Paced {
  /** Left out where a resolver is called by itself. */
  readonly pace?: Pace
  readonly gather?: GraphQLContext['gather']
}

type Field = GraphQLField<unknown, Paced>

const paced = new WeakSet<GraphQLSchema>()

/**
 * Wraps every resolver of objects and of lists of them in place; a second call does nothing. What has to wait for its turn is
 * a promise, which graphql-js awaits. Objects begin in the order in which they came, so calls are asked for in the same order
 * as without turns.
 */
export function paceFields(schema: GraphQLSchema): void {
  if (paced.has(schema)) return
  paced.add(schema)
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields()))
        if (isCompositeType(getNamedType(field.type))) paceField(field)
}

function paceField(field: Field): void {
  const { resolve } = field
  if (!resolve) return
  const isList = isListType(getNullableType(field.type))
  field.resolve = (source, args: object, context, info) => {
    const value: unknown = resolve(source, args, context, info)
    if (!(value instanceof Promise)) return inTurn(value, context, info, false)
    if (!isList && isTakenAhead(context, info)) return value
    return value.then((late: unknown) => inTurn(late, context, info, true))
  }
}

/** An object of a small request needs no promise more: it is counted before it is there. */
function isTakenAhead({ pace }: Paced, info: GraphQLResolveInfo): boolean {
  if (!pace) return true
  const { own, all } = sizeOf(info)
  if (!pace.takeAhead(all)) return false
  pace.note(own)
  return true
}

/** An object that came at once is executed at once: it was counted with the object that shows it. */
function inTurn(value: unknown, { pace, gather }: Paced, info: GraphQLResolveInfo, isLate: boolean): unknown {
  if (!pace || value === null || value === undefined) return value
  const { own, all } = sizeOf(info)
  if (Array.isArray(value)) {
    const items: readonly unknown[] = gather?.(value) ?? value
    pace.note(own * items.length)
    return pace.take(all * items.length) ? items : itemsInTurns(items, all, pace)
  }
  pace.note(own)
  return !isLate || pace.take(all) ? value : pace.wait(all).then(() => value)
}

function itemsInTurns(items: readonly unknown[], units: number, pace: Pace): readonly Promise<unknown>[] {
  const size = Math.max(1, Math.floor(UNITS_PER_TURN / units))
  let turn = Promise.resolve()
  return items.map((item: unknown, index) => {
    if (index % size === 0) turn = pace.wait(units * Math.min(size, items.length - index))
    return turn.then(() => item)
  })
}

/** The fields selected of an object itself, and those of the objects below it too. */
interface Size {
  readonly own: number
  readonly all: number
}

const NOTHING: Size = { own: 1, all: 1 }

const sizeOf = (info: GraphQLResolveInfo): Size => {
  const [only, ...others] = info.fieldNodes
  return others.length === 0
    ? sizeOfSelection(only?.selectionSet, info)
    : info.fieldNodes.map(({ selectionSet }) => sizeOfSelection(selectionSet, info)).reduce(sum)
}

const sum = (one: Size, other: Size): Size => ({ own: one.own + other.own, all: one.all + other.all })

/** Documents are parsed once for many requests. */
const sizes = new WeakMap<SelectionSetNode, Size>()

function sizeOfSelection(selectionSet: SelectionSetNode | undefined, info: GraphQLResolveInfo): Size {
  const known = selectionSet && sizes.get(selectionSet)
  if (known || !selectionSet) return known ?? NOTHING
  let size = NOTHING
  for (const selection of selectionSet.selections) {
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? info.fragments[selection.name.value]?.selectionSet
        : selection.selectionSet
    if (selection.kind !== Kind.FIELD) size = sum(size, sizeOfSelection(below, info))
    else size = sum(size, { own: 1, all: below ? sizeOfSelection(below, info).all : 1 })
  }
  sizes.set(selectionSet, size)
  return size
}
