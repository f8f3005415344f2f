// The replies that one answer is made of. The reply that goes stale first decides how long caches may keep the answer.
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'

export interface Parts {
  /** The scope of the request. */
  readonly scope: ScopeKey
  /** Whether a reply is still the cached one, and as new as the request demands. */
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

export function createParts(request: Pick<Parts, 'scope' | 'isGood' | 'isCurrent'>): Parts {
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
  isGood: () => false,
  isCurrent: () => false,
  note: () => {},
  spoil: () => {},
  isSpoilt: () => true,
  all: () => [],
}

/** RFC 9111, 5.2.2.1 and 5.1; RFC 5861. All of them in whole seconds. */
export interface Lifespan {
  readonly maxAge: number
  /** The age of the part that goes stale first, so that `maxAge - age` is the remaining fresh time. */
  readonly age: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
}

/** Null where the answer has no parts: its age is then unknown, too. */
export function lifespanOf(parts: readonly UsedReply[], nowMs: number): Lifespan | null {
  const [first, ...others] = parts
  if (!first) return null
  const tightest = others.reduce(
    (least, part) => (freshUntil(part) < freshUntil(least) ? part : least),
    first,
  )
  const staleUntilMs = Math.min(...parts.map(({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.staleMs))
  const keptUntilMs = Math.min(...parts.map(({ answeredAtMs, lifetime }) => answeredAtMs + lifetime.keptMs))
  const freshUntilMs = freshUntil(tightest)
  return {
    maxAge: seconds(tightest.lifetime.freshMs),
    age: seconds(nowMs - tightest.answeredAtMs),
    staleWhileRevalidate: seconds(staleUntilMs - freshUntilMs),
    staleIfError: seconds(keptUntilMs - freshUntilMs),
  }
}

const freshUntil = ({ answeredAtMs, lifetime }: UsedReply): number => answeredAtMs + lifetime.freshMs

const seconds = (ms: number): number => Math.max(0, Math.floor(ms / 1000))

/** `private`: only the caller's own cache may keep it, because it holds the data of people. */
export const cacheControlOf = ({ maxAge, staleWhileRevalidate, staleIfError }: Lifespan): string =>
  [
    'private',
    `max-age=${maxAge}`,
    `stale-while-revalidate=${staleWhileRevalidate}`,
    `stale-if-error=${staleIfError}`,
  ].join(', ')
