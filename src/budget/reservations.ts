// Times that were given to calls which had to be refused, by request. Such a call goes first when its time has come.
import { countExpected, sumExpected } from './expected.ts'
import type { Expected } from './expected.ts'
import { createReturns } from './returns.ts'
import type { Returns } from './returns.ts'

/** The owner of a call. The refused calls of one request have one time: they come back together, or lapse together. */
export interface Asker {
  readonly caller: string
  /** Any object that is the same for all calls of the request; without it, all calls of the caller count as one request. */
  readonly request?: object | undefined
}

export interface Reservation {
  readonly atMs: number
  /** The first time that the call was given; this time decides its place, even if it is refused again. */
  readonly firstAtMs: number
}

export interface Reservations {
  /** A call has come back: removes its reservation and returns it; null if there is none, or it has lapsed. */
  takeUp(name: string, nowMs: number): Reservation | null
  add(name: string, asker: Asker, given: Reservation & { readonly nowMs: number }): void
  /** The client got this time for its repeat, so until then none of its reservations lapses. */
  promise(asker: Asker, atMs: number): void
  /** The client has left, so its reservations end. */
  forget(asker: Asker): void
  /** The number of reserved calls of this request. */
  countOf(asker: Asker, nowMs: number): number
  /** The number of those whose first time is not after `untilMs`. */
  countDue(asker: Asker, untilMs: number): number
  /** Calls of the caller's other requests that will probably come back, at most `most` of each. */
  countBeside(asker: Asker, most: number, nowMs: number): number
  /** Calls of this caller that will probably come back, at most `most`. */
  expected(caller: string, most: number, nowMs: number): number
  /** The same for all other callers, at most `most` of each. */
  expectedOfOthers(caller: string, most: number, nowMs: number): number
  isEmpty(nowMs: number): boolean
}

/**
 * More calls than this take longer than any client waits. Beyond it, the caller that has the most makes room for the
 * others.
 */
const MAX_RESERVATIONS = 2000

/** The refused calls of one request. */
interface Visit {
  readonly caller: string
  readonly calls: Map<string, Reservation>
  /** The earliest known time of its calls. */
  nextAtMs: number
  promisedAtMs: number | null
  hasReturned: boolean
}

type VisitKey = object | string

interface Book {
  readonly graceMs: number
  readonly visits: Map<VisitKey, Visit>
  /** By the name of a call. */
  readonly visitOf: Map<string, VisitKey>
  /** The number of calls of each caller. */
  readonly sizes: Map<string, number>
  readonly returns: Returns
  /** No reservation lapses before this time. */
  lapsesAtMs: number
  /** What is expected of all callers but one; kept, because many calls of one request need it in a row. */
  others: { readonly than: string; readonly expected: Expected } | null
}

/**
 * A reservation holds no slot, so no call waits for one that does not come back: it only counts in the times that others
 * get. It lapses `graceMs` after its time. If nothing of a request was taken up by then, its client has left, and all
 * reservations of the request lapse.
 */
export function createReservations(graceMs: number): Reservations {
  const book: Book = {
    graceMs,
    visits: new Map(),
    visitOf: new Map(),
    sizes: new Map(),
    returns: createReturns(),
    lapsesAtMs: Infinity,
    others: null,
  }
  const { visits, sizes, returns } = book
  const current = (nowMs: number): Book => {
    forgetLapsed(book, nowMs)
    return book
  }
  const callsOf = (asker: Asker, nowMs: number): ReadonlyMap<string, Reservation> =>
    current(nowMs).visits.get(keyOf(asker))?.calls ?? new Map<string, never>()

  return {
    takeUp: (name, nowMs) => takeUp(current(nowMs), name),
    add: (name, asker, { nowMs, ...given }) => add(current(nowMs), name, asker, given),
    promise(asker, atMs) {
      const visit = visits.get(keyOf(asker))
      if (!visit) return
      visit.promisedAtMs = atMs
      book.lapsesAtMs = Math.min(book.lapsesAtMs, atMs + graceMs)
    },
    forget(asker) {
      const visit = visits.get(keyOf(asker))
      if (visit) for (const name of visit.calls.keys()) remove(book, visit, name)
    },
    countOf: (asker, nowMs) => callsOf(asker, nowMs).size,
    countDue(asker, untilMs) {
      const { calls = new Map<string, Reservation>() } = visits.get(keyOf(asker)) ?? {}
      return [...calls.values()].filter(({ firstAtMs }) => firstAtMs <= untilMs).length
    },
    countBeside(asker, most, nowMs) {
      const ofRequest = callsOf(asker, nowMs).size
      if ((sizes.get(asker.caller) ?? 0) === ofRequest) return 0
      let beside = -Math.min(ofRequest, most)
      for (const { caller, calls } of visits.values())
        if (caller === asker.caller) beside += Math.min(calls.size, most)
      return beside * returns.likelihood(asker.caller)
    },
    expected: (caller, most, nowMs) =>
      Math.min(current(nowMs).sizes.get(caller) ?? 0, most) * returns.likelihood(caller),
    expectedOfOthers: (caller, most, nowMs) => countExpected(othersThan(current(nowMs), caller), most),
    isEmpty: (nowMs) => current(nowMs).visitOf.size === 0,
  }
}

const keyOf = ({ caller, request }: Asker): VisitKey => request ?? caller

/** The first time at which the request may come back. */
const comesBackAt = ({ promisedAtMs, nextAtMs }: Visit): number => promisedAtMs ?? nextAtMs

function takeUp(book: Book, name: string): Reservation | null {
  const key = book.visitOf.get(name)
  const visit = key === undefined ? undefined : book.visits.get(key)
  const taken = visit?.calls.get(name)
  if (!visit || !taken) return null
  if (!visit.hasReturned) note(book, visit, true)
  remove(book, visit, name)
  return taken
}

function add(book: Book, name: string, asker: Asker, given: Reservation): void {
  const { visits, visitOf, graceMs } = book
  if (visitOf.has(name) || !makeRoom(book, asker.caller)) return
  const key = keyOf(asker)
  const visit = visits.get(key) ?? createVisit(asker)
  visits.set(key, visit)
  visit.calls.set(name, given)
  visit.nextAtMs = Math.min(visit.nextAtMs, given.atMs)
  visitOf.set(name, key)
  resize(book, asker.caller, 1)
  book.lapsesAtMs = Math.min(book.lapsesAtMs, comesBackAt(visit) + graceMs)
}

const createVisit = ({ caller }: Asker): Visit => ({
  caller,
  calls: new Map(),
  nextAtMs: Infinity,
  promisedAtMs: null,
  hasReturned: false,
})

/**
 * Whether there is room for one more call of this caller, if necessary by removing one of the caller that has the most.
 */
function makeRoom(book: Book, caller: string): boolean {
  const { visits, visitOf, sizes } = book
  if (visitOf.size < MAX_RESERVATIONS) return true
  const [most, size] = [...sizes].reduce((left, right) => (right[1] > left[1] ? right : left))
  if ((sizes.get(caller) ?? 0) + 1 >= size) return false
  const visit = [...visits.values()].findLast((each) => each.caller === most)
  const last = [...(visit?.calls.keys() ?? [])].at(-1)
  if (visit && last !== undefined) remove(book, visit, last)
  return true
}

function remove(book: Book, visit: Visit, name: string): void {
  const { visits, visitOf } = book
  const key = visitOf.get(name)
  visit.calls.delete(name)
  visitOf.delete(name)
  resize(book, visit.caller, -1)
  if (visit.calls.size === 0 && key !== undefined) visits.delete(key)
}

function resize(book: Book, caller: string, by: number): void {
  const size = (book.sizes.get(caller) ?? 0) + by
  if (size === 0) book.sizes.delete(caller)
  else book.sizes.set(caller, size)
  if (book.others?.than !== caller) book.others = null
}

function note(book: Book, visit: Visit, hasReturned: boolean): void {
  visit.hasReturned ||= hasReturned
  book.returns.note(visit.caller, hasReturned)
  book.others = null
}

function forgetLapsed(book: Book, nowMs: number): void {
  const { visits, graceMs } = book
  if (nowMs <= book.lapsesAtMs) return
  book.lapsesAtMs = Infinity
  for (const visit of visits.values()) {
    if (comesBackAt(visit) + graceMs < nowMs) forgetLapsedOf(book, visit, nowMs)
    if (visit.calls.size > 0) book.lapsesAtMs = Math.min(book.lapsesAtMs, comesBackAt(visit) + graceMs)
  }
}

function forgetLapsedOf(book: Book, visit: Visit, nowMs: number): void {
  const isWhole = visit.promisedAtMs !== null || !visit.hasReturned
  if (!visit.hasReturned) note(book, visit, false)
  for (const [name, { atMs }] of visit.calls)
    if (isWhole || atMs + book.graceMs < nowMs) remove(book, visit, name)
  visit.nextAtMs = Math.min(...[...visit.calls.values()].map(({ atMs }) => atMs))
}

function othersThan(book: Book, caller: string): Expected {
  if (book.others?.than !== caller) {
    const sizes = [...book.sizes].filter(([other]) => other !== caller)
    book.others = { than: caller, expected: sumExpected(sizes, book.returns) }
  }
  return book.others.expected
}
