// Where calls wait for a slot: in order of class and in turn of caller, bounded, each with a deadline, each free to leave.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../rest/terms.ts'
import type { Wait } from '../rest/call.ts'
import { CLASSES, forecastGoMs, mayGo } from './classes.ts'
import type { Busy, Ledger, Slot, Waiting } from './ledger.ts'
import { createPromises } from './promises.ts'
import { countWaiting, findFirst, inOrder } from './tickets.ts'
import type { Ticket as Place } from './tickets.ts'
import { isBeingTried } from './window.ts'

/** The answer to "may I call?": a slot, or no and when to ask again. */
export type Permission = { readonly slot: Slot } | Busy

export interface SlotRequest {
  readonly callClass: CallClass
  readonly caller: string
  /** The same for the same call, so that who is refused and comes back is known again. */
  readonly name: string
  /** How long it is worth waiting; whoever holds it may put it off meanwhile, and is told what is expected. */
  readonly wait: Wait
  readonly signal: AbortSignal
}

export interface WaitingRoom {
  /**
   * Resolves with a slot, or with the true time: at once for what can't be served in time, at the latest when its wait is
   * over. Rejects with the signal's reason when it aborts, and its place goes to the next.
   */
  enter(request: SlotRequest): Promise<Permission>
  /** Lets in whoever can go now, sends away whoever can't be served in time any more. */
  admit(): void
  /** When `count` further reads could all have gone, `promised` of which are promised a slot already. */
  forecast(count: number, promised: number): number
  waiting(): Waiting
  isEmpty(): boolean
  /** From now on nobody waits beyond `untilMs`; who can't be served by then is sent away at once. */
  closeBy(untilMs: number): void
}

interface Ticket extends Place {
  readonly request: SlotRequest
  settle(permission: Permission): void
}

/** Ten windows' worth of calls at 90 a minute: nobody waits that long, so a longer queue only costs memory. */
const MAX_WAITING_PER_CLASS = 1000

export function createWaitingRoom({ ledger, clock }: { ledger: Ledger; clock: Clock }): WaitingRoom {
  const { window } = ledger
  // A promise outlives its time by a window: who needs many slots comes back when the last of them frees.
  const promises = createPromises(window.windowMs)
  /** When callers who wait had their last slot, counted in slots. */
  const turns = new Map<string, number>()
  let turn = 0
  let tickets: Ticket[] = []
  let cancelTimer = (): void => {}
  let isAdmitting = false
  let isAskedAgain = false
  /** A shared ledger that is fuller than it looks from here says so. */
  let busyUntilMs = 0
  /** When the process ends. */
  let closesAtMs = Infinity

  /** Turns to the ledger once for each slot; whoever asks meanwhile is looked after before it ends. */
  async function admitAll(): Promise<void> {
    do {
      isAskedAgain = false
      for (let next = findNext(); next !== undefined; next = findNext()) {
        const got = await ledger.take(next.callClass)
        if ('retryAtMs' in got) {
          busyUntilMs = got.retryAtMs
          break
        }
        letIn(next, got)
      }
      sendAwayTheLate(clock.monotonicMs())
    } while (isAskedAgain)
    isAdmitting = false
    schedule(clock.monotonicMs())
  }

  function findNext(): Ticket | undefined {
    const nowMs = clock.monotonicMs()
    const first = findFirst(tickets, turns)
    return first && nowMs >= busyUntilMs && mayGo(window, first.callClass, nowMs) ? first : undefined
  }

  /** Who was first may have left while the ledger was asked: then the slot is for who is first now. */
  function letIn(asked: Ticket, slot: Slot): void {
    const ticket = tickets.includes(asked) ? asked : findFirst(tickets, turns)
    if (!ticket) return slot.neverSent()
    tickets = tickets.filter((other) => other !== ticket)
    turn += 1
    if (tickets.length === 0) turns.clear()
    else turns.set(ticket.caller, turn)
    promises.redeem(ticket.request.name)
    ticket.settle({ slot })
  }

  /** A place counts from the front: each that is sent away moves the others up, so one pass in order is exact. */
  function sendAwayTheLate(nowMs: number): void {
    let nth = 1
    const leaving = new Set<Ticket>()
    for (const ticket of inOrder(tickets, turns)) {
      if (isLate(ticket, nth, nowMs)) leaving.add(ticket)
      else nth += 1
    }
    if (leaving.size === 0) return
    tickets = tickets.filter((ticket) => !leaving.has(ticket))
    for (const ticket of leaving) ticket.settle({ retryAtMs: promise(ticket.request, nowMs) })
  }

  function isLate({ callClass, request: { wait } }: Ticket, nth: number, nowMs: number): boolean {
    const goesAtMs = Math.max(busyUntilMs, forecastGoMs(window, callClass, nth, nowMs))
    wait.retryAtMs = goesAtMs
    const latestMs = Math.min(wait.latestMs, closesAtMs)
    return latestMs <= nowMs || goesAtMs > latestMs
  }

  /** The others are looked at when something changes for them: of many who arrive, each would look at all. */
  function sendAwayIfLate(ticket: Ticket): void {
    const nowMs = clock.monotonicMs()
    if (!isLate(ticket, inOrder(tickets, turns).indexOf(ticket) + 1, nowMs)) return schedule(nowMs)
    tickets = tickets.filter((other) => other !== ticket)
    ticket.settle({ retryAtMs: promise(ticket.request, nowMs) })
  }

  /** Who was told a time before and comes early is told the same again. */
  function promise({ callClass, name }: SlotRequest, nowMs: number): number {
    const toldMs = promises.told(name, nowMs)
    if (toldMs !== null && toldMs > nowMs) return Math.max(toldMs, forecastGoMs(window, callClass, 1, nowMs))
    promises.redeem(name)
    const atMs = forecast(callClass, 1, nowMs)
    promises.keep(name, atMs, nowMs)
    return atMs
  }

  function forecast(callClass: CallClass, count: number, nowMs: number): number {
    const returned = tickets.filter(({ promisedAtMs }) => promisedAtMs !== null).length
    const before = tickets.filter((ticket) => isBefore(ticket.callClass, callClass)).length
    const nth = Math.max(1, before + promises.count(nowMs) - returned + count)
    return Math.max(busyUntilMs, forecastGoMs(window, callClass, nth, nowMs))
  }

  /** Wakes when the next can go or the first deadline passes, whichever is earlier. */
  function schedule(nowMs: number): void {
    cancelTimer()
    const first = findFirst(tickets, turns)
    if (!first) return
    // While one call tries the key, its answer wakes us.
    const goesAtMs = isBeingTried(window)
      ? Infinity
      : Math.max(busyUntilMs, forecastGoMs(window, first.callClass, 1, nowMs))
    const wakeAtMs = tickets.reduce(
      (earliestMs, { request }) => Math.min(earliestMs, request.wait.latestMs),
      Math.min(goesAtMs, closesAtMs),
    )
    // Timers may fire a fraction early, by which nothing is free yet: a millisecond later it is.
    cancelTimer = clock.after(Math.max(1, Math.ceil(wakeAtMs - nowMs)), admit)
  }

  function admit(): void {
    isAskedAgain = true
    if (isAdmitting) return
    isAdmitting = true
    void admitAll()
  }

  return {
    admit() {
      // What was given back or opened here is news that a shared ledger's last word did not know of.
      busyUntilMs = 0
      admit()
    },
    closeBy(untilMs) {
      closesAtMs = untilMs
      admit()
    },
    waiting: () => countWaiting(tickets),
    isEmpty: () => tickets.length === 0 && promises.count(clock.monotonicMs()) === 0,
    forecast: (count, promised) =>
      forecast('interactive', Math.max(1, count) - promised, clock.monotonicMs()),
    enter: (request) =>
      new Promise((resolve, reject) => {
        const { callClass, caller, name, wait, signal } = request
        if (signal.aborted) return reject(signal.reason)
        const nowMs = clock.monotonicMs()
        if (countWaiting(tickets)[callClass] >= MAX_WAITING_PER_CLASS)
          return resolve({ retryAtMs: forecast(callClass, 1, nowMs) })
        const leave = (): void => {
          tickets = tickets.filter((other) => other !== ticket)
          reject(signal.reason)
          admit()
        }
        const ticket: Ticket = {
          callClass,
          caller,
          promisedAtMs: promises.told(name, nowMs),
          request,
          settle(permission) {
            signal.removeEventListener('abort', leave)
            wait.retryAtMs = null
            resolve(permission)
          },
        }
        signal.addEventListener('abort', leave, { once: true })
        tickets.push(ticket)
        // Not just a new timer: where many arrive between a slot's freeing and the timer's firing, each would put it off.
        if (isAdmitting || findNext()) admit()
        else sendAwayIfLate(ticket)
      }),
  }
}

const isBefore = (other: CallClass, callClass: CallClass): boolean =>
  CLASSES.indexOf(other) <= CLASSES.indexOf(callClass)
