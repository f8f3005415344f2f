// Lists that Aurora neither filters nor sorts, as connections with a filter, a search, sorts, a total, and what is known of the whole.
import type { IndexedList } from '../list-index/list-specs.ts'
import { readSearch } from '../list-index/fold-text.ts'
import { MAX_BEGINNINGS } from '../list-index/word-column.ts'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { READS } from '../aurora/reads.ts'
import type { ReadOf } from '../aurora/reads.ts'
import { GatewayError } from '../errors/errors.ts'
import type { FoundSlice, ListQuestion } from '../loaders/find-in-list.ts'
import type { ListSlice } from '../loaders/list-reads.ts'
import { builder } from './builder.ts'
import { assertFirst, createConnection, DEFAULT_FIRST, MAX_FIRST, SLICE_ARGS } from './connection.ts'
import type { GraphQLContext } from './context.ts'
import type { FieldBuilder, FieldMap, Row } from './fields.ts'
import { assertInput } from './input.ts'
import { createListArguments, hasAny } from './list-arguments.ts'
import type { ListArguments, Wanted } from './list-arguments.ts'

/** More than anybody types; a longer text is a document that was pasted. */
const MAX_SEARCH_CHARS = 200

const FIND_ARGS = {
  ...SLICE_ARGS,
  ...builder.args((t) => ({
    search: t.string({
      description:
        `Words that all have to be there, or the beginnings of words, without regard to case and accents; ${MAX_SEARCH_CHARS} ` +
        `characters and ${MAX_BEGINNINGS} words at the most.`,
    }),
    last: t.int({
      description: `The last ones, in the place of \`first\`: how many at the most, 1 to ${MAX_FIRST}.`,
    }),
    before: t.string({
      description: '`startCursor` or `cursor` of what was seen first, to read backwards with `last`.',
    }),
  })),
}

interface SliceArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
  readonly search?: string | null | undefined
}

/** Throws BAD_USER_INPUT before a call is made. */
function readQuestion({ first, after, last, before, search }: SliceArgs, wanted: Wanted): ListQuestion {
  const size = first ?? DEFAULT_FIRST
  assertFirst(size)
  if (typeof last === 'number') {
    assertFirst(last, 'last')
    // The default cannot be distinguished from the same number that was given.
    assertInput(size === DEFAULT_FIRST, 'Give `first` or `last`, not both.')
  }
  assertInput(
    (search?.length ?? 0) <= MAX_SEARCH_CHARS,
    `\`search\` may have ${MAX_SEARCH_CHARS} characters.`,
  )
  const words = readSearch(search ?? '')
  assertInput(words.length <= MAX_BEGINNINGS, `\`search\` may have ${MAX_BEGINNINGS} words.`)
  return {
    words,
    limit: last ?? size,
    isFromEnd: typeof last === 'number',
    // Clients that page by themselves send an empty cursor for the first page.
    after: after || null,
    before: before || null,
    ...wanted,
  }
}

function findInList(
  operation: IndexedList,
  question: ListQuestion,
  { loaders, parts }: Pick<GraphQLContext, 'loaders' | 'parts'>,
): Soon<FoundSlice> {
  return whenThere(loaders.find(operation)(question), (slice) => {
    // Not repeated, because the same request may get more in a moment.
    if (slice.failure || slice.hasMoved) parts.spoil()
    return slice
  })
}

const isFound = (slice: ListSlice): slice is FoundSlice => 'isComplete' in slice

/** The whole list is read once for all fields of a slice that was not found in it. */
const wholes = new WeakMap<ListSlice, Soon<FoundSlice>>()

function wholeOf(slice: ListSlice, list: FoundOf, context: GraphQLContext): Soon<FoundSlice> {
  if (isFound(slice)) return slice
  const known = wholes.get(slice)
  if (known) return known
  const question = readQuestion({ first: 1 }, { values: {}, ranges: {}, sort: list.order })
  const whole = findInList(list.operation, question, context)
  wholes.set(slice, whole)
  return whole
}

interface FoundOf {
  readonly operation: IndexedList
  readonly order: Wanted['sort']
}

/** The connection of such a list: in each slice also what is known of the whole. */
function createFoundConnection(list: FoundOf) {
  const pages = 'Costs 1 call for each 250 of the list that are not known yet.'
  const addFields = (t: FieldBuilder<ListSlice>): FieldMap => ({
    totalCount: t.field({
      type: 'Int',
      description: `How many there are, of what was filtered and searched for. Null with an error if a part of the list is not known. ${pages}`,
      resolve: (slice, _args, context) => whenThere(wholeOf(slice, list, context), readTotal),
    }),
    isComplete: t.field({
      type: 'Boolean',
      description: `Whether all of the list was looked through. False: others may match, too; see \`missingPages\`. ${pages}`,
      resolve: (slice, _args, context) =>
        whenThere(wholeOf(slice, list, context), ({ isComplete }) => isComplete),
    }),
    asOf: t.field({
      type: 'DateTime',
      description: `When the oldest part of the list was read that this was found in. ${pages}`,
      resolve: (slice, _args, context) => whenThere(wholeOf(slice, list, context), ({ asOf }) => asOf),
    }),
    missingPages: t.field({
      type: 'Int',
      description: `The least number of pages of 250 that are not known; some of them may not exist. ${pages}`,
      resolve: (slice, _args, context) =>
        whenThere(wholeOf(slice, list, context), ({ missingPages }) => missingPages),
    }),
    retryAt: t.field({
      type: 'DateTime',
      description: `When it is best to ask again, if a part of the list is not known; null otherwise. ${pages}`,
      resolve: (slice, _args, context) =>
        whenThere(wholeOf(slice, list, context), (whole) => retryAtOf(whole, context)),
    }),
  })
  return createConnection(READS[list.operation].kind, addFields)
}

/** The time at which a repeat may get the missing part of the list; null if nothing is missing. */
export async function retryAtOf(
  { failure, hasMoved }: Pick<FoundSlice, 'failure' | 'hasMoved'>,
  { describe }: Pick<GraphQLContext, 'describe'>,
): Promise<string | null> {
  const reason = failure ?? (hasMoved ? moved() : null)
  const retryAt = reason && (await describe(reason)).extensions['retryAt']
  return typeof retryAt === 'string' ? retryAt : null
}

function readTotal({ total, failure, hasMoved }: FoundSlice): number {
  if (failure) throw failure
  if (hasMoved) throw moved()
  return total
}

/** A repeat can succeed at once. */
const moved = (): GatewayError =>
  new GatewayError('CONFLICT', 'The list has changed while it was read: ask again.', { retryAtMs: 0 })

interface FoundList extends ListArguments {
  /** For example "projects". */
  readonly noun: string
  readonly description: string
}

/**
 * A field that shows a list in slices, either in Aurora's order or filtered, searched and sorted. Without a filter, a
 * search or a sort it costs only the pages of its slice, if Aurora shows the list in pages.
 */
export function foundList(operation: IndexedList, { noun, description, ...table }: FoundList): Row<object> {
  const type = createFoundConnection({ operation, order: table.order })
  const { args, read } = createListArguments(noun, table)
  return (t) =>
    t.field({
      type,
      description,
      args: { ...FIND_ARGS, ...args },
      extensions: { operation },
      resolve(_root, given, context) {
        const { first, after, filter, search, sort, last, before } = given
        const isAsked = hasText(search?.trim()) || hasText(before) || hasAny(filter) || hasAny({ sort, last })
        if (isAsked || !isSliced(operation))
          return findInList(operation, readQuestion(given, read({ filter, sort })), context)
        const size = first ?? DEFAULT_FIRST
        assertFirst(size)
        // Clients that page by themselves send an empty cursor for the first page.
        return context.loaders.read(operation)({ first: size, after: after || null })
      },
    })
}

const hasText = (text: string | null | undefined): boolean => (text ?? '') !== ''

const isSliced = (operation: IndexedList): operation is Extract<IndexedList, ReadOf<'sliced'>> =>
  READS[operation].form === 'sliced'

/** The cost of the whole of such a list, for descriptions. */
export const costOfFinding = (noun: string): string =>
  'With `filter`, `search`, `sort`, `last` or `before` the whole list is read: ' +
  `1 call for each 250 ${noun} that are not known yet, and nothing for the next questions.`
