// The log: one JSON line per event on stdout, without any secret.

import pino from 'pino'
import type { Config } from '../config/config.ts'
import { serializeError } from './serialize-error.ts'
import type { Scrub } from './scrubber.ts'
import { createToSource } from './source-frames.ts'

/** First the facts, then one sentence; an error goes under `err`. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** For code that holds lines back: `writeRest` is called when the process ends. Left out if nothing would be lost. */
  beforeEnd?(writeRest: () => void): void
}

export interface LogOptions {
  readonly level: Config['logLevel']
  /** Removes secrets from each line before it is written. */
  readonly scrub: Scrub
  /** Writes each line, its end included. `isOrdinary`: it is neither a warning nor an error. */
  readonly write: (line: string, isOrdinary: boolean) => void
  /** As `Log` has it. */
  readonly beforeEnd?: (writeRest: () => void) => void
}

/** How pino begins an ordinary line. */
const INFO = '{"level":"info"'

export function createLog({ level, scrub, write, beforeEnd }: LogOptions): Log {
  const toSource = createToSource()
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => serializeError(error, toSource) },
  }
  const lines = pino(options, { write: (line) => write(scrub(line), line.startsWith(INFO)) })
  return beforeEnd ? Object.assign(lines, { beforeEnd }) : lines
}
