// The view of one replica: its window while the pool answers and without the pool, and what it reports.
import { describe, expect, it } from 'vitest'
import { forecastGoMs } from '../../../src/budget/classes.ts'
import { countFree, limitNow } from '../../../src/budget/window.ts'
import { buildMessage } from '../../../src/redis/pool-message.ts'
import type { PoolAnswer } from '../../../src/redis/pool-protocol.ts'
import {
  applyAnswer,
  createView,
  NOTHING_TO_REPORT,
  pauseView,
  refreshWindow,
  resumeView,
} from '../../../src/redis/replica-view.ts'
import type { ReplicaRule } from '../../../src/redis/replica-view.ts'

const RULE: ReplicaRule = {
  limit: 20,
  windowMs: 10_000,
  flightMs: 1000,
  share: 5,
  maxReplicas: 4,
  heldMs: 11_000,
}

const ANSWER: PoolAnswer = {
  isVoid: false,
  at: 500_000,
  generation: 'g',
  opensInMs: 0,
  isGranted: false,
  limit: 20,
  peers: { other: true },
  orphansForMs: 0,
  lease: 3,
  flying: 2,
  frees: [100, 400],
  lost: 5,
  pausedForMs: 0,
  isUnproven: false,
  learnedLimit: -1,
  learnedForMs: 500_000,
  isWanted: false,
}

const SENDER = {
  replica: 'r',
  seq: 1,
  token: 't',
  waiting: { mutation: 1, interactive: 2, revalidation: 0, warmUp: 0 },
  isGoodbye: false,
}

describe('the view of a replica', () => {
  it('shows its share before the first answer', () => {
    const view = createView(RULE, 0)
    refreshWindow(view, RULE, 1000)
    expect(limitNow(view.window, 1000)).toBe(5)
    expect(countFree(view.window, 1000)).toBe(5)
  })

  it('shows the slots of all replicas, the lost ones included, once the pool has answered', () => {
    const view = createView(RULE, 0)
    view.own.set('a', { freesAtMs: null, isPooled: true })
    view.own.set('b', { freesAtMs: 1200, isPooled: true })
    applyAnswer(view, RULE, ANSWER, 1000)
    refreshWindow(view, RULE, 1000)
    expect(view.window.inFlight).toBe(3)
    expect(view.window.freesAtMs).toEqual([1100, 1200, 1400, ...Array.from({ length: 5 }, () => 11_000)])
    expect(countFree(view.window, 1000)).toBe(20 - 3 - 8)
  })

  it('shows its share as held until it may use it, where nothing is allowed without the pool', () => {
    const view = createView(RULE, 0)
    view.contactAtMs = 1000
    applyAnswer(view, RULE, { ...ANSWER, lease: 0, flying: 0, frees: [5000, 5001, 5002, 5003] }, 1000)
    view.others = null
    refreshWindow(view, RULE, 1500)
    const shareAtMs = 1000 + 3500 + RULE.heldMs
    expect(view.window.freesAtMs).toEqual([6003, shareAtMs, shareAtMs, shareAtMs, shareAtMs])
    expect(countFree(view.window, 1500)).toBe(0)
  })

  it('forecasts no later time than that of its share, also for a call that leaves slots to others', () => {
    const rule = { ...RULE, limit: 90, share: 22 }
    const view = createView(rule, 0)
    view.contactAtMs = 1000
    for (const lease of [0, 1, 5, 17]) {
      applyAnswer(view, rule, { ...ANSWER, limit: 90, lease, flying: 0, frees: [] }, 1000)
      view.others = null
      refreshWindow(view, rule, 1500)
      expect(countFree(view.window, 1500)).toBe(lease)
      expect(forecastGoMs(view.window, 'revalidation', 1, 1500)).toBe(1000 + 3500 + rule.heldMs)
      expect(forecastGoMs(view.window, 'interactive', 20, 1500)).toBe(1000 + 3500 + rule.heldMs)
    }
  })

  it('keeps its own pause where an answer is older than it', () => {
    const view = createView(RULE, 0)
    pauseView(view, RULE, { untilMs: 4000, isFirstInARow: true, nowMs: 1000 })
    applyAnswer(view, RULE, ANSWER, 1001)
    expect(view.window).toMatchObject({ pausedUntilMs: 4000, isUnproven: true })
    view.unreported = NOTHING_TO_REPORT
    applyAnswer(view, RULE, ANSWER, 1002)
    expect(view.window).toMatchObject({ pausedUntilMs: 0, isUnproven: false })
  })
})

describe('the message of a replica', () => {
  it('carries a pause and the lower limit that the process before it has left, as grown since', () => {
    const left = { slots: [], pausedUntilMs: 9000, isUnproven: true, learned: { limit: 10, atMs: 0 } }
    const view = createView(RULE, 4000, left)
    const message = buildMessage(view, RULE, { sender: SENDER, wanted: null, nowMs: 4000 })
    expect(message).toMatchObject({ pauseForMs: 5000, learnedLimit: 10, resumedForMs: -1 })
    const later = createView(RULE, 10_000, left)
    expect(buildMessage(later, RULE, { sender: SENDER, wanted: null, nowMs: 10_000 })).toMatchObject({
      pauseForMs: -1,
      learnedLimit: 11,
    })
  })

  it('carries its share as lease before the first answer, and the lease of the answer after it', () => {
    const view = createView(RULE, 0)
    const build = () => buildMessage(view, RULE, { sender: SENDER, wanted: null, nowMs: 2000 })
    expect(build()).toMatchObject({ generation: '', sentAt: -1, lease: 5, take: '', waiting: [1, 2, 0, 0] })
    applyAnswer(view, RULE, ANSWER, 1500)
    expect(build()).toMatchObject({ generation: 'g', sentAt: 500_500, lease: 3 })
  })

  it('carries all slots it holds, and the class of the slot it asks for', () => {
    const view = createView(RULE, 0)
    view.own.set('a', { freesAtMs: null, isPooled: true })
    view.own.set('b', { freesAtMs: 2100.5, isPooled: true })
    const wanted = { id: 'c', callClass: 'interactive' } as const
    expect(buildMessage(view, RULE, { sender: SENDER, wanted, nowMs: 2000 })).toMatchObject({
      held: { a: -1, b: 101 },
      take: 'c',
      rank: 1,
      kept: 1,
      lendMs: 333,
    })
  })

  it('reports a pause with the lowered limit, and then how old the call is that resumed the key', () => {
    const view = createView(RULE, 0)
    const build = () => buildMessage(view, RULE, { sender: SENDER, wanted: null, nowMs: 2000 })
    expect(build()).toMatchObject({ pauseForMs: -1, learnedLimit: -1, resumedForMs: -1 })
    pauseView(view, RULE, { untilMs: 4000, isFirstInARow: true, nowMs: 2000 })
    expect(build()).toMatchObject({ pauseForMs: 2000, learnedLimit: 15, resumedForMs: -1 })
    resumeView(view, 1700)
    expect(build()).toMatchObject({ pauseForMs: 2000, learnedLimit: 15, resumedForMs: 300 })
    pauseView(view, RULE, { untilMs: 3000, isFirstInARow: false, nowMs: 2000 })
    expect(build()).toMatchObject({ pauseForMs: 2000, learnedLimit: 15, resumedForMs: -1 })
  })
})
