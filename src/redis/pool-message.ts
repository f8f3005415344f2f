// The message of a replica to the pool, made from its view of the key. Pure.
import { CLASSES, countKept, lendMs } from '../budget/classes.ts'
import { RECOVERY_SHARE } from '../budget/learned-limit.ts'
import type { Waiting } from '../budget/ledger.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { PoolMessage } from './pool-protocol.ts'
import type { KnownPool, OwnSlot, ReplicaRule, ReplicaView } from './replica-view.ts'

/** A slot that the message asks for. */
export interface Wanted {
  readonly id: string
  readonly callClass: CallClass
}

export interface Sender {
  readonly replica: string
  readonly seq: number
  readonly token: string
  readonly waiting: Waiting
  readonly isGoodbye: boolean
}

export function buildMessage(
  { window, own, pool, last, others, former, unreported, knownSeq, knownAt }: ReplicaView,
  rule: ReplicaRule,
  { sender, wanted, nowMs }: { sender: Sender; wanted: Wanted | null; nowMs: number },
): PoolMessage {
  const { pausedUntilMs, learned, resumedBySentAtMs } = unreported
  const { replica, seq, token, waiting, isGoodbye } = sender
  // Member by member: a literal that begins with a spread would be slow (docs/decisions/0084-spreads-come-last.md).
  return {
    replica,
    seq,
    token,
    isGoodbye,
    // After a goodbye the pool may have forgotten the sender.
    knownSeq: isGoodbye ? -1 : knownSeq,
    knownAt,
    waiting: CLASSES.map((callClass) => waiting[callClass]),
    generation: pool?.generation ?? '',
    sentAt: pool ? Math.floor(pool.at + (nowMs - pool.receivedAtMs)) : -1,
    limit: rule.limit,
    windowMs: rule.windowMs,
    flightMs: rule.flightMs,
    share: rule.share,
    recoverMs: Math.round(rule.windowMs / RECOVERY_SHARE),
    lease: others && last ? last.lease : rule.share,
    held: describeHeld(own, nowMs),
    take: wanted?.id ?? '',
    rank: wanted ? CLASSES.indexOf(wanted.callClass) : 0,
    kept: wanted ? countKept(wanted.callClass, window.limit) : 0,
    lendMs: wanted?.callClass === 'interactive' ? Math.floor(lendMs(rule)) : -1,
    pauseForMs: pausedUntilMs === null ? -1 : untilInMs(pausedUntilMs, nowMs),
    learnedLimit: learned?.limit ?? -1,
    resumedForMs: resumedBySentAtMs === null ? -1 : Math.max(0, Math.floor(nowMs - resumedBySentAtMs)),
    former: others === null && former ? describeFormer(former, nowMs) : NO_FORMER,
  }
}

const NO_FORMER: PoolMessage['former'] = { generation: '', isWhole: false, peers: {}, orphansForMs: 0 }

const describeFormer = (
  { generation, isWhole, peers, orphansUntilMs }: KnownPool,
  nowMs: number,
): PoolMessage['former'] => ({
  generation,
  isWhole,
  peers,
  orphansForMs: untilInMs(orphansUntilMs, nowMs),
})

const describeHeld = (own: ReadonlyMap<string, OwnSlot>, nowMs: number): Record<string, number> =>
  Object.fromEntries(
    [...own].map(([id, { freesAtMs }]) => [id, freesAtMs === null ? -1 : untilInMs(freesAtMs, nowMs)]),
  )

const untilInMs = (atMs: number, nowMs: number): number => Math.max(0, Math.ceil(atMs - nowMs))
