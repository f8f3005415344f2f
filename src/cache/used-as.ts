// The note of a request about a cached answer that it uses: which answer it is, and how long it is good.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Answer } from '../rest/answer.ts'
import type { Life, Proven, UsedReply } from '../rest/terms.ts'

/**
 * The notes of requests about an answer: one for its use as the answer to its call, and one for its use as a list in
 * which an object was found.
 */
export interface Uses {
  asked: UsedReply | null
  listed: UsedReply | null
}

export const createUses = (): Uses => ({ asked: null, listed: null })

export const isUnused = ({ asked, listed }: Uses): boolean => asked === null && listed === null

interface UsedAnswer {
  readonly key: string
  readonly answer: Answer
  readonly lifetime: Lifetime
  readonly proven?: Proven | undefined
  readonly uses: Uses
  readonly life: Life
  /** Set if an event has made it outdated. */
  readonly isOutdated?: true | undefined
}

/** Made once for each answer, because a screen has hundreds of parts, and each needs a weak reference. */
export const usedAs = (
  as: keyof Uses,
  { key, answer, lifetime, proven, uses, life, isOutdated }: UsedAnswer,
  { operation }: Pick<Endpoint, 'operation'>,
): UsedReply =>
  (uses[as] ??= {
    key,
    operation,
    isListed: as === 'listed',
    answeredAtMs: answer.answeredAtMs,
    lifetime,
    proven,
    answer: new WeakRef(answer),
    life,
    isOutdated,
  })
