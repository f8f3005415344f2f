// What went into one answer, and so how long the web may keep it: the part that goes stale first decides.
import type { ScopeKey } from '../rest/scope.ts'
import type { UsedReply } from '../rest/terms.ts'

export interface Parts {
  /** In whose name it is asked. */
  readonly scope: ScopeKey
  /** Whether a reply is what is known still, and as new as the request wants it. */
  readonly isGood: (used: UsedReply) => boolean
  /** Whether a reply is what is known still: a write may have overtaken it. */
  readonly isCurrent: (used: UsedReply) => boolean
  /** To be told of every reply that is shown, or looked into, for this answer. */
  readonly note: (used: UsedReply) => void
  /** What is told is of this very moment, and nothing to be kept: a plan, a report. */
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

/** Of a run that nobody is answered with. */
export const NO_PARTS: Parts = {
  scope: '' as ScopeKey,
  isGood: () => false,
  isCurrent: () => false,
  note: () => {},
  spoil: () => {},
  isSpoilt: () => true,
  all: () => [],
}

/** RFC 9111, 5.2.2.1 and 5.1; RFC 5861. All in whole seconds. */
export interface Lifespan {
  readonly maxAge: number
  /** Of the part that goes stale first, so that `maxAge - age` is what is left. */
  readonly age: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
}

/** Null where nothing went into it: then nothing is known of its age either. */
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

/** For the caller's own cache alone: it holds the data of people. */
export const cacheControlOf = ({ maxAge, staleWhileRevalidate, staleIfError }: Lifespan): string =>
  [
    'private',
    `max-age=${maxAge}`,
    `stale-while-revalidate=${staleWhileRevalidate}`,
    `stale-if-error=${staleIfError}`,
  ].join(', ')
