// Chooses the parts of an object that decide the ages of all its parts, so that few numbers are compared for hundreds of parts.
import type { Trust, UsedReply } from '../rest/terms.ts'

/** The smallest value of each of these decides in ages.ts. */
const DECIDING: readonly ((part: UsedReply) => number)[] = [
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.freshMs,
  ({ answeredAtMs, lifetime, proven }) => answeredAtMs + (proven?.lifetime ?? lifetime).freshMs,
  ({ answeredAtMs }) => answeredAtMs,
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.staleMs,
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.keptMs,
]

/** At most one part for each number and each trust. */
export function decidingOf(parts: readonly UsedReply[]): readonly UsedReply[] {
  const [first, ...others] = parts
  if (!first) return []
  const deciding = new Set(
    DECIDING.map((of) => others.reduce((least, part) => (of(part) < of(least) ? part : least), first)),
  )
  const trusts = new Set<Trust>()
  for (const { proven } of deciding) if (proven) trusts.add(proven.trust)
  for (const part of others) {
    const trust = part.proven?.trust
    if (!trust || trusts.has(trust)) continue
    trusts.add(trust)
    deciding.add(part)
  }
  return [...deciding]
}
