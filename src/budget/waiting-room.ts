// Where calls wait for a slot: in order of arrival, bounded, each with a deadline, each free to leave.
import type { Clock } from '../clock.ts'
import { countFree, forecastMs, isBeingTried } from './window.ts'
import type { Window } from './window.ts'

/** The answer to "may I call?": a slot, or no and when to ask again. */
export type Permission = { readonly slot: Slot } | { readonly retryAtMs: number }

/** Exactly one of the two must be called, once, when the attempt has ended. */
export interface Slot {
  /** Aurora may have counted the call: held for a window from now. */
  answered(): void
  /** The call certainly never left: the slot is free at once. */
  neverSent(): void
}

export interface WaitingRoom {
  size(): number
  isFull(): boolean
  /** Resolves with a slot, or with the time to come back; rejects with the signal's reason when it aborts. */
  wait(ticket: { latestMs: number; signal: AbortSignal }): Promise<Permission>
  /** Lets in whoever can go now, sends away whoever can't be served in time any more. */
  admit(): void
}

interface Ticket {
  readonly latestMs: number
  readonly signal: AbortSignal
  settle(permission: Permission): void
}

/**
 * Ten windows' worth of calls at 90 a minute: nobody waits that long, so a longer queue only costs memory.
 */
const MAX_WAITING = 1000

export function createWaitingRoom({
  window,
  clock,
  grant,
}: {
  window: Window
  clock: Clock
  grant: () => Slot
}): WaitingRoom {
  let tickets: Ticket[] = []
  let cancelTimer = (): void => {}

  function admit(): void {
    const nowMs = clock.monotonicMs()
    while (tickets.length > 0 && countFree(window, nowMs) > 0) tickets.shift()?.settle({ slot: grant() })
    sendAwayTheLate(nowMs)
    schedule(nowMs)
  }

  /** A place counts from the front: each that is sent away moves the others up, so one pass in order is exact. */
  function sendAwayTheLate(nowMs: number): void {
    const staying: Ticket[] = []
    const leaving: Ticket[] = []
    for (const ticket of tickets) {
      const isLate =
        ticket.latestMs <= nowMs || forecastMs(window, staying.length + 1, nowMs) > ticket.latestMs
      ;(isLate ? leaving : staying).push(ticket)
    }
    tickets = staying
    leaving.forEach((ticket, index) => {
      ticket.settle({ retryAtMs: forecastMs(window, staying.length + index + 1, nowMs) })
    })
  }

  /** Wakes when the first slot frees or the first deadline passes, whichever is earlier. */
  function schedule(nowMs: number): void {
    cancelTimer()
    if (tickets.length === 0) return
    // While one call tries the key, its answer wakes us.
    const freesAtMs = isBeingTried(window) ? Infinity : forecastMs(window, 1, nowMs)
    const wakeAtMs = tickets.reduce((earliestMs, { latestMs }) => Math.min(earliestMs, latestMs), freesAtMs)
    // Timers may fire a fraction early, by which nothing is free yet: a millisecond later it is.
    cancelTimer = clock.after(Math.max(1, Math.ceil(wakeAtMs - nowMs)), admit)
  }

  return {
    size: () => tickets.length,
    isFull: () => tickets.length >= MAX_WAITING,
    admit,
    wait: ({ latestMs, signal }) =>
      new Promise((resolve, reject) => {
        const ticket: Ticket = {
          latestMs,
          signal,
          settle(permission) {
            signal.removeEventListener('abort', leave)
            resolve(permission)
          },
        }
        const leave = (): void => {
          tickets = tickets.filter((other) => other !== ticket)
          reject(signal.reason)
          admit()
        }
        signal.addEventListener('abort', leave, { once: true })
        tickets.push(ticket)
        // Not just a new timer: where many arrive between a slot's freeing and the timer's firing, each would put it off.
        admit()
      }),
  }
}
