// Makes what executes GraphQL requests: the schema with its limits, its documents, its errors and its remembered answers.
import type { RememberedAnswers } from './answers/remembered.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { createAutomaticDocuments } from './documents/automatic.ts'
import { FIXED_LIMITS } from './graphql/limits/query-limits.ts'
import { createPresentError } from './graphql/present-error.ts'
import { schema } from './graphql/schema.ts'
import { createGraphQLHandler } from './graphql/yoga.ts'
import { countSavedAgain } from './rest/accounting.ts'
import type { Emit } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'

export interface HandlerParts {
  readonly trusted: Parameters<typeof createGraphQLHandler>[0]['documents']['trusted']
  readonly isKnown: Parameters<typeof createAutomaticDocuments>[0]
  readonly remembered: RememberedAnswers
  readonly log: Log
  readonly clock: Clock
  readonly emit: Emit
}

export function createHandler(
  config: Config,
  { trusted, isKnown, remembered, log, clock, emit }: HandlerParts,
) {
  const { mode } = config.documents
  return createGraphQLHandler({
    schema,
    clock,
    presentError: createPresentError({
      emit,
      // Suggestions contain names of the schema, which must not be read where introspection is off.
      hasSuggestions: config.introspection,
      logFault: (err, ids) => log.error({ err, ...ids }, 'a field failed inside the gateway'),
    }),
    hasIntrospection: config.introspection,
    answers: {
      remembered,
      clock,
      onAgain(answer, { tally, record }) {
        for (const saving of answer.savings) countSavedAgain(emit, { tally, record }, saving)
        remembered.noteUse(answer, clock.monotonicMs())
      },
    },
    limits: { ...FIXED_LIMITS, ...config.queryLimits },
    documents: {
      trusted,
      automatic: mode === 'automatic' ? createAutomaticDocuments(isKnown) : null,
      isOnlyTrusted: mode === 'only-trusted',
    },
  })
}
