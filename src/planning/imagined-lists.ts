// Objects that a plan looks for in lists: an imagined list contains those that the true one would contain.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ALL_READS, ownReadOf } from '../aurora/reads.ts'
import type { PageName } from '../loaders/page-shares.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { Alike } from './alike.ts'
import { isImagined } from './imagined-objects.ts'
import type { ImaginedReplies } from './imagined-replies.ts'

export interface ImaginedListsOptions {
  readonly replies: Pick<ImaginedReplies, 'item'>
  /** 0 to 1: the part of the wanted objects that a page of their list shows. */
  readonly foundShare: (page: PageName) => number
  /** Left out or null: each object stands only for itself. */
  readonly alike?: Pick<Alike, 'covered'> | null
}

export type ImaginedLists = ReturnType<typeof createImaginedLists>

/** Lists of the tenant that every lookup reads to the end: the object that is looked up is in them. */
const WHOLE_LISTS: ReadonlyMap<Kind, Endpoint> = new Map(
  ALL_READS.filter(
    ({ form, kind }) => form === 'whole' || (form === 'sliced' && ownReadOf(kind) === undefined),
  ).map((list) => [list.kind, list]),
)

export function createImaginedLists({ replies, foundShare, alike }: ImaginedListsOptions) {
  /** Objects that were looked up before their whole list was read, and that it has to contain. */
  const wanted = new Map<Kind, Set<string>>()
  /** Objects that a page of a longer list may show so that they need no own reads. */
  const sought = new Map<Kind, Set<string>>()
  const readLists = new Map<Kind, 'imagined' | 'true'>()

  const itemsOf = (endpoint: Endpoint, ids: readonly string[]): readonly Members[] =>
    ids.map((id) => replies.item(endpoint, id))

  /** Each object is on one page only. */
  function takeSought({ terms: { scope }, endpoint, path, query }: Call): readonly string[] {
    const ids = Object.keys(path).length === 0 ? [...(sought.get(endpoint.kind) ?? [])] : []
    const page = Number(query['page'] ?? 1) - 1
    const share = foundShare({ scope: scope.key, kind: endpoint.kind, page })
    const found = ids.slice(0, Math.round(ids.length * share))
    for (const id of found) sought.get(endpoint.kind)?.delete(id)
    return found
  }

  return {
    /** Puts the wanted objects into an answered list. */
    fill(call: Call, list: Reply, isImaginedList: boolean): Reply {
      const { endpoint } = call
      const { kind } = endpoint
      if (WHOLE_LISTS.get(kind)?.operation !== endpoint.operation)
        return isImaginedList ? withItems(list, itemsOf(endpoint, takeSought(call))) : list
      readLists.set(kind, isImaginedList ? 'imagined' : 'true')
      // A true list contains every true object already, but no imagined one.
      const missing = [...(wanted.get(kind) ?? [])].filter((id) => isImaginedList || isImagined(id))
      return withItems(list, itemsOf(endpoint, missing))
    },
    /** The object as its list shows it; null if the list was not read yet: it will contain the object then. */
    find(kind: Kind, id: string): Members | null {
      const list = WHOLE_LISTS.get(kind)
      if (!list) return null
      const read = readLists.get(kind)
      if (read === 'imagined' || (read === 'true' && isImagined(id))) return replies.item(list, id)
      for (const each of alike?.covered({ id }) ?? [id]) addTo(wanted, kind, each)
      return null
    },
    /** To be called before the own read of the object, which is made unless a page of a list shows the object. */
    seek({ endpoint, path }: Pick<Question, 'endpoint' | 'path'>): void {
      const ids = Object.values(path)
      const [id] = ids
      if (endpoint.answers !== 'object' || id === undefined || ids.length > 1 || isImagined(id)) return
      addTo(sought, endpoint.kind, id)
    },
  }
}

const addTo = (sets: Map<Kind, Set<string>>, kind: Kind, id: string): void =>
  void sets.set(kind, (sets.get(kind) ?? new Set()).add(id))

/** The items replace as many others: a list does not get longer because objects are searched in it. */
const withItems = (list: Reply, items: readonly Members[]): Reply => ({
  ...list,
  value: [...items, ...(list.value as readonly Members[]).slice(items.length)],
})
