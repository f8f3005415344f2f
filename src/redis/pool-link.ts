// The messages between one replica and the pool of one key: one at a time, and a heartbeat each second.
import type { Waiting } from '../budget/ledger.ts'
import { momentOf } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { Exchange } from './pool-exchange.ts'
import { buildMessage } from './pool-message.ts'
import type { Wanted } from './pool-message.ts'
import type { PoolAnswer, PoolMessage } from './pool-protocol.ts'
import { applyAnswer, forgetFreed, NOTHING_TO_REPORT, refreshWindow } from './replica-view.ts'
import type { ReplicaRule, ReplicaView } from './replica-view.ts'

export interface PoolLink {
  /**
   * Sends what happened here, with a request for a slot or without, and puts the answer into the view. Resolves with
   * null if there is no answer; never rejects.
   */
  send(wanted: Wanted | null): Promise<PoolAnswer | null>
  /** Sends a last message, and no more heartbeats. */
  end(): void
}

export interface PoolLinkOptions {
  readonly name: string
  readonly view: ReplicaView
  readonly rule: ReplicaRule
  readonly exchange: Exchange
  readonly clock: Clock
  readonly replicaId: string
  readonly newToken: () => string
  /** Numbers the messages of this replica. */
  readonly nextSeq: () => number
  readonly waiting: () => Waiting
  /** Called after each heartbeat while calls wait here. */
  readonly onFreed: () => void
  /** Called after each heartbeat: once it is true, the link ends. Left out: never. */
  readonly isUnused?: () => boolean
}

/** The pool counts a replica as lost after three of these times without a message. */
export const BEAT_MS = 1000

/** Begins to send heartbeats at once. */
export function createPoolLink(options: PoolLinkOptions): PoolLink {
  const { clock, waiting, onFreed } = options
  let turn: Promise<unknown> = Promise.resolve()
  let cancelBeat = (): void => {}
  let hasEnded = false

  /** Messages are sent one after the other, because each must contain the grants of the answer before it. */
  function send(wanted: Wanted | null): Promise<PoolAnswer | null> {
    const answering = turn.then(async () => {
      const { answer, isLeaseLower } = await exchangeOnce(options, wanted, hasEnded)
      if (isLeaseLower) void send(null)
      return answer
    })
    turn = answering
    return answering
  }

  async function beat(): Promise<void> {
    await send(null)
    if (Object.values(waiting()).some((count) => count > 0)) onFreed()
    if (hasEnded) return
    if (options.isUnused?.()) end()
    else cancelBeat = clock.after(BEAT_MS, () => void beat())
  }

  function end(): void {
    hasEnded = true
    cancelBeat()
    void send(null)
  }

  void beat()
  return { send, end }
}

interface Exchanged {
  readonly answer: PoolAnswer | null
  /** The pool has lowered the lease because another replica waits: it gives the slots away when it is confirmed. */
  readonly isLeaseLower: boolean
}

async function exchangeOnce(
  options: PoolLinkOptions,
  wanted: Wanted | null,
  isGoodbye: boolean,
): Promise<Exchanged> {
  const { name, view, rule, exchange, clock, replicaId, newToken, nextSeq, waiting } = options
  const sentAt = momentOf(clock)
  const nowMs = sentAt.monotonicMs
  forgetFreed(view, nowMs)
  const reported = view.unreported
  const sender = {
    replica: replicaId,
    seq: nextSeq(),
    token: newToken(),
    waiting: waiting(),
    isGoodbye,
  }
  const message = buildMessage(view, rule, { sender, wanted, nowMs })
  const contactBeforeMs = view.contactAtMs
  view.contactAtMs = nowMs
  const result = await exchange(name, message)
  const { answer } = result
  if (answer === null || isGoodbye) {
    if (answer === null && !result.mayHaveArrived) view.contactAtMs = contactBeforeMs
    // No later message would replace the answer to the last one, so that answer would count for ever.
    view.others = null
  } else {
    if (view.unreported === reported) view.unreported = NOTHING_TO_REPORT
    if (wanted && answer.isGranted) view.own.set(wanted.id, { freesAtMs: null, isPooled: true })
    // A pool that is not open yet has no record of the pool before it, so until then the contact with the earlier pool
    // counts.
    if (answer.opensInMs > 0) Object.assign(view, { contactAtMs: contactBeforeMs, knownSeq: -1 })
    else Object.assign(view, { countedAt: sentAt, knownSeq: sender.seq, knownAt: seenAtOf(message, answer) })
    applyAnswer(view, rule, answer, clock.monotonicMs())
  }
  refreshWindow(view, rule, clock.monotonicMs())
  return { answer, isLeaseLower: answer !== null && answer.isWanted && answer.lease < message.lease }
}

/** The pool's time from which it counts the sender as silent, as in its script. */
const seenAtOf = ({ generation, sentAt }: PoolMessage, answer: PoolAnswer): number =>
  generation === answer.generation ? sentAt : answer.at
