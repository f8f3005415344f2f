// Which imagined object stands for which others: it alone is executed, and each of its calls counts for all of them.
import { groupAlike, linksOf } from './likeness.ts'
import type { Likeness } from './likeness.ts'

export interface StandIns {
  /** The ids for which each id stands, with itself. Ids that stand only for themselves are not in it. */
  readonly covered: Map<string, readonly string[]>
  /** For each id, the id that stands for it, and for how many. */
  readonly names: Map<string, string>
  /** Items that are all that is left of their group. Wherever such an item is shown, it stands for the whole group. */
  readonly remaining: Set<Likeness>
  readonly giveUp: () => void
}

/**
 * Gives up if an object would stand for others in one place, and only for itself or for different ones in another
 * place: the calls of both places would have to be counted apart. Two slices of different lengths of one list are such
 * places.
 */
export const createStandIns = (giveUp: () => void): StandIns => ({
  covered: new Map(),
  names: new Map(),
  remaining: new Set(),
  giveUp,
})

/** The ids for which an id stands, with itself; null if it stands only for itself. */
export const coveredBy = ({ covered }: StandIns, id: string): readonly string[] | null =>
  covered.get(id) ?? null

/** The first of the ids stands for all of them. */
export const standFor = (standIns: StandIns, ids: readonly string[]): void =>
  stand(standIns, ids[0] ?? '', ids)

/** The first object to which a member leads stands for all to which the member leads. */
export const standForLinks = (standIns: StandIns, linked: ReadonlySet<string>): void =>
  standForLinked(standIns, linked, new Set([...linked].slice(0, 1)))

/**
 * Returns the first item of each group of items that are alike. It stands for its group, and the objects to which it
 * links stand for those to which the group links.
 */
export function represent(standIns: StandIns, items: readonly Likeness[]): readonly Likeness[] {
  const groups = groupAlike(items)
  const shown = groups.flatMap((group) => group.slice(0, 1))
  for (const group of groups) {
    const remaining = group.filter((each) => standIns.remaining.has(each)).map(({ id }) => id)
    const ids = allCovered(standIns, remaining)
    for (const { id } of group) ids.add(id)
    stand(standIns, group[0]?.id ?? '', [...ids])
  }
  const executed = linksOf(shown)
  for (const [member, linked] of linksOf(items))
    standForLinked(standIns, linked, executed.get(member) ?? new Set())
  return shown
}

/** The same for items of which only the returned ones are shown from now on, wherever their list is shown. */
export function replace(standIns: StandIns, items: readonly Likeness[]): readonly Likeness[] {
  const shown = represent(standIns, items)
  for (const each of shown) standIns.remaining.add(each)
  return shown
}

/**
 * `linked` are the objects to which the items of one list lead by one member, and `executed` those to which the executed
 * items lead: the first of these stands for all others that are not executed themselves, because the same fields are
 * selected of all.
 */
function standForLinked(
  standIns: StandIns,
  linked: ReadonlySet<string>,
  executed: ReadonlySet<string>,
): void {
  const [first, ...others] = executed
  if (first === undefined) return
  const ofOthers = allCovered(standIns, others)
  const left = [...allCovered(standIns, linked)].filter((id) => !ofOthers.has(id))
  stand(standIns, first, left)
  for (const other of others) stand(standIns, other, coveredBy(standIns, other) ?? [other])
}

/** Only ids that stand for others are looked through: most stand for themselves, and a list may have 20,000. */
function allCovered({ covered }: StandIns, ids: Iterable<string>): Set<string> {
  const all = new Set<string>()
  for (const id of ids) {
    const others = covered.get(id)
    if (others) for (const each of others) all.add(each)
    else all.add(id)
  }
  return all
}

function stand({ covered, names, giveUp }: StandIns, id: string, ids: readonly string[]): void {
  const name = `${id} ${ids.length}`
  for (const each of ids) {
    const before = names.get(each)
    if (before === undefined) names.set(each, name)
    else if (before !== name) return giveUp()
  }
  if (ids.length > 1) covered.set(id, ids)
}
