// An error as the log tells it: what it is, where it came from and what caused it, and nothing that hangs on it besides.

/** Errors hang on to requests, sockets and settings: only what is named here is told. */
export interface ToldError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly syscall?: string
  /** Where it was thrown, without the message, which stands above. */
  readonly stack: readonly string[]
  readonly cause?: ToldError
  /** Of an error that stands for several. */
  readonly errors?: readonly ToldError[]
}

/** The one that was caught, its cause, that one's cause: what is further down has never told anything. */
const MAX_DEPTH = 4
const MAX_ERRORS = 4
const MAX_FRAMES = 20
const MAX_MESSAGE = 1000

/**
 * Their messages quote what could not be read, which is a text of Aurora's or of a caller's: `Unexpected token … in
 * JSON`, `Enum cannot represent value: …`.
 */
const QUOTING: ReadonlySet<string> = new Set(['SyntaxError', 'GraphQLError', 'ZodError'])

/** Where it is not an error that was thrown, that is all that is told: it could be anything. */
export function serializeError(error: unknown, depth = 1): ToldError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'no error was thrown', stack: [] }
  const { name, cause } = error
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  const isDeep = depth >= MAX_DEPTH
  return {
    type: name,
    message: QUOTING.has(name) ? '(it quotes what could not be read)' : error.message.slice(0, MAX_MESSAGE),
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
    stack: framesOf(error),
    ...(cause instanceof Error && !isDeep && { cause: serializeError(cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      !isDeep && {
        errors: error.errors.slice(0, MAX_ERRORS).map((each) => serializeError(each, depth + 1)),
      }),
  }
}

/** The frames alone: what stands before them is the message, of any number of lines. */
const framesOf = ({ stack = '' }: Error): readonly string[] =>
  [...stack.matchAll(/^ {4}at (.+)$/gm)].slice(0, MAX_FRAMES).map(([, frame = '']) => frame)
