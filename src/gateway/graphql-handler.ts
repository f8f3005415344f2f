// Makes the function that executes GraphQL requests, with its schema, limits, documents, errors and remembered answers.
import { getHeapStatistics } from 'node:v8'
import type { GraphQLSchema } from 'graphql'
import { decideValidatedBy } from '../answers/ages.ts'
import type { ValidatedBy } from '../answers/ages.ts'
import type { RememberedAnswers } from '../answers/remembered.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { createAutomaticDocuments } from '../documents/automatic.ts'
import { FIXED_LIMITS, limitsOfRouter } from '../graphql/limits/query-limits.ts'
import { createPresentError } from '../graphql/present-error.ts'
import { createGraphQLHandler } from '../graphql/yoga.ts'
import { countSavedAgain } from '../rest/accounting.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Log } from '../telemetry/log.ts'

/**
 * Whether answers report by what their freshness is proven, and the report for an answer of these parts. Without
 * webhooks it is always their age.
 */
export function describeValidation({ webhooks: { proof = null } }: Pick<Config, 'webhooks'>, clock: Clock) {
  const showsValidation = proof !== null
  return {
    showsValidation,
    validatedBy: (parts: readonly UsedReply[]): ValidatedBy | null =>
      showsValidation ? decideValidatedBy(parts, clock.monotonicMs()) : null,
  }
}

export interface HandlerParts {
  readonly schema: GraphQLSchema
  readonly trusted: Parameters<typeof createGraphQLHandler>[0]['documents']['trusted']
  readonly isKnown: Parameters<typeof createAutomaticDocuments>[0]
  readonly remembered: RememberedAnswers
  readonly log: Log
  readonly clock: Clock
  readonly emit: Emit
}

/**
 * The part of the heap that all answers together may take while they are made. Caches, texts and other work have the
 * rest.
 */
const SHARE_OF_ANSWERS = 0.3

export function createHandler(
  config: Config,
  { schema, trusted, isKnown, remembered, log, clock, emit }: HandlerParts,
) {
  const { mode } = config.documents
  const limits = { ...FIXED_LIMITS, ...config.queryLimits }
  return createGraphQLHandler({
    schema,
    clock,
    presentError: createPresentError({
      emit,
      // Suggestions contain names of the schema, which must not be shown if introspection is off.
      hasSuggestions: config.introspection,
      logFault: (err, ids) => log.error({ err, ...ids }, 'a field failed inside the gateway'),
    }),
    showsValidation: describeValidation(config, clock).showsValidation,
    hasIntrospection: config.introspection,
    answers: {
      remembered,
      clock,
      maxBytes: config.maxAnswerBytes,
      roomBytes: getHeapStatistics().heap_size_limit * SHARE_OF_ANSWERS,
      onAgain(answer, { tally, record }) {
        for (const saving of answer.savings) countSavedAgain(emit, { tally, record }, saving)
        remembered.noteUse(answer, clock.monotonicMs())
      },
    },
    limits,
    routerLimits: limitsOfRouter(limits, config.routers.maxBatch),
    documents: {
      trusted,
      automatic: mode === 'trusted' ? null : createAutomaticDocuments(isKnown),
      isOnlyTrusted: mode === 'only-trusted',
    },
  })
}
