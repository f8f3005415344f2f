// The facts that replicas report to each other beside touches, so that each can decide whether webhooks arrive: docs/webhooks.md.
import * as z from 'zod'
import { EVENT_NAMES } from '../aurora/events.ts'
import type { EventName } from '../aurora/events.ts'
import { isProvenKind } from '../aurora/proven-kinds.ts'
import type { ProvenKind } from '../aurora/proven-kinds.ts'

/**
 * Why ordinary ages count. `start`: there are no facts yet. `subscription`: one is missing or switched off, or no
 * replica has seen for long that it is there. `refused`: a webhook had no right secret. `silence`: none has come for
 * longer than usual. `audit`: a reply had changed, and no webhook had reported it. `replicas`: the facts of other
 * replicas are not known here. `standstill`: the process or its machine stood still. `removed`: the tenant is not
 * served, or has no secret any more.
 */
export const DOUBT_REASONS = [
  'start',
  'subscription',
  'refused',
  'silence',
  'audit',
  'replicas',
  'standstill',
  'removed',
] as const
export type DoubtReason = (typeof DOUBT_REASONS)[number]

export interface ProofFacts {
  /** Events that were received with a right secret. */
  readonly received?: readonly EventName[] | undefined
  /** Events to which a subscription of ours is there and switched on; an event that is left out has none. */
  readonly subscribed?: readonly EventName[] | undefined
  readonly doubted?: Readonly<Partial<Record<ProvenKind, DoubtReason>>> | undefined
}

/** Joins facts for one report: of the looks at the subscriptions, the last one counts. */
export function mergeFacts(
  one: ProofFacts | undefined,
  other: ProofFacts | undefined,
): ProofFacts | undefined {
  if (!one || !other) return one ?? other
  const received = [...new Set([...(one.received ?? []), ...(other.received ?? [])])]
  const subscribed = other.subscribed ?? one.subscribed
  const doubted = { ...one.doubted, ...other.doubted }
  return {
    ...(received.length > 0 && { received }),
    ...(subscribed && { subscribed }),
    ...(Object.keys(doubted).length > 0 && { doubted }),
  }
}

export const onlyDoubts = (facts: ProofFacts | undefined): ProofFacts | undefined =>
  facts?.doubted && { doubted: facts.doubted }

/** Names that only another version of the gateway has are left out. */
const events = z
  .array(z.string())
  .transform((names) => EVENT_NAMES.filter((name) => names.includes(name)))
  .optional()

export const factsSchema = z.object({
  received: events,
  subscribed: events,
  doubted: z
    .record(z.string(), z.enum(DOUBT_REASONS).catch('replicas'))
    .transform((kinds) => Object.fromEntries(Object.entries(kinds).filter(([kind]) => isProvenKind(kind))))
    .optional(),
})
