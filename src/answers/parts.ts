// The replies of which one answer is made.
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'
import { agesOf } from './ages.ts'
import type { Ages } from './ages.ts'

/** The parts of an object whose earlier text is shown again. */
export interface PartGroup {
  readonly parts: readonly UsedReply[]
  /** The parts that decide the ages of all. */
  readonly deciding: readonly UsedReply[]
  /** Whether each part is the cached one and fresh. */
  holds(nowMs: number): boolean
}

export interface Parts {
  /** The scope of the request. */
  readonly scope: ScopeKey
  /** The age that the request names; null if it names none. */
  readonly maxAgeMs: number | null
  /** Whether each reply is still the cached one, as new as the request demands, and in no doubt. */
  readonly areGood: (used: readonly UsedReply[]) => boolean
  /** Whether each reply is still the cached one: a write may have dropped it. */
  readonly areCurrent: (used: readonly UsedReply[]) => boolean
  /** To be called for each reply that this answer uses. */
  readonly note: (used: UsedReply) => void
  /**
   * The same for the parts of an object whose text is shown again. Only requests without an age of their own use these.
   */
  readonly noteGroup: (group: PartGroup) => void
  /** To be called if the answer is true only at this moment, such as a plan or a report, so no cache may keep it. */
  readonly spoil: () => void
  isSpoilt(): boolean
  all(): readonly UsedReply[]
  hasGroups(): boolean
  /** The ages of all parts together: `agesOf`. */
  ages(): Ages | null
  /** Whether all parts are good. */
  areAllGood(): boolean
  /** Whether a part is unconfirmed; parts of groups never are. */
  hasUnconfirmed(): boolean
}

export interface OfRequest extends Pick<Parts, 'scope' | 'maxAgeMs' | 'areGood' | 'areCurrent'> {
  /** Whether groups that are valid at this moment are good. */
  readonly doHold: (groups: readonly PartGroup[]) => boolean
}

export function createParts({ scope, maxAgeMs, areGood, areCurrent, doHold }: OfRequest): Parts {
  const used: UsedReply[] = []
  const groups: PartGroup[] = []
  let spoilt = false
  const all = (): readonly UsedReply[] => (groups.length === 0 ? used : flatten(used, groups))
  return {
    scope,
    maxAgeMs,
    areGood,
    areCurrent,
    note: (part) => void used.push(part),
    noteGroup: (group) => void groups.push(group),
    spoil: () => void (spoilt = true),
    isSpoilt: () => spoilt,
    all,
    hasGroups: () => groups.length > 0,
    ages: () => agesOf(groups.length === 0 ? used : withDeciding(used, groups)),
    areAllGood: () => (groups.length > 0 && doHold(groups) ? areGood(used) : areGood(all())),
    hasUnconfirmed: () => used.some((part) => part.isUnconfirmed),
  }
}

function withDeciding(used: readonly UsedReply[], groups: readonly PartGroup[]): readonly UsedReply[] {
  const all = [...used]
  for (const { deciding } of groups) for (const part of deciding) all.push(part)
  return all
}

/** A reply that was read counts once for each call that it saves, even if it is also a part of two objects. */
function flatten(used: readonly UsedReply[], groups: readonly PartGroup[]): readonly UsedReply[] {
  const all = [...used]
  const met = new Set(used)
  for (const { parts } of groups)
    for (const part of parts) {
      if (!part.isListed && met.has(part)) continue
      met.add(part)
      all.push(part)
    }
  return all
}

/** Used where no client gets the answer, for example in a dry run. */
export const NO_PARTS: Parts = {
  scope: '' as ScopeKey,
  maxAgeMs: null,
  areGood: () => false,
  areCurrent: () => false,
  note: () => {},
  noteGroup: () => {},
  spoil: () => {},
  isSpoilt: () => true,
  all: () => [],
  hasGroups: () => false,
  ages: () => null,
  areAllGood: () => false,
  hasUnconfirmed: () => false,
}
