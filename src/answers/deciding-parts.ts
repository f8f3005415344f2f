// Those parts of an object whose ages are the ages of all: few numbers are compared then for hundreds of parts.
import type { Trust, UsedReply } from '../rest/terms.ts'

/** ages.ts takes the smallest of each of these. */
const DECIDING: readonly ((part: UsedReply) => number)[] = [
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.freshMs,
  ({ answeredAtMs, lifetime, proven }) => answeredAtMs + (proven?.lifetime ?? lifetime).freshMs,
  ({ answeredAtMs }) => answeredAtMs,
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.staleMs,
  ({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.keptMs,
]

/** One for each number, and one for each trust. */
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
