// Histories of a list against the list itself, without a gateway: pages of any age, replicas, hidden rows, and clients that keep a copy.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerSince } from '../../src/changes/answer-since.ts'
import { decodeChangesCursor, encodeChangesCursor } from '../../src/changes/changes-cursor.ts'
import { createDigests } from '../../src/changes/digests.ts'
import { createHistory } from '../../src/changes/history.ts'
import type { History, View } from '../../src/changes/history.ts'
import { examplesOf } from '../support/examples.ts'

const PAGE_SIZE = 4
const MAX_LOGGED = 5

interface Item {
  readonly id: string
  readonly name: string
  readonly [member: string]: unknown
}

type Page = readonly Item[]

/** Some of these happen in the middle of a walk, between the reads of two pages. */
type Event = { readonly is: 'made' } | { readonly is: 'deleted' | 'changed'; readonly at: number }

type Step =
  | Event
  /** Known here, as after a write or a webhook; what is cached of the list is gone. */
  | { readonly is: 'touched'; readonly at: number; readonly isDeleted: boolean }
  /** A replica reads one page again, or all that it has not cached. */
  | { readonly is: 'read'; readonly replica: number; readonly page: number }
  | { readonly is: 'aged'; readonly replica: number }
  | { readonly is: 'evicted'; readonly replica: number; readonly page: number }
  | { readonly is: 'restarted'; readonly replica: number }
  | {
      readonly is: 'synced'
      readonly replica: number
      readonly limit: number
      readonly isCut: boolean
      readonly between: readonly (Event | null)[]
    }

const at = fc.nat(30)
const replica = fc.nat(1)
const page = fc.nat(4)
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ is: fc.constant('made') }),
  fc.record({ is: fc.constantFrom('deleted', 'changed'), at }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: event },
  fc.record({ is: fc.constant('touched'), at, isDeleted: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ is: fc.constant('read'), replica, page }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('aged'), replica }) },
  fc.record({ is: fc.constant('evicted'), replica, page }),
  fc.record({ is: fc.constant('restarted'), replica }),
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('synced'),
      replica,
      limit: fc.integer({ min: 1, max: 6 }),
      isCut: fc.nat(4).map((nth) => nth === 0),
      between: fc.array(fc.option(event, { freq: 1 }), { maxLength: 4 }),
    }),
  },
)

const digests = createDigests(['name'])

/** The cached pages of one process, and what it noted. */
class Replica {
  readonly history: History
  readonly pages = new Map<number, Page>()
  readonly #world: World

  constructor(world: World, name: string) {
    this.#world = world
    this.history = createHistory({ name, digests, clock: world.clock, maxLogged: MAX_LOGGED })
  }

  read(number: number): Page {
    const { list } = this.#world
    const items = list.slice(number * PAGE_SIZE, (number + 1) * PAGE_SIZE)
    const before = this.pages.get(number) ?? []
    // As the cache does: items have moved to the next page, or back.
    if (items.map(({ id }) => id).join() !== before.map(({ id }) => id).join()) this.pages.delete(number + 1)
    this.pages.set(number, items)
    this.history.feed(items)
    return items
  }

  /** Beside the list: as the object is now. */
  readById(id: string): string | undefined {
    return this.#world.list.find((item) => item.id === id)?.name
  }

  /** The pages as a walk shows them. */
  walk({ isCut, between }: Walking): View {
    const pages: (Page | null)[] = []
    let isComplete = true
    for (let number = 0; ; number += 1) {
      const cached = this.pages.get(number)
      if (!cached && isCut) {
        pages.push(null)
        isComplete = false
        if (number > 6) break
        continue
      }
      const items = cached ?? this.read(number)
      pages.push(items)
      this.#world.happen(between[number] ?? null)
      if (items.length < PAGE_SIZE) break
    }
    // A page that was dropped meanwhile, or read again, is no part of a complete view.
    if (pages.some((items, number) => items !== null && this.pages.get(number) !== items)) isComplete = false
    return { pages, isComplete }
  }
}

interface Walking {
  /** No call is left for pages that are not cached. */
  readonly isCut: boolean
  /** What happens after the read of each page. */
  readonly between: readonly (Event | null)[]
}

interface Sync extends Walking {
  readonly limit: number
}

class World {
  list: Item[] = []
  #made = 0
  #versions = 0
  readonly clock = { monotonicMs: () => 0 }

  constructor(count: number) {
    for (let nth = 0; nth < count; nth += 1) this.happen({ is: 'made' })
  }

  placeOf(nth: number): number {
    return nth % Math.max(1, this.list.length)
  }

  happen(what: Event | null): void {
    if (what?.is === 'made') this.list.unshift({ id: `P${this.#made++}`, name: 'new' })
    else if (what?.is === 'deleted') this.list.splice(this.placeOf(what.at), 1)
    else if (what?.is === 'changed') {
      const item = this.list[this.placeOf(what.at)]
      // Few values, so that objects become again what they were.
      if (item) this.list[this.placeOf(what.at)] = { ...item, name: `name ${this.#versions++ % 2}` }
    }
  }
}

/** It stores the cursor behind what it got unless that has errors, and begins anew where it is told to. */
class Client {
  copy = new Map<string, string>()
  #cursor: string | null = null

  /** Returns the view that the copy is of; null where something may be missing. */
  sync(replica: Replica, { limit, ...walking }: Sync): View | null {
    for (;;) {
      const view = replica.walk(walking)
      const { history } = replica
      history.take(view)
      const answer = answerSince(this.#cursor === null ? null : decodeChangesCursor(this.#cursor), {
        history,
        isWhole: isWhole(view),
        limit,
      })
      const cursor = answer.cursor && encodeChangesCursor(answer.cursor)
      if (answer.isReset) {
        const all = isWhole(view) ? readAll(replica, walking) : null
        if (!all) return null
        this.copy = all
      }
      const shown = shownBy(view)
      let hasErrors = false
      for (const { id, is } of answer.changes) {
        if (!shown.has(id)) history.showElsewhere(id)
        const name = shown.get(id) ?? (walking.isCut ? undefined : replica.readById(id))
        if (is === 'deleted') this.copy.delete(id)
        else if (name === undefined) hasErrors = true
        else this.copy.set(id, name)
      }
      if (hasErrors) return null
      this.#cursor = cursor
      if (!answer.isReset && !answer.hasMore) return view.isComplete && !history.hasDoubts() ? view : null
    }
  }
}

const isWhole = ({ pages }: View): boolean => !pages.includes(null)

/** Slice by slice, while the list goes on to change; null where a page is missing. */
function readAll(replica: Replica, { between }: Walking): Map<string, string> | null {
  const all = new Map<string, string>()
  for (let after = '', nth = 0; ; nth += 1) {
    const view = replica.walk({ isCut: false, between: [between[nth] ?? null] })
    replica.history.take(view)
    if (nth === 1) replica.pages.delete(0)
    const slice = [...shownBy(view)]
      .filter(([id]) => id > after)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .slice(0, 3)
    for (const [id, name] of slice) all.set(id, name)
    const last = slice.at(-1)
    if (!last) return all
    after = last[0]
  }
}

const shownBy = ({ pages }: View): ReadonlyMap<string, string> =>
  new Map(
    digests
      .inOrder(pages)
      .flat()
      .map((item) => [String(item['id']), String(item['name'])]),
  )

const sorted = (copy: ReadonlyMap<string, string>): string[] =>
  [...copy].map(([id, name]) => `${id} ${name}`).toSorted()

it('a copy is what a full read shows whenever the list was complete, at any replica', () => {
  fc.assert(
    fc.property(fc.nat(14), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const world = new World(count)
      let made = 0
      const replicas = [new Replica(world, `r${made++}`), new Replica(world, `r${made++}`)]
      const client = new Client()
      const replicaOf = (nth: number): Replica => {
        const found = replicas[nth]
        if (!found) throw new Error(`no replica ${nth}`)
        return found
      }
      for (const each of steps) {
        if (each.is === 'read') replicaOf(each.replica).read(each.page)
        else if (each.is === 'aged') replicaOf(each.replica).pages.clear()
        else if (each.is === 'evicted') replicaOf(each.replica).pages.delete(each.page)
        else if (each.is === 'restarted') replicas[each.replica] = new Replica(world, `r${made++}`)
        else if (each.is === 'touched') {
          const id = world.list[world.placeOf(each.at)]?.id ?? 'P-none'
          if (each.isDeleted) world.happen({ is: 'deleted', at: each.at })
          for (const { pages, history } of replicas) {
            pages.clear()
            history.touch(id.toLowerCase())
          }
        } else if (each.is !== 'synced') world.happen(each)
        else {
          const replica = replicaOf(each.replica)
          const view = client.sync(replica, each)
          if (view) expect(sorted(client.copy)).toEqual(sorted(shownBy(view)))
        }
      }
      for (const isFirst of [true, false])
        for (const replica of replicas) {
          replica.pages.clear()
          const isSure = client.sync(replica, { isCut: false, between: [], limit: 3 }) !== null
          // What is missing at the border of two pages is certain after a second reading.
          if (!isFirst) expect(isSure).toBe(true)
          if (isSure)
            expect(sorted(client.copy)).toEqual(sorted(new Map(world.list.map(({ id, name }) => [id, name]))))
        }
    }),
    { numRuns: examplesOf(RUNS), examples: [[0, MADE_THEN_MISSING]] },
  )
})

/** What was made is on a page that is missing when a client asks. */
const MADE_THEN_MISSING: Step[] = [
  { is: 'synced', replica: 0, limit: 1, isCut: false, between: [] },
  { is: 'made' },
  { is: 'read', replica: 0, page: 0 },
  { is: 'evicted', replica: 0, page: 0 },
  { is: 'synced', replica: 0, limit: 1, isCut: true, between: [] },
]

/** Some seconds of a busy machine. */
const RUNS = 800
