// Answers repeated requests with the bytes of a remembered answer.
import { ageOf, cacheControlOf, decideValidatedByAges } from '../answers/ages.ts'
import { describeTags } from '../answers/cache-tags.ts'
import type { ValidatedBy } from '../answers/ages.ts'
import { findHeld, hashForm, makeTag } from '../answers/entity-tag.ts'
import { toExactBytes } from '../answers/exact-bytes.ts'
import type { Remembered, RememberedAnswers } from '../answers/remembered.ts'
import type { Budget } from '../budget/budget.ts'
import type { Clock } from '../clock.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import { createRateLimitFields } from '../graphql/steps/rate-limit-fields.ts'
import { UPSTREAM_FIELD, upstreamFieldOf } from '../graphql/steps/router-fields.ts'
import type { RateLimitState } from '../graphql/steps/rate-limit-fields.ts'
import { describeUpstream } from '../graphql/steps/present-result.ts'
import type { Repeat, Repeated, Repeating } from '../http/known-answers.ts'
import { countSavedAgain } from '../rest/accounting.ts'
import type { Emit } from '../telemetry/events.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Traces } from '../telemetry/traces.ts'

export interface RepeatsOptions {
  readonly remembered: RememberedAnswers
  readonly budget: Pick<Budget, 'state'>
  readonly windowMs: number
  readonly clock: Clock
  readonly emit: Emit
  /** Whether answers report by what their freshness is proven. */
  readonly showsValidation: boolean
  readonly traces: Pick<Traces, 'begin' | 'end'> | null
}

/** Null if the answer that was just made cannot be given again. */
export type RepeatOf = (context: GraphQLContext) => Repeat | null

export interface Repeats {
  /** To be called when a request begins, because its repeats are good only under the settings of that moment. */
  begin(): RepeatOf
  /** Ends all repeats, because the settings under which they were made have changed. */
  endAll(): void
}

export function createRepeats(options: RepeatsOptions): Repeats {
  const { remembered, clock, emit, traces } = options
  let generation = 0

  return {
    begin() {
      const begun = generation
      return ({ repeat: { answer, contentType, isNamed }, parts: { maxAgeMs }, record }) => {
        if (answer === null || contentType === null) return null
        // Weak: an answer that is over must not stay in memory because of requests that have used it.
        const weak = new WeakRef(answer)
        const write = createWriter(answer, { contentType, isOfRouter: record.isOfRouter === true }, options)
        const find = (nowMs: number): Remembered | null => {
          const found = begun === generation ? weak.deref() : undefined
          return found && remembered.holds(found, { nowMs, maxAgeMs }) && isNamed() ? found : null
        }
        return {
          contentType,
          peek: () => find(clock.monotonicMs())?.text.length ?? null,
          give(repeating) {
            const nowMs = clock.monotonicMs()
            const found = find(nowMs)
            if (!found) return null
            traces?.begin(repeating.record, repeating)
            remembered.noteUse(found, nowMs)
            const repeated = write(found, repeating, nowMs)
            traces?.end(repeating.record, repeated.status)
            emit('answered', { status: repeated.status, durationMs: clock.monotonicMs() - nowMs })
            return repeated
          },
          onKept(bytes) {
            const found = weak.deref()
            if (found) remembered.grow(found, bytes)
          },
        }
      }
    },
    endAll: () => void (generation += 1),
  }
}

/** Writes the parts that differ from repeat to repeat; the rest of the head is that of the first answer. */
function createWriter(
  { dataHash, ages, parts, entityCount = null }: Remembered,
  { contentType, isOfRouter }: { readonly contentType: string; readonly isOfRouter: boolean },
  options: RepeatsOptions,
): (answer: Remembered, repeating: Repeating, nowMs: number) => Repeated {
  const { budget, windowMs, emit, showsValidation } = options
  const form = hashForm(dataHash, contentType.split(';', 1)[0] ?? '')
  const cacheControl = cacheControlOf(ages)
  const endOf = createEnds({ form, tags: (isOfRouter && describeTags(parts, entityCount)) || {} }, options)
  return ({ operation, savings, text }, { method, headers, caller, record }, nowMs) => {
    const tally = createTally()
    record.tally = tally
    record.operation = operation
    for (const saving of savings) countSavedAgain(emit, { tally, record }, saving)
    const state = { windowMs, ...budget.state(caller.scope.budgetKey) }
    const validatedBy = showsValidation ? decideValidatedByAges(ages, nowMs) : null
    const { rest, tag } = endOf(tally, state, validatedBy)
    // For a POST, If-None-Match has another meaning (RFC 9110, 13.1.2).
    const held = method === 'POST' ? null : findHeld(headers.get('if-none-match'), { tag, dataHash: form })
    const rateLimit = createRateLimitFields(state, nowMs)
    return {
      status: held === null ? 200 : 304,
      text,
      rest,
      tag: held ?? tag,
      fields: [
        'age',
        String(ageOf(ages, nowMs)),
        'cache-control',
        cacheControl,
        'ratelimit',
        rateLimit.RateLimit,
        'ratelimit-policy',
        rateLimit['RateLimit-Policy'],
        ...(isOfRouter ? [UPSTREAM_FIELD, upstreamFieldOf(tally, state, nowMs)] : []),
      ],
    }
  }
}

interface End {
  /** The text after the data. */
  readonly rest: Buffer
  readonly tag: string
}

/** The state for which an end was written, beside the budget. */
interface Ended {
  readonly offsetMs: number
  readonly validatedBy: ValidatedBy | null
}

/** Two clocks that are read one after the other can differ by this much without any change. */
const CLOCKS_DIFFER_MS = 2

/** The end of an answer, written again only if the budget has changed: a repeat saves the same calls each time. */
function createEnds(
  { form, tags }: { readonly form: string; readonly tags: object },
  { clock }: RepeatsOptions,
): (tally: Tally, state: RateLimitState, validatedBy: ValidatedBy | null) => End {
  let last: (RateLimitState & End & Ended) | null = null
  return (tally, state, validatedBy) => {
    const offsetMs = clock.wallMs() - clock.monotonicMs()
    const isSame =
      last !== null &&
      last.limit === state.limit &&
      last.remaining === state.remaining &&
      last.resetAtMs === state.resetAtMs &&
      last.validatedBy === validatedBy &&
      Math.abs(last.offsetMs - offsetMs) < CLOCKS_DIFFER_MS
    if (last && isSame) return last
    const extensions = JSON.stringify({
      upstream: describeUpstream(tally, state, clock, validatedBy),
      ...tags,
    })
    last = {
      offsetMs,
      validatedBy,
      rest: toExactBytes(`,"extensions":${extensions}}`),
      tag: makeTag(form, extensions),
      ...state,
    }
    return last
  }
}
