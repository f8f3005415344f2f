// What the gateway says of itself: one JSON line per event on stdout, without any secret.

import pino from 'pino'
import type { Config } from '../config/config.ts'
import { serializeError } from './serialize-error.ts'
import type { Scrub } from './scrubber.ts'

/** First what is known, then one sentence; an error goes under `err`. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Names under which a secret may travel, here, in headers and in the settings. */
const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'X-Api-Key',
  'apiKey',
  'token',
  'accessToken',
  'secret',
  'password',
  'signature',
  'credential',
  'credentials',
  'gatewayKeys',
  'AURORA_API_TOKEN',
  'AURORA_API_KEY',
  'AURORA_API_SECRET',
  'REDIS_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
]

/** An error, its cause, the cause's request, that one's headers: nothing that is logged nests deeper. */
const SECRET_DEPTH = 4

export interface LogOptions {
  readonly level: Config['logLevel']
  /** Looks at each line as it is about to be written. */
  readonly scrub: Scrub
  /** Takes each line, its end included; without one, stdout does. */
  readonly write?: (line: string) => void
}

export function createLog({ level, scrub, write = createStdout() }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
    redact: { paths: secretPaths(), censor: '[secret]' },
  }
  return pino(options, { write: (line) => write(scrub(line)) })
}

function createStdout(): (line: string) => void {
  // Written at once, so that the last words before an exit are not lost.
  const stdout = pino.destination({ dest: 1, sync: true })
  // A full disk or a closed pipe behind stdout must not end the gateway: without a listener it would.
  stdout.on('error', () => {})
  return (line) => void stdout.write(line)
}

/** pino takes paths, not names: `["x-api-key"]`, `*["x-api-key"]`, `*.*["x-api-key"]` … */
function secretPaths(): string[] {
  const depths = Array.from({ length: SECRET_DEPTH }, (_, depth) => Array(depth).fill('*').join('.'))
  return depths.flatMap((prefix) => SECRET_NAMES.map((name) => `${prefix}["${name}"]`))
}
