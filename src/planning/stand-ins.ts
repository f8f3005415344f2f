// Which imagined object stands for which others: it alone is executed, and each of its calls counts for all of them.
import { groupAlike, linksOf } from './likeness.ts'
import type { Likeness } from './likeness.ts'

export interface StandIns {
  /** The ids for which an id stands, with itself; null if it stands only for itself. */
  coveredBy(id: string): readonly string[] | null
  /** The first of the ids stands for all of them. */
  standFor(ids: readonly string[]): void
  /** The first object to which a member leads stands for all to which the member leads. */
  standForLinks(linked: ReadonlySet<string>): void
  /**
   * Returns the first item of each group of items that are alike. It stands for its group, and the objects to which it
   * links stand for those to which the group links.
   */
  represent(items: readonly Likeness[]): readonly Likeness[]
  /** The same for items of which only the returned ones are shown from now on, wherever their list is shown. */
  replace(items: readonly Likeness[]): readonly Likeness[]
}

/**
 * Gives up if an object would stand for others in one place, and only for itself or for different ones in another
 * place: the calls of both places would have to be counted apart. Two slices of different lengths of one list are such
 * places.
 */
export function createStandIns(giveUp: () => void): StandIns {
  const { coveredBy, allCovered, stand } = createCovered(giveUp)
  /** Items that are all that is left of their group. Wherever such an item is shown, it stands for the whole group. */
  const remaining = new Set<Likeness>()

  /**
   * `linked` are the objects to which the items of one list lead by one member, and `executed` those to which the
   * executed items lead: the first of these stands for all others that are not executed themselves, because the same
   * fields are selected of all.
   */
  function standForLinked(linked: ReadonlySet<string>, executed: ReadonlySet<string>): void {
    const [first, ...others] = executed
    if (first === undefined) return
    const ofOthers = allCovered(others)
    const left = [...allCovered(linked)].filter((id) => !ofOthers.has(id))
    stand(first, left)
    for (const other of others) stand(other, coveredBy(other) ?? [other])
  }

  function represent(items: readonly Likeness[]): readonly Likeness[] {
    const groups = groupAlike(items)
    const shown = groups.flatMap((group) => group.slice(0, 1))
    for (const group of groups) {
      const ids = allCovered(group.filter((each) => remaining.has(each)).map(({ id }) => id))
      for (const { id } of group) ids.add(id)
      stand(group[0]?.id ?? '', [...ids])
    }
    const executed = linksOf(shown)
    for (const [member, linked] of linksOf(items)) standForLinked(linked, executed.get(member) ?? new Set())
    return shown
  }

  return {
    coveredBy,
    standFor: (ids) => stand(ids[0] ?? '', ids),
    standForLinks: (linked) => standForLinked(linked, new Set([...linked].slice(0, 1))),
    represent,
    replace(items) {
      const shown = represent(items)
      for (const each of shown) remaining.add(each)
      return shown
    },
  }
}

/** The ids for which each id stands. */
function createCovered(giveUp: () => void) {
  const covered = new Map<string, readonly string[]>()
  /** For each id, the id that stands for it, and for how many. */
  const standIns = new Map<string, string>()

  /** Only ids that stand for others are looked through: most stand for themselves, and a list may have 20,000. */
  function allCovered(ids: Iterable<string>): Set<string> {
    const all = new Set<string>()
    for (const id of ids) {
      const others = covered.get(id)
      if (others) for (const each of others) all.add(each)
      else all.add(id)
    }
    return all
  }

  function stand(id: string, ids: readonly string[]): void {
    const name = `${id} ${ids.length}`
    for (const each of ids) {
      const before = standIns.get(each)
      if (before === undefined) standIns.set(each, name)
      else if (before !== name) return giveUp()
    }
    if (ids.length > 1) covered.set(id, ids)
  }

  return { coveredBy: (id: string) => covered.get(id) ?? null, allCovered, stand }
}
