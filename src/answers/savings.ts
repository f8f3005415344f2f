// The calls that a repeat of an answer saves, counted once for all its repeats.
import type { UsedReply } from '../rest/terms.ts'

export interface Saving {
  readonly operation: string
  /** `listed`: a list, or the answer to a write, that was read for another field has shown the object. */
  readonly by: 'cache' | 'listed'
  readonly count: number
}

/** As an execution counts them: a list that was read for another field saves a call for each object that it shows. */
export function savingsOf(parts: readonly UsedReply[], spared: number): readonly Saving[] {
  const asked = parts.filter(({ isListed }) => !isListed)
  const found = parts.filter(({ isListed }) => isListed).slice(0, Math.max(0, spared - asked.length))
  return [...countBy(asked, 'cache'), ...countBy(found, 'listed')]
}

function countBy(parts: readonly UsedReply[], by: Saving['by']): Saving[] {
  const counts = new Map<string, number>()
  for (const { operation } of parts) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return [...counts].map(([operation, count]) => ({ operation, by, count }))
}
