// The proofs of one tenant, one for each kind that has all its changes reported: passes evidence and doubts on to them.
import { PROVEN_KIND_NAMES } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { DoubtReason, ProofFacts } from '../../cache/proof-facts.ts'
import type { Clock } from '../../clock.ts'
import type { Emit } from '../../telemetry/events.ts'
import type { OpenTrust } from './open-trust.ts'
import { createProof } from './proof.ts'
import type { Proof } from './proof.ts'

export interface TenantProofsOptions {
  readonly freshMs: number
  readonly clock: Clock
  readonly emit: Emit
  readonly isConfirmed: () => boolean
  /** Reports to the other replicas. */
  readonly publish: (facts: ProofFacts) => Promise<unknown>
  /** Called when replies that were fresh only by this trust are no longer fresh. */
  readonly onEnd: (trust: OpenTrust) => void
}

export interface TenantProofs {
  readonly all: readonly Proof[]
  of(kind: ProvenKind): Proof
  /** Takes the facts that this or another replica has found. */
  take(facts: ProofFacts, atMs: number): void
  /**
   * Ordinary ages count here at once. Resolves when they count at the other replicas, too, as far as these can be
   * reached.
   */
  doubt(kinds: readonly ProvenKind[], reason: DoubtReason): Promise<void>
  /** The same without a report, because each replica finds it out by itself. */
  endAll(reason: DoubtReason): void
  look(): void
}

/** Within this time after a doubt other replicas have no new trust, so the doubt is not reported twice. */
const REPORTED_MS = 60_000

interface Reported {
  readonly atMs: number
  readonly done: Promise<unknown>
}

export function createTenantProofs(options: TenantProofsOptions): TenantProofs {
  const { clock, emit, publish } = options
  const proofs = Object.fromEntries(
    PROVEN_KIND_NAMES.map((kind) => [kind, createProof({ ...options, kind })]),
  ) as Record<ProvenKind, Proof>
  const reports = new Map<ProvenKind, Reported>()

  /** Returns whether there was a trust. */
  function end(kind: ProvenKind, reason: DoubtReason, atMs: number): boolean {
    const trust = proofs[kind].doubt(reason, atMs)
    if (trust === null) return false
    emit('proofEnded', { kind, reason })
    options.onEnd(trust)
    return true
  }

  /** Several doubts of one moment are one report. */
  async function doubt(kinds: readonly ProvenKind[], reason: DoubtReason): Promise<void> {
    const nowMs = clock.monotonicMs()
    const isReported = (kind: ProvenKind): boolean =>
      nowMs - (reports.get(kind)?.atMs ?? -Infinity) < REPORTED_MS
    const news = kinds.filter((kind) => end(kind, reason, nowMs) || !isReported(kind))
    if (news.length > 0) {
      const done = publish({ doubted: Object.fromEntries(news.map((kind) => [kind, reason])) })
      for (const kind of news) reports.set(kind, { atMs: nowMs, done })
    }
    await Promise.all(kinds.flatMap((kind) => reports.get(kind)?.done ?? []))
  }

  function look(): void {
    for (const kind of PROVEN_KIND_NAMES) {
      const found = proofs[kind].look()
      if (found === 'begun') emit('proofBegun', { kind })
      // Other replicas cannot be reached; each finds that out by itself.
      else if (found === 'replicas') end(kind, found, clock.monotonicMs())
      else if (found !== null) void doubt([kind], found)
    }
  }

  return {
    all: PROVEN_KIND_NAMES.map((kind) => proofs[kind]),
    of: (kind) => proofs[kind],
    take({ received = [], subscribed, doubted = {} }, atMs) {
      look()
      for (const kind of PROVEN_KIND_NAMES) {
        for (const event of received) proofs[kind].received(event, atMs)
        const reason = doubted[kind] ?? (subscribed && proofs[kind].subscribed(subscribed, atMs))
        if (reason) end(kind, reason, atMs)
      }
    },
    doubt,
    endAll(reason) {
      for (const kind of PROVEN_KIND_NAMES) end(kind, reason, clock.monotonicMs())
    },
    look,
  }
}
