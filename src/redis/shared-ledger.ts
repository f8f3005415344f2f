// The ledger of a key that replicas share: asks the pool in Redis for each slot, and counts by itself while it can't.
import { CLASSES, countKept, forecastGoMs, lendMs, mayGo } from '../budget/classes.ts'
import { learn, limitAt, RECOVERY_SHARE } from '../budget/learned-limit.ts'
import type { LearnedLimit } from '../budget/learned-limit.ts'
import type { Busy, Ledger, LedgerOptions, OpenLedger, Slot } from '../budget/ledger.ts'
import { createWindow, DRIFT_MARGIN_MS } from '../budget/window.ts'
import type { Clock } from '../clock.ts'
import type { CallClass } from '../rest/terms.ts'
import { allowanceAt, growsAtMs } from './allowance.ts'
import type { AllowanceRule, LastContact } from './allowance.ts'
import type { PoolAnswer, PoolMessage } from './pool.ts'
import type { Exchange } from './pool-exchange.ts'

export interface SharedLedgerOptions {
  readonly exchange: Exchange
  readonly clock: Clock
  readonly replicaId: string
  readonly newToken: () => string
  readonly maxReplicas: number
  /** The longest that a call can be under way. */
  readonly maxFlightMs: number
}

interface OwnSlot {
  /** Null while it flies. */
  freesAtMs: number | null
  /** Whether the pool knew of it at the last contact. */
  isPooled: boolean
}

interface News {
  readonly closedUntilMs: number | null
  readonly learned: LearnedLimit | null
  readonly isReopened: boolean
}

const NO_NEWS: News = { closedUntilMs: null, learned: null, isReopened: false }

/** Within three of them the pool knows that a replica is there. */
const BEAT_MS = 1000
/** What is leased to others, or wanted by a higher class elsewhere, is free again soon, and nobody can say when. */
const SOON_MS = 250

export function openSharedLedger(options: SharedLedgerOptions): OpenLedger {
  // Of all ledgers of this replica: one that is opened again must not begin again, or it would be taken for an older one.
  const counted = { messages: 0, slots: 0 }
  return (ledgerOptions) => createSharedLedger(ledgerOptions, options, counted)
}

function createSharedLedger(
  { name, limit, windowMs, onFreed, waiting }: LedgerOptions,
  { exchange, clock, replicaId, newToken, maxReplicas, maxFlightMs }: SharedLedgerOptions,
  counted: { messages: number; slots: number },
): Ledger {
  const window = createWindow(limit, windowMs)
  const flightMs = maxFlightMs + DRIFT_MARGIN_MS
  const rule: AllowanceRule = {
    share: Math.floor(limit / maxReplicas),
    maxReplicas,
    heldMs: windowMs + flightMs,
  }
  const own = new Map<string, OwnSlot>()
  /** The pool's time at the last answer; null before the first. */
  let pool: { readonly generation: string; readonly at: number; readonly receivedAtMs: number } | null = null
  let last: LastContact | null = null
  let heardAtMs = 0
  /** Of the others, as it was heard last; null while this replica is on its own. */
  let others: {
    readonly flying: number
    readonly freesAtMs: readonly number[]
    readonly lost: number
  } | null = null
  let learned: LearnedLimit | null = null
  let news = NO_NEWS
  let pauses = 0
  let turn: Promise<unknown> = Promise.resolve()
  let cancelBeat = (): void => {}
  let hasEnded = false

  /** What is seen from here: forecasts are made from it. */
  function refresh(): void {
    const nowMs = clock.monotonicMs()
    forgetFreed(nowMs)
    const ours = [...own.values()].filter(({ isPooled }) => others !== null || !isPooled)
    const answered = ours.flatMap(({ freesAtMs }) => freesAtMs ?? [])
    const ownFlying = ours.length - answered.length
    if (others) {
      window.inFlight = ownFlying + others.flying
      // What may be used by replicas that are on their own comes back when they are forgotten.
      const lost = Array.from({ length: Math.min(others.lost, limit) }, () => nowMs + windowMs)
      window.freesAtMs = [...answered, ...others.freesAtMs, ...lost].sort((left, right) => left - right)
      window.learned = learned
      return
    }
    const allowance = allowanceNow(nowMs)
    window.inFlight = ownFlying
    // A window that holds nothing can't be reckoned with: of one slot that is not ours yet, it can be said when it is.
    if (allowance === 0) answered.push(growsAtMs(rule, last, heardAtMs, nowMs))
    window.freesAtMs = answered.sort((left, right) => left - right)
    window.learned = { limit: Math.max(1, allowance), atMs: nowMs }
  }

  function forgetFreed(nowMs: number): void {
    for (const [id, { freesAtMs }] of own) if (freesAtMs !== null && freesAtMs <= nowMs) own.delete(id)
  }

  function allowanceNow(nowMs: number): number {
    const allowed = allowanceAt(rule, last, heardAtMs, nowMs)
    return Math.min(allowed, Math.floor(limitAt({ limit, windowMs }, learned, nowMs) / maxReplicas))
  }

  /** One message at a time: each says all that this replica holds, and must not miss what the one before was given. */
  function contact(
    want: { readonly id: string; readonly callClass: CallClass } | null,
  ): Promise<PoolAnswer | null> {
    const answering = turn.then(() => send(want))
    turn = answering
    return answering
  }

  async function send(want: { id: string; callClass: CallClass } | null): Promise<PoolAnswer | null> {
    const sentAtMs = clock.monotonicMs()
    const told = news
    const message = buildMessage(want, sentAtMs)
    const before = heardAtMs
    heardAtMs = sentAtMs
    const { answer, ...failure } = await exchange(name, message)
    if (answer === null) {
      if (!('mayBeHeard' in failure) || !failure.mayBeHeard) heardAtMs = before
      others = null
    } else {
      if (news === told) news = NO_NEWS
      if (want && answer.isGranted) own.set(want.id, { freesAtMs: null, isPooled: true })
      // A pool that is not open yet does not know what was before it: until then the last word of the one before counts.
      if (answer.opensInMs > 0) heardAtMs = before
      hear(answer)
      if (answer.isWanted && answer.lease < message.lease) void contact(null)
    }
    refresh()
    return answer
  }

  function buildMessage(want: { id: string; callClass: CallClass } | null, nowMs: number): PoolMessage {
    counted.messages += 1
    const counts = waiting()
    forgetFreed(nowMs)
    const held = [...own].map(([id, { freesAtMs }]): [string, number] => [
      id,
      freesAtMs === null ? -1 : Math.max(0, Math.ceil(freesAtMs - nowMs)),
    ])
    return {
      replica: replicaId,
      seq: counted.messages,
      generation: pool?.generation ?? '',
      sentAt: pool ? Math.floor(pool.at + (nowMs - pool.receivedAtMs)) : -1,
      token: newToken(),
      limit,
      windowMs,
      flightMs,
      share: rule.share,
      recoverMs: Math.round(windowMs / RECOVERY_SHARE),
      lease: others && last ? last.lease : rule.share,
      held: Object.fromEntries(held),
      waiting: CLASSES.map((callClass) => counts[callClass]),
      take: want?.id ?? '',
      rank: want ? CLASSES.indexOf(want.callClass) : 0,
      kept: want ? countKept(want.callClass, limit) : 0,
      lendMs: want?.callClass === 'interactive' ? Math.floor(lendMs({ windowMs })) : -1,
      closeForMs: news.closedUntilMs === null ? -1 : Math.max(0, Math.ceil(news.closedUntilMs - nowMs)),
      learnedLimit: news.learned?.limit ?? -1,
      isReopened: news.isReopened,
      isGoodbye: hasEnded,
    }
  }

  function hear(answer: PoolAnswer): void {
    const nowMs = clock.monotonicMs()
    pool = { generation: answer.generation, at: answer.at, receivedAtMs: nowMs }
    if (news === NO_NEWS) {
      window.closedUntilMs = answer.closedForMs > 0 ? nowMs + answer.closedForMs : 0
      window.isUnproven = answer.isUnproven
      learned =
        answer.learnedLimit < 0 ? null : { limit: answer.learnedLimit, atMs: nowMs - answer.learnedForMs }
    }
    if (answer.opensInMs > 0) {
      others = null
      return
    }
    const freesAtMs = answer.frees.map((inMs) => nowMs + inMs)
    others = { flying: answer.flying, freesAtMs, lost: answer.lost }
    const ours = [...own.values()].map((slot) => slot.freesAtMs ?? nowMs + rule.heldMs)
    const flying = Array.from({ length: answer.flying }, () => nowMs + rule.heldMs)
    const allAtMs = [...freesAtMs, ...ours, ...flying].sort((left, right) => left - right)
    last = { lease: answer.lease, freesAtMs: allAtMs }
    for (const slot of own.values()) slot.isPooled = true
  }

  function createSlot(id: string): Slot {
    const pausesBefore = pauses
    const isTrial = window.isUnproven
    return {
      answered(isHeard = true) {
        const slot = own.get(id)
        if (slot) slot.freesAtMs = clock.monotonicMs() + windowMs + DRIFT_MARGIN_MS
        // Who tried the key may be another replica than the one that closed it.
        if (isHeard && isTrial && pauses === pausesBefore) reopen()
        else if (window.isUnproven) void contact(null)
        refresh()
        onFreed()
      },
      neverSent() {
        own.delete(id)
        refresh()
        onFreed()
        void contact(null).then(onFreed)
      },
    }
  }

  function takeAlone(id: string, callClass: CallClass): Slot | Busy {
    refresh()
    const nowMs = clock.monotonicMs()
    if (allowanceNow(nowMs) === 0 || !mayGo(window, callClass, nowMs)) return busy(callClass, BEAT_MS)
    own.set(id, { freesAtMs: null, isPooled: false })
    const slot = createSlot(id)
    refresh()
    return slot
  }

  function busy(callClass: CallClass, otherwiseMs: number): Busy {
    const nowMs = clock.monotonicMs()
    const retryAtMs = forecastGoMs(window, callClass, 1, nowMs)
    return { retryAtMs: retryAtMs > nowMs ? retryAtMs : nowMs + otherwiseMs }
  }

  function reopen(): void {
    window.isUnproven = false
    news = { ...news, isReopened: true }
    void contact(null).then(onFreed)
  }

  async function beat(): Promise<void> {
    await contact(null)
    if (Object.values(waiting()).some((count) => count > 0)) onFreed()
    if (!hasEnded) cancelBeat = clock.after(BEAT_MS, () => void beat())
  }

  refresh()
  void beat()

  return {
    window,
    async take(callClass) {
      counted.slots += 1
      const id = `${replicaId}.${counted.slots}`
      const answer = await contact({ id, callClass })
      if (answer?.isGranted) return createSlot(id)
      return answer && others ? busy(callClass, SOON_MS) : takeAlone(id, callClass)
    },
    close(untilMs, { isFirstInARow }) {
      pauses += 1
      const nowMs = clock.monotonicMs()
      if (isFirstInARow) learned = learn({ limit, windowMs }, learned, nowMs)
      window.closedUntilMs = Math.max(window.closedUntilMs, untilMs)
      window.isUnproven = true
      news = {
        closedUntilMs: window.closedUntilMs,
        learned: isFirstInARow ? learned : news.learned,
        isReopened: false,
      }
      refresh()
      onFreed()
      void contact(null)
    },
    reopen,
    end() {
      hasEnded = true
      cancelBeat()
      void contact(null)
    },
  }
}
