// An error as the log shows it: its type, message, stack and cause, and no other property.

/** Errors carry requests, sockets and settings as properties: only the members named here are logged. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly syscall?: string
  /** Where it was thrown, without the message. */
  readonly stack: readonly string[]
  readonly cause?: LoggedError
  /** The errors in an AggregateError. */
  readonly errors?: readonly LoggedError[]
}

/** The caught error and three causes below it: deeper causes have never held useful facts. */
const MAX_DEPTH = 4
const MAX_ERRORS = 4
const MAX_FRAMES = 20
const MAX_MESSAGE = 1000

/**
 * Errors whose messages quote the text that could not be read, which is Aurora's or a caller's: `Unexpected token … in
 * JSON`, `Enum cannot represent value: …`.
 */
const QUOTING: ReadonlySet<string> = new Set(['SyntaxError', 'GraphQLError', 'ZodError'])

/** A thrown value that is no error is not logged: it could be anything. `toSource` says where a frame lies in the source. */
export function serializeError(error: unknown, toSource = asIs, depth = 1): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'no error was thrown', stack: [] }
  const { name, cause } = error
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  const isDeep = depth >= MAX_DEPTH
  return {
    type: name,
    message: QUOTING.has(name) ? '(it quotes what could not be read)' : shorten(error.message),
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
    stack: framesOf(error).map(toSource),
    ...(cause instanceof Error && !isDeep && { cause: serializeError(cause, toSource, depth + 1) }),
    ...(error instanceof AggregateError &&
      !isDeep && {
        errors: error.errors.slice(0, MAX_ERRORS).map((each) => serializeError(each, toSource, depth + 1)),
      }),
  }
}

/** A secret that is cut in two would not be recognized in the line, so the message ends at a blank. */
const shorten = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE).replace(UNFINISHED, '')}…`

/** At the most MAX_MESSAGE characters, and each place is the beginning of one attempt at a match. */
const UNFINISHED = /(?<!\S)\S+$/

const asIs = (frame: string): string => frame

/** The frames only: before them the stack holds the message, of any number of lines. */
const framesOf = ({ stack = '' }: Error): readonly string[] =>
  [...stack.matchAll(/^ {4}at (.+)$/gm)].slice(0, MAX_FRAMES).map(([, frame = '']) => frame)
