// Divides the work of the process into turns of the event loop: some milliseconds of steps in each turn, and the connections between turns.
import type { Clock } from '../clock.ts'
import { createRotation } from './rotation.ts'
import type { Place, Rotation } from './rotation.ts'

/**
 * - `read`: what a connection sent
 * - `readOn`: more of what it sent at once
 * - `start`: a request that was read begins
 * - `work`: a piece of a large answer or of a plan
 */
export type StepKind = 'read' | 'readOn' | 'start' | 'work'

export interface Loop {
  /** Whether the next step may be done at once: this turn has time left, and no other step waits. */
  isFree(): boolean
  /** Whether this turn has time left, even if others wait: for a step that takes less time than queueing it. */
  hasTime(): boolean
  /**
   * Does the step in this turn or a later one. Kinds share the time of the turns; within a kind, tenants take turns, and so on. Returns the
   * function that takes the step out again; once the step has begun, it does nothing.
   */
  later(kind: StepKind, step: () => void, place: Place): () => void
  /**
   * Does a piece of work at once if this turn is free and has had none, else later; its place ends with a request. Returns
   * the function that takes it out again, as `later` does.
   */
  work(piece: () => void, place: readonly [tenant: string, party: string, request: object]): () => void
  /** To be called for each connection that is accepted. */
  noteAccepted(): void
}

/** A tenth of what a person notices as a delay. */
const TURN_MS = 10

/**
 * libuv accepts one connection in each turn of the loop, so a client may wait behind hundreds of others. While
 * connections come, steps have this much time of a turn on average: 500 connections are accepted within a second, and a
 * sender that only opens connections leaves most of the time to the requests of others.
 */
const MS_BETWEEN_ACCEPTS = 1

/**
 * How many requests of one party are worked on at once. A half-made answer takes as much memory as a whole one:
 * hundreds of large ones that grow together would fill the memory, and each would be late.
 */
const REQUESTS_AT_ONCE = 4

/**
 * The share of the time for each kind. Most is for the first bytes of connections: until they are read, their caller is
 * unknown. A step counts as `TURN_MS` at the most, so that its kind does not wait for hundreds of turns if each has
 * a millisecond.
 */
const SHARES: Readonly<Record<StepKind, number>> = { read: 3, start: 1, work: 1, readOn: 1 }

/**
 * Each turn does one step at the least, and one piece of work at the most. While connections come, a turn does no step
 * if earlier steps took longer than their share.
 */
export function createLoop({ clock }: { readonly clock: Pick<Clock, 'monotonicMs'> }): Loop {
  const queues = createQueues()
  const accepts = createAccepts()
  /** When this turn had its first step; null: it has had none. */
  let beganAtMs: number | null = null
  let hasWorked = false

  const begin = (): number => {
    setImmediate(endTurn)
    return clock.monotonicMs()
  }
  const hasTime = (): boolean => {
    beganAtMs ??= begin()
    return clock.monotonicMs() - beganAtMs < TURN_MS
  }
  /** While connections come, steps wait for the end of the turn. */
  const isFree = (): boolean => queues.isEmpty() && !accepts.areGoingOn() && hasTime()
  /** Does the waiting steps after the loop has served the connections, and before it serves them again. */
  const endTurn = (): void => {
    accepts.endTurn()
    beganAtMs = accepts.areGoingOn() ? begin() : null
    hasWorked = false
    if (accepts.leaveTime()) doNext()
  }
  const doNext = (): void => {
    const next = queues.takeNext(hasWorked)
    if (!next) return
    hasWorked ||= next.kind === 'work'
    beganAtMs ??= begin()
    const startedAtMs = clock.monotonicMs()
    // Microtasks run first: the step has begun them, so they belong to its time.
    queueMicrotask(() => process.nextTick(finish, next.kind, startedAtMs))
    next.step()
  }
  const finish = (kind: StepKind, startedAtMs: number): void => {
    const tookMs = clock.monotonicMs() - startedAtMs
    queues.charge(kind, tookMs)
    accepts.charge(tookMs)
    if (accepts.leaveTime() && hasTime()) doNext()
  }
  const later: Loop['later'] = (kind, step, place) => {
    beganAtMs ??= begin()
    return queues.add(kind, step, place)
  }
  return {
    isFree,
    hasTime,
    later,
    work(piece, place) {
      if (hasWorked || !isFree()) return later('work', piece, place)
      hasWorked = true
      piece()
      return NOTHING_WAITS
    },
    noteAccepted() {
      beganAtMs ??= begin()
      accepts.note()
    },
  }
}

const NOTHING_WAITS = (): void => {}

/**
 * While connections come, each turn accepts one, and steps that took longer than they should use up the time of the
 * next turns.
 */
function createAccepts() {
  /** Whether a connection was accepted in this turn, and in the turn before. */
  let hasAccepted = false
  let hadAccepted = false
  /** How long steps took, minus the time that turns gave them. */
  let debtMs = 0
  const areGoingOn = (): boolean => hasAccepted || hadAccepted
  return {
    note: (): void => void (hasAccepted = true),
    /** Whether more connections may be waiting to be accepted. */
    areGoingOn,
    charge: (tookMs: number): void => void (debtMs += tookMs),
    endTurn(): void {
      hadAccepted = hasAccepted
      hasAccepted = false
      debtMs = hadAccepted ? Math.max(0, debtMs - MS_BETWEEN_ACCEPTS) : 0
    },
    /** Whether a step may be done now. */
    leaveTime: (): boolean => !areGoingOn() || debtMs < MS_BETWEEN_ACCEPTS,
  }
}

interface Queue {
  readonly kind: StepKind
  readonly waiting: Rotation<() => void>
  /** The time of its steps, divided by its share. */
  usedMs: number
}

/** One queue for each kind of step. The next step is of the kind that has had least of its share. */
function createQueues() {
  const queueOf: Readonly<Record<StepKind, Queue>> = {
    read: createQueue('read'),
    start: createQueue('start'),
    work: createQueue('work', { partsAtOnce: REQUESTS_AT_ONCE }),
    readOn: createQueue('readOn'),
  }
  /** The order for equal times: the kind that was served last is at the end. */
  const order = new Set(Object.values(queueOf))
  /**
   * The used time of the kind that was served last. A kind that had nothing to do starts from there, so it cannot catch
   * up on more.
   */
  let servedMs = 0

  return {
    isEmpty(): boolean {
      for (const { waiting } of order) if (waiting.size() > 0) return false
      return true
    },
    add(kind: StepKind, step: () => void, place: Place): () => void {
      const queue = queueOf[kind]
      if (queue.waiting.size() === 0) queue.usedMs = Math.max(queue.usedMs, servedMs)
      return queue.waiting.add(step, place)
    },
    takeNext(isWithoutWork: boolean): { readonly kind: StepKind; readonly step: () => void } | null {
      let next: Queue | null = null
      for (const queue of order) {
        if (queue.waiting.size() === 0 || (isWithoutWork && queue.kind === 'work')) continue
        if (next === null || queue.usedMs < next.usedMs) next = queue
      }
      const step = next?.waiting.takeNext()
      if (!next || !step) return null
      order.delete(next)
      order.add(next)
      servedMs = next.usedMs
      return { kind: next.kind, step }
    },
    charge(kind: StepKind, tookMs: number): void {
      queueOf[kind].usedMs += Math.min(tookMs, TURN_MS) / SHARES[kind]
    },
  }
}

const createQueue = (kind: StepKind, options?: Parameters<typeof createRotation>[0]): Queue => ({
  kind,
  waiting: createRotation(options),
  usedMs: 0,
})
