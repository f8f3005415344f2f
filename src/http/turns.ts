// Turns: limits how many requests are executed at once, in all and of one caller, and decides which waiting one is next.

import type { Clock } from '../clock.ts'
import type { HttpLimits } from './limits.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { Loop } from '../turns/loop.ts'
import { createRotation } from '../turns/rotation.ts'
import type { Place, Rotation } from '../turns/rotation.ts'

export interface Turns {
  /** Returns a turn if one is free at once; null if the request has to wait, as `take` does. */
  tryTake(asker: Pick<Asker, 'caller' | 'tenant'>): TakenTurn | null
  /** Rejects with the signal's reason when it aborts. */
  take(asker: Asker): Promise<Turn>
}

export interface Asker {
  readonly caller: string
  /** Names the key at Aurora for which the calls are counted. */
  readonly tenant: string
  /** Where it came from: the addresses of a caller take turns, and the connections of an address do. */
  address(): string
  readonly connection: object
  readonly signal: AbortSignal
}

export interface TakenTurn {
  readonly kind: 'taken'
  /** To be called once. */
  readonly end: () => void
}

/** `refused`: `by` is whose limit was reached. */
export type Turn = TakenTurn | { readonly kind: 'refused'; readonly by: 'caller' | 'all' }

export interface TurnsOptions {
  readonly clock: Clock
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  readonly seen: TenantsSeen
  readonly limits: Pick<
    HttpLimits,
    | 'maxUnderWay'
    | 'maxUnderWayOfCaller'
    | 'reservedUnderWay'
    | 'maxWaiting'
    | 'maxWaitingOfCaller'
    | 'turnWaitMs'
  >
}

interface Counts {
  underWay: number
  waiting: number
}

interface Party extends Counts {
  readonly caller: string
  /** The counts of all callers of the tenant. */
  readonly ofTenant: Counts & { readonly name: string }
}

interface Waiter {
  readonly party: Party
  readonly start: () => void
}

/** The order of requests is that of their own queue. */
const STARTS = ['', 'starts'] as const

/**
 * Tenants take turns, within one tenant its callers do, within one caller its addresses do, and within an address its connections. Each start is a step of the
 * loop, so that a caller with one request waits for few of a caller with hundreds.
 */
export function createTurns({ clock, loop, seen, limits }: TurnsOptions): Turns {
  const parties = createParties(seen)
  const waiting = createRotation<Waiter>()
  let underWay = 0

  const mayStart = (party: Party): boolean => hasRoom(party, underWay, limits, parties.areOfSeveralTenants())
  const starts = createStarts({ loop, waiting, mayStart: ({ party }) => mayStart(party) })
  const count = (party: Party): TakenTurn => {
    underWay += 1
    parties.change(party, 'underWay', 1)
    return {
      kind: 'taken',
      end() {
        underWay -= 1
        parties.change(party, 'underWay', -1)
        starts.ask()
      },
    }
  }
  const wait = (asker: Asker, party: Party): Promise<Turn> => {
    parties.change(party, 'waiting', 1)
    const enqueue = (start: () => void): (() => void) =>
      starts.add({ party, start }, [
        seen.turnOf(asker.tenant),
        asker.caller,
        asker.address(),
        asker.connection,
      ])
    const by = (): 'caller' | 'all' => (party.underWay < limits.maxUnderWayOfCaller ? 'all' : 'caller')
    return waitForStart(asker, {
      clock,
      maxMs: limits.turnWaitMs,
      enqueue,
      count: () => count(party),
      refuse: () => ({ kind: 'refused', by: by() }),
    }).finally(() => parties.change(party, 'waiting', -1))
  }

  const tryTake = (asker: Pick<Asker, 'caller' | 'tenant'>): TakenTurn | null => {
    const party = parties.of(asker)
    return waiting.size() > 0 || !mayStart(party) || !loop.isFree() ? null : count(party)
  }
  return {
    tryTake,
    async take(asker) {
      asker.signal.throwIfAborted()
      const turn = tryTake(asker)
      if (turn) return turn
      const party = parties.of(asker)
      const { maxWaiting, maxWaitingOfCaller } = limits
      if (party.waiting >= maxWaitingOfCaller) return { kind: 'refused', by: 'caller' }
      const isTenantFull = parties.areOfSeveralTenants() && party.ofTenant.waiting >= maxWaitingOfCaller
      if (isTenantFull || waiting.size() >= maxWaiting) return { kind: 'refused', by: 'all' }
      return wait(asker, party)
    },
  }
}

/** Callers and tenants that have a turn, or wait for one. */
function createParties(seen: TenantsSeen) {
  const parties = new Map<string, Party>()
  const tenants = new Map<string, Party['ofTenant']>()
  return {
    areOfSeveralTenants: seen.areSeveral,
    of({ caller, tenant }: Pick<Asker, 'caller' | 'tenant'>): Party {
      seen.note(tenant)
      const known = parties.get(caller)
      if (known) return known
      const ofTenant = tenants.get(tenant) ?? { name: tenant, underWay: 0, waiting: 0 }
      return { caller, ofTenant, underWay: 0, waiting: 0 }
    },
    change(party: Party, what: keyof Counts, by: number): void {
      const { caller, ofTenant } = party
      party[what] += by
      ofTenant[what] += by
      if (party.underWay + party.waiting > 0) parties.set(caller, party)
      else parties.delete(caller)
      if (ofTenant.underWay + ofTenant.waiting > 0) tenants.set(ofTenant.name, ofTenant)
      else tenants.delete(ofTenant.name)
    },
  }
}

/** If there are several tenants, the callers of a busy tenant take nothing of the reserved turns. */
function hasRoom(
  party: Party,
  underWay: number,
  limits: TurnsOptions['limits'],
  isOneOfTenants: boolean,
): boolean {
  const few = limits.reservedUnderWay / 4
  const isSmall = party.underWay < few && (!isOneOfTenants || party.ofTenant.underWay < few)
  const most = isSmall ? limits.maxUnderWay : limits.maxUnderWay - limits.reservedUnderWay
  return underWay < most && party.underWay < limits.maxUnderWayOfCaller
}

interface Starts extends Pick<TurnsOptions, 'loop'> {
  readonly waiting: Rotation<Waiter>
  mayStart(waiter: Waiter): boolean
}

/** Adds a step of the loop in which the next request starts: one at a time. */
function createStarts({ loop, waiting, mayStart }: Starts) {
  /** Removes the step that was added. */
  let takeOut: (() => void) | null = null
  const ask = (): void => {
    if (waiting.size() > 0) takeOut ??= loop.later('start', startNext, STARTS)
  }
  const startNext = (): void => {
    takeOut = null
    const next = waiting.takeNext(mayStart)
    next?.start()
    if (next) ask()
  }
  return {
    ask,
    /** Returns the function that removes the waiter; if it was the last one, the step goes, too. */
    add(waiter: Waiter, place: Place): () => void {
      const remove = waiting.add(waiter, place)
      ask()
      return () => {
        remove()
        if (waiting.size() > 0) return
        takeOut?.()
        takeOut = null
      }
    },
  }
}

interface Wait {
  readonly clock: Clock
  readonly maxMs: number
  /** Returns the function that takes the wait out of the queue. */
  enqueue(start: () => void): () => void
  count(): Turn
  refuse(): Turn
}

function waitForStart({ signal }: Asker, { clock, maxMs, enqueue, count, refuse }: Wait): Promise<Turn> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      cancelWait()
      signal.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      remove()
      leave()
      reject(signal.reason)
    }
    const cancelWait = clock.after(maxMs, () => {
      remove()
      leave()
      resolve(refuse())
    })
    signal.addEventListener('abort', abort, { once: true })
    const remove = enqueue(() => {
      leave()
      resolve(count())
    })
  })
}
