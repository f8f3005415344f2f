// What a request notes of a cached answer that it uses: which answer it was, and how long it is good.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { Answer } from '../rest/answer.ts'
import type { Life, Proven, UsedReply } from '../rest/terms.ts'

/** What requests have noted of an answer that they used, as the answer to its call or as a list that was read for something else. */
export interface Uses {
  asked: UsedReply | null
  listed: UsedReply | null
}

export const createUses = (): Uses => ({ asked: null, listed: null })

interface UsedAnswer {
  readonly key: string
  readonly answer: Answer
  readonly lifetime: Lifetime
  readonly proven?: Proven | undefined
  readonly uses: Uses
  readonly life: Life
  /** An event has made it untrue. */
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
