// The kinds of which Aurora reports every change by a webhook, so that their replies may be fresh for hours: docs/webhooks.md.
import type { EventName } from './events.ts'
import type { Kind } from './kinds.ts'

export interface ProvenKindRow {
  /** These come for nearly every change, so their deliveries show that webhooks about the kind arrive. */
  readonly usual: readonly EventName[]
  /** Rare events that report changes as well: the gateway has to be subscribed to them, too. */
  readonly rare: readonly EventName[]
}

/**
 * All others have changes without an event: a design that is renamed, a price, a view of an agreement. Replies with
 * links to files end with their links, and a job is read while a client waits for its end.
 */
export const PROVEN_KINDS = {
  project: {
    usual: ['project_created', 'project_changed', 'project_status_changed'],
    rare: ['project_deleted', 'ahj_lookup_completed'],
  },
  consumptionProfile: {
    usual: ['consumption_profile_changed'],
    rare: ['project_changed', 'project_deleted'],
  },
} as const satisfies Partial<Record<Kind, ProvenKindRow>>

export type ProvenKind = keyof typeof PROVEN_KINDS

export const PROVEN_KIND_NAMES = Object.keys(PROVEN_KINDS) as ProvenKind[]

const table: Readonly<Record<ProvenKind, ProvenKindRow>> = PROVEN_KINDS

export const provenKindRow = (kind: ProvenKind): ProvenKindRow => table[kind]

export const isProvenKind = (kind: string): kind is ProvenKind => Object.hasOwn(PROVEN_KINDS, kind)

/** Without one of these, changes of the kind would not be reported. */
export const neededFor = (kind: ProvenKind): readonly EventName[] => [
  ...new Set([...table[kind].usual, ...table[kind].rare]),
]

export const ALL_NEEDED: readonly EventName[] = [...new Set(PROVEN_KIND_NAMES.flatMap(neededFor))]

/** The kinds whose change a refused or missing event might have reported. */
export const kindsReportedBy = (event: EventName): readonly ProvenKind[] => REPORTED.get(event) ?? NONE

const NONE: readonly ProvenKind[] = []
const REPORTED: ReadonlyMap<EventName, readonly ProvenKind[]> = new Map(
  ALL_NEEDED.map((event) => [event, PROVEN_KIND_NAMES.filter((kind) => neededFor(kind).includes(event))]),
)
