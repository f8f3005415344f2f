// Answers what has changed in a list since a cursor: reads the whole list as other questions about it do, and uses its history.
import { atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { idKey, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { answerSince } from '../changes/answer-since.ts'
import type { SinceAnswer } from '../changes/answer-since.ts'
import type { Change } from '../changes/change-log.ts'
import { decodeChangesCursor, encodeChangesCursor } from '../changes/changes-cursor.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import type { Find, FoundSlice, ListQuestion } from './find-in-list.ts'
import type { LoadersOptions } from './loaders-options.ts'

export interface ChangesQuestion {
  /** The cursor as the client sent it; null for the first request. */
  readonly since: string | null
  readonly limit: number
}

export interface ChangesSlice extends Pick<FoundSlice, 'asOf' | 'failure' | 'hasMoved' | 'isComplete'> {
  readonly cursor: string
  /** Whether the client has to read the whole list. */
  readonly isReset: boolean
  readonly created: readonly AuroraObject[]
  readonly changed: readonly AuroraObject[]
  /** Aurora's ids. */
  readonly deleted: readonly string[]
  readonly hasMore: boolean
}

export type ReadChanges = (question: ChangesQuestion) => Soon<ChangesSlice>

interface ChangesOptions {
  readonly options: LoadersOptions
  readonly find: Find
  readonly objects: ByKey
  /** The members of a project that are known beside the list, at no cost. */
  readonly readListed: (id: string) => Members | null
}

/** What a client reads of the whole list may replace its copy. */
export const withHistory =
  (find: Find, { terms, lists, histories }: LoadersOptions): Find =>
  (question) =>
    whenThere(find(question), (list) => {
      // A dry run leaves the history alone.
      if (lists) histories?.known(terms.scope.key)?.take(list)
      return list
    })

export const createReadChanges =
  (given: ChangesOptions): ReadChanges =>
  (question) =>
    atOnce(() => reading(question, given))

/** The whole list is read, whatever is found. */
const WHOLE: ListQuestion = {
  values: {},
  ranges: {},
  words: [],
  sort: { by: 'CREATED_AT', isDescending: true },
  limit: 1,
  isFromEnd: false,
  after: null,
  before: null,
}

/** Making a digest takes as long as two fields. */
const UNITS_OF_ITEM = 2

function* reading({ since, limit }: ChangesQuestion, given: ChangesOptions): Steps<ChangesSlice> {
  // A wrong cursor costs no call.
  const cursor = since === null ? null : decodeChangesCursor(since)
  const { options, find } = given
  const { histories, lists, terms, pace } = options
  if (!histories) throw new Error('the loaders of this request were made without histories')
  const list = yield* there(find(WHOLE))
  const at = { isWhole: list.missingPages === 0, limit }
  const { key } = terms.scope
  // In a dry run: the changes that are known already. Further changes on the pages cannot be known.
  if (!lists) {
    const known = answerSince(cursor, { history: histories.known(key), ...at })
    return toSlice(list, known, { shown: findShown(known, list, given), ...given })
  }
  for (const items of list.pages) {
    if (items === null || histories.digests.has(items)) continue
    const units = items.length * UNITS_OF_ITEM
    if (pace && !pace.take(units)) yield* there(pace.wait(units))
    histories.digests.of(items)
  }
  const history = histories.open(key)
  history.take(list)
  histories.keep(key, history)
  const answer = answerSince(cursor, { history, ...at })
  const shown = findShown(answer, list, given)
  for (const { id } of answer.changes) if (!shown.has(idKey(id))) history.showElsewhere(id)
  const slice = toSlice(list, answer, { shown, ...given })
  return { ...slice, isComplete: slice.isComplete && !history.hasDoubts() }
}

/** As the list shows them, so that the notes about shown objects are right. */
const findShown = (
  { changes }: SinceAnswer,
  { pages }: FoundSlice,
  { options: { histories } }: ChangesOptions,
): ReadonlyMap<string, Members> =>
  findItems(new Set(changes.map(({ id }) => idKey(id))), histories?.digests.inOrder(pages) ?? [])

function toSlice(
  { isComplete, asOf, failure, hasMoved }: FoundSlice,
  { changes, isReset, hasMore, cursor }: SinceAnswer,
  { objects, readListed, shown }: ChangesOptions & { readonly shown: ReadonlyMap<string, Members> },
): ChangesSlice {
  const those = (is: Change['is']): readonly string[] =>
    changes.filter((change) => change.is === is).map(({ id }) => id)
  const toObject = (id: string): AuroraObject =>
    objects.refer(id, shown.get(idKey(id)) ?? readListed(id) ?? undefined)
  return {
    cursor: cursor ? encodeChangesCursor(cursor) : '',
    isReset,
    created: those('created').map(toObject),
    changed: those('changed').map(toObject),
    deleted: those('deleted'),
    hasMore,
    isComplete,
    asOf,
    failure,
    hasMoved,
  }
}

/** An item on two pages is shown as on the last one, as in the history. Both sides are named by the keys of their ids. */
function findItems(
  ids: ReadonlySet<string>,
  pages: readonly (readonly Members[])[],
): ReadonlyMap<string, Members> {
  const found = new Map<string, Members>()
  if (ids.size === 0) return found
  for (const items of pages)
    for (const item of items) {
      const key = idKey(readAuroraId(item['id']) ?? '')
      if (ids.has(key)) found.set(key, item)
    }
  return found
}
