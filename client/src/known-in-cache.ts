// Apollo Client: puts what the cache holds into the places of an answer that were refused for a time.
import type { ApolloCache, DocumentNode } from '@apollo/client'
import { limitedOf } from './limited.ts'
import type { AnswerError } from './limited.ts'

export interface Refused {
  readonly query: DocumentNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly cache: ApolloCache
}

type Definition = DocumentNode['definitions'][number]
type Fragment = Extract<Definition, { readonly typeCondition: unknown }>
type Selection = Fragment['selectionSet']['selections'][number]
type Field = Extract<Selection, { readonly alias?: unknown }>
type Fields = Readonly<Record<string, unknown>>
type Path = readonly (string | number)[]

/** Whatever is stored of an object, by whichever query. `data` itself is not changed; errors stay as they are. */
export function keepKnownInCache<Data>(
  data: Data,
  errors: readonly AnswerError[] | undefined,
  refused: Refused,
): Data {
  const root = refused.query.definitions.find((each) => 'operation' in each)
  let filled: unknown = data
  for (const error of errors ?? [])
    if (root && error.path && limitedOf([error]))
      filled = fill(filled, error.path, { ...refused, selections: root.selectionSet.selections })
  return filled as Data
}

interface Place extends Refused {
  readonly selections: readonly Selection[]
  /** Left out at the root. */
  readonly isBelow?: boolean
}

function fill(value: unknown, [step, ...rest]: Path, place: Place): unknown {
  if (typeof value !== 'object' || value === null || step === undefined) return value
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? fill(item, rest, place) : item))
  const object = value as Fields
  const picked = pick(place.selections, String(step), fragmentsOf(place.query))
  const before = object[step]
  const after =
    before === null
      ? read(object, picked, place)?.[step]
      : fill(before, rest, { ...place, selections: fieldsIn(picked).flatMap(selectionsOf), isBelow: true })
  return after === undefined || after === before ? value : { ...object, [step]: after }
}

/** Null where not all of the field is stored, or where the object has no id. */
function read(object: Fields, selections: readonly Selection[], place: Place): Fields | null {
  const { query, variables, cache, isBelow = false } = place
  const type = isBelow ? object['__typename'] : 'Query'
  const id = isBelow ? cache.identify(object as never) : 'ROOT_QUERY'
  // The cache holds all pages of a list that is read page by page, and not this page alone.
  if (id === undefined || typeof type !== 'string' || fieldsIn(selections).some(isPage)) return null
  const fragment = {
    kind: 'Document',
    definitions: [
      {
        kind: 'FragmentDefinition',
        name: { kind: 'Name', value: 'Known' },
        typeCondition: { kind: 'NamedType', name: { kind: 'Name', value: type } },
        selectionSet: { kind: 'SelectionSet', selections },
      },
      ...fragmentsOf(query).values(),
    ],
  } as unknown as DocumentNode
  return cache.readFragment<Fields>({ id, fragment, fragmentName: 'Known', variables })
}

const isPage = (field: Field): boolean =>
  (field.arguments ?? []).some(({ name }) => name.value === 'after' || name.value === 'before')

const selectionsOf = ({ selectionSet }: Field): readonly Selection[] => selectionSet?.selections ?? []

const fragmentsOf = ({ definitions }: DocumentNode): ReadonlyMap<string, Fragment> =>
  new Map(definitions.flatMap((each) => ('typeCondition' in each ? [[each.name.value, each]] : [])))

/** The selections without all fields but those of one name in the answer. */
function pick(
  selections: readonly Selection[],
  key: string,
  fragments: ReadonlyMap<string, Fragment>,
): readonly Selection[] {
  return selections.flatMap((each): readonly unknown[] => {
    if (isField(each)) return (each.alias ?? each.name).value === key ? [each] : []
    const whole = 'name' in each ? fragments.get(each.name.value) : each
    const inner = whole ? pick(whole.selectionSet.selections, key, fragments) : []
    if (inner.length === 0) return []
    const selectionSet = { kind: 'SelectionSet', selections: inner }
    return [{ ...whole, ...each, kind: 'InlineFragment', selectionSet }]
  }) as readonly Selection[]
}

const fieldsIn = (selections: readonly Selection[]): readonly Field[] =>
  selections.flatMap((each) =>
    isField(each) ? [each] : 'selectionSet' in each ? fieldsIn(each.selectionSet.selections) : [],
  )

const isField = (selection: Selection): selection is Field => String(selection.kind) === 'Field'
