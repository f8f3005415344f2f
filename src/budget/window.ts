// The arithmetic of one key's window: how many calls may go now, and when the n-th further one may. Changes only the window.
import { learn, limitAt } from './learned-limit.ts'
import type { LearnedLimit } from './learned-limit.ts'
import type { Carried } from './slot-record.ts'

/**
 * Aurora counts a call somewhere between its sending and its answer; which moment, and whether its window slides
 * or is fixed, is not documented. So a slot is held from sending until a whole window after the answer: any 60 s
 * that Aurora can look at then hold no more than `limit` calls.
 */
export interface Window {
  /** The configured limit; `limitNow` is the limit in force. */
  limit: number
  readonly windowMs: number
  /** Calls that are sent and not yet answered: their slots free no earlier than a window from now. */
  inFlight: number
  /** When each answered call's slot frees, ascending. */
  freesAtMs: number[]
  /** Aurora answered 429: no call goes before this. */
  pausedUntilMs: number
  /** Aurora has answered nothing but 429 since: one call at a time tries the key. */
  isUnproven: boolean
  /** Null if no 429 has lowered the limit. */
  learned: LearnedLimit | null
}

/** Two machines' clocks drift by some 500 millionths, which is 30 ms in a minute, and timers round by a few milliseconds. */
export const DRIFT_MARGIN_MS = 40

export const createWindow = (limit: number, windowMs: number): Window => ({
  limit,
  windowMs,
  inFlight: 0,
  freesAtMs: [],
  pausedUntilMs: 0,
  isUnproven: false,
  learned: null,
})

/** Calls that the window may hold now. */
export const limitNow = (window: Window, nowMs: number): number => limitAt(window, window.learned, nowMs)

export function countFree(window: Window, nowMs: number): number {
  if (nowMs < window.pausedUntilMs || isBeingTried(window)) return 0
  forgetFreed(window, nowMs)
  const free = Math.max(0, limitNow(window, nowMs) - window.inFlight - window.freesAtMs.length)
  return window.isUnproven ? Math.min(1, free) : free
}

/** Whether one call tests the key, so that all others wait for its answer. */
export const isBeingTried = (window: Window): boolean => window.isUnproven && window.inFlight > 0

export function takeSlot(window: Window): void {
  window.inFlight += 1
}

/** The call was answered, or may have been counted: its slot frees a window from now. */
export function holdSlot(window: Window, nowMs: number): void {
  window.inFlight -= 1
  const freesAtMs = nowMs + window.windowMs + DRIFT_MARGIN_MS
  if ((window.freesAtMs.at(-1) ?? 0) <= freesAtMs) return void window.freesAtMs.push(freesAtMs)
  // Slots that were carried over may free later.
  const place = window.freesAtMs.findLastIndex((otherMs) => otherMs <= freesAtMs) + 1
  window.freesAtMs.splice(place, 0, freesAtMs)
}

/** Begins with the slots that the previous process has left. */
export function carryOver(window: Window, { slots, pausedUntilMs, isUnproven, learned }: Carried): void {
  window.freesAtMs = slots.map(({ freesAtMs }) => freesAtMs).sort((one, other) => one - other)
  window.pausedUntilMs = pausedUntilMs
  window.isUnproven = isUnproven
  window.learned = learned
}

/** The call certainly never reached Aurora. */
export function returnSlot(window: Window): void {
  window.inFlight -= 1
}

export function pauseWindow(window: Window, untilMs: number): void {
  window.pausedUntilMs = Math.max(window.pausedUntilMs, untilMs)
  window.isUnproven = true
}

/** Others use the key too: fewer calls fit into a window for a while. */
export function lowerLimit(window: Window, nowMs: number): void {
  window.learned = learn(window, window.learned, nowMs)
}

export function resumeWindow(window: Window): void {
  window.isUnproven = false
}

/**
 * When the n-th further call may go, counting from 1; `nowMs` if that is now. Calls in flight free a window after their
 * answer at the earliest, so the true time is this one, or a little later if their answers are slow.
 */
export function forecastMs(window: Window, nth: number, nowMs: number): number {
  forgetFreed(window, nowMs)
  const { windowMs, inFlight, freesAtMs, pausedUntilMs } = window
  const limit = limitNow(window, nowMs)
  const openMs = Math.max(nowMs, pausedUntilMs)
  // Each full round of `limit` slots takes one more window.
  const rounds = Math.floor((nth - 1) / limit)
  const place = ((nth - 1) % limit) - (limit - inFlight - freesAtMs.length)
  const inRoundMs = place < 0 ? openMs : (freesAtMs[place] ?? nowMs + windowMs + DRIFT_MARGIN_MS)
  return Math.max(openMs, inRoundMs) + rounds * (windowMs + DRIFT_MARGIN_MS)
}

/** When every slot held now is free again and the pause is over; null when that is so already. */
export function resetsAtMs(window: Window, nowMs: number): number | null {
  forgetFreed(window, nowMs)
  const { inFlight, freesAtMs, windowMs, pausedUntilMs } = window
  const lastMs = inFlight > 0 ? nowMs + windowMs + DRIFT_MARGIN_MS : (freesAtMs.at(-1) ?? 0)
  const resetMs = Math.max(lastMs, pausedUntilMs)
  return resetMs > nowMs ? resetMs : null
}

function forgetFreed(window: Window, nowMs: number): void {
  const { freesAtMs } = window
  let freed = 0
  while (freed < freesAtMs.length && (freesAtMs[freed] ?? 0) <= nowMs) freed += 1
  if (freed > 0) freesAtMs.splice(0, freed)
}
