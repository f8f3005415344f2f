// The replies that one answer is made of.
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'

export interface Parts {
  /** The scope of the request. */
  readonly scope: ScopeKey
  /** The age that the request names; null where it names none. */
  readonly maxAgeMs: number | null
  /** Whether a reply is still the cached one, as new as the request demands, and in no doubt. */
  readonly isGood: (used: UsedReply) => boolean
  /** Whether a reply is still the cached one: a write may have dropped it. */
  readonly isCurrent: (used: UsedReply) => boolean
  /** To be called for each reply that this answer uses. */
  readonly note: (used: UsedReply) => void
  /** To be called where the answer holds for this moment only, such as a plan or a report, so no cache may keep it. */
  readonly spoil: () => void
  isSpoilt(): boolean
  all(): readonly UsedReply[]
}

export function createParts(request: Pick<Parts, 'scope' | 'maxAgeMs' | 'isGood' | 'isCurrent'>): Parts {
  const used: UsedReply[] = []
  let spoilt = false
  return {
    ...request,
    note: (part) => void used.push(part),
    spoil: () => void (spoilt = true),
    isSpoilt: () => spoilt,
    all: () => used,
  }
}

/** For runs whose answer no client gets, such as a dry run. */
export const NO_PARTS: Parts = {
  scope: '' as ScopeKey,
  maxAgeMs: null,
  isGood: () => false,
  isCurrent: () => false,
  note: () => {},
  spoil: () => {},
  isSpoilt: () => true,
  all: () => [],
}
