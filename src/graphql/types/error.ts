// Error: a failure as data, for clients that need a type; it comes from the same table as the errors beside the data.
import type { InterfaceRef, ObjectRef } from '@pothos/core'
import { ERROR_CODES } from '../../errors/codes.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { builder } from '../builder.ts'
import type { SchemaTypes } from '../builder.ts'
import type { PresentedError } from '../present-error.ts'

const codes = Object.entries(ERROR_CODES) as [ErrorCode, (typeof ERROR_CODES)[ErrorCode]][]

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description:
    'What happened. A code never changes its meaning; new ones may be added. The same words are in ' +
    '`extensions.code` of the errors beside the data.',
  values: Object.fromEntries(
    codes.map(([code, { meaning, advice }]) => [code, { value: code, description: `${meaning} ${advice}` }]),
  ),
})

const WriteOutcome = builder.enumType('WriteOutcome', {
  description: 'What became of a change that was answered with an error.',
  values: {
    NOT_DONE: {
      value: 'NOT_DONE',
      description: 'It was not carried out: correct what is wrong, and send it again.',
    },
    UNKNOWN: {
      value: 'UNKNOWN',
      description:
        'It was sent, and no answer shows the outcome: look whether it was carried out before you send it again.',
    },
    DONE: {
      value: 'DONE',
      description:
        'It was carried out, only the answer could not be read: read the object, do not send it again.',
    },
  },
})

const UnprocessableReason = builder.enumType('UnprocessableReason', {
  description: 'What Aurora refuses.',
  values: {
    VALIDATION: {
      value: 'VALIDATION',
      description: 'The input, or the object that is read: the `messages` say what is wrong.',
    },
    AUTHENTICATION: { value: 'AUTHENTICATION', description: "The gateway's credential." },
  },
})

/** A failure with the same message and extensions as in `errors`. */
export const ErrorInterface: InterfaceRef<SchemaTypes, PresentedError> = builder
  .interfaceRef<PresentedError>('Error')
  .implement({
    description:
      'Why something could not be done or found, as data. Each code has a type of its own, some with further members.',
    resolveType: ({ extensions }) => typeNameOf(extensions.code),
    fields: (t) => ({
      code: t.field({
        type: ErrorCodeEnum,
        nullable: false,
        description: 'What happened, for programs to branch on.',
        resolve: ({ extensions }) => extensions.code,
      }),
      message: t.string({
        nullable: false,
        description: 'What happened, in English, for developers; may change at any time.',
        resolve: ({ message }) => message,
      }),
      status: t.int({
        description: "Aurora's HTTP status; null if there was no answer.",
        resolve: ({ extensions }) => extensions['status'] as number | undefined,
      }),
      outcome: t.field({
        type: WriteOutcome,
        nullable: false,
        description: 'Of a change: whether it was carried out all the same. NOT_DONE for what only reads.',
        resolve: ({ extensions }) => (extensions['outcome'] ?? 'NOT_DONE') as 'NOT_DONE',
      }),
    }),
  })

/** An error of the whole request, or of the gateway itself, never comes as data. */
const NEVER_DATA: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'QUERY_REJECTED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
])

/** `RATE_LIMITED` becomes `RateLimitedError`, `UPSTREAM_ERROR` becomes `UpstreamError`. */
const typeNameOf = (code: ErrorCode): string =>
  `${code
    .split('_')
    .filter((word) => word !== 'ERROR')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('')}Error`

const TYPES = new Map<ErrorCode, ObjectRef<SchemaTypes, PresentedError>>(
  codes
    .filter(([code]) => !NEVER_DATA.has(code))
    .map(([code, { meaning, advice }]) => [
      code,
      builder.objectRef<PresentedError>(typeNameOf(code)).implement({
        interfaces: [ErrorInterface],
        description: `${meaning} ${advice}`,
      }),
    ]),
)

function typeOf(code: ErrorCode): ObjectRef<SchemaTypes, PresentedError> {
  const type = TYPES.get(code)
  if (!type) throw new Error(`${code} never comes as data`)
  return type
}

const RETRY_TIMES: Readonly<Partial<Record<ErrorCode, string>>> = {
  RATE_LIMITED: 'When Aurora could answer all calls that this request was refused.',
  UPSTREAM_UNAVAILABLE:
    'When the gateway makes the next call: it makes none at the moment. Null if it has just made one.',
  UPSTREAM_ERROR: 'When Aurora allows the next call; null if it names no time.',
  UPSTREAM_TIMEOUT: 'When Aurora allows the next call; null if it names no time.',
}

for (const [code, description] of Object.entries(RETRY_TIMES))
  builder.objectFields(typeOf(code as ErrorCode), (t) => ({
    retryAt: t.field({
      type: 'DateTime',
      description,
      resolve: ({ extensions }) => extensions['retryAt'] as string | undefined,
    }),
    retryAfter: t.int({
      description: 'The same in whole seconds from now, at least 1.',
      resolve: ({ extensions }) => extensions['retryAfter'] as number | undefined,
    }),
  }))

builder.objectFields(typeOf('UNPROCESSABLE'), (t) => ({
  messages: t.field({
    type: ['String'],
    nullable: false,
    description: "What is wrong, in Aurora's own words, for people to read; may be empty.",
    resolve: ({ extensions }) => [...((extensions['messages'] ?? []) as readonly string[])],
  }),
  reason: t.field({
    type: UnprocessableReason,
    description: 'What is at fault.',
    resolve: ({ extensions }) => extensions['reason'] as 'VALIDATION' | undefined,
  }),
}))
