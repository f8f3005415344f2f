// What the gateway says of itself: one JSON line per event on stdout, without any secret.

import pino from 'pino'
import type { Config } from '../config/config.ts'

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
]

/** An error, its cause, the cause's request, that one's headers: nothing that is logged nests deeper. */
const SECRET_DEPTH = 4

export function createLog(level: Config['logLevel']): Log {
  // Written at once, so that the last words before an exit are not lost.
  const stdout = pino.destination({ dest: 1, sync: true })
  // A full disk or a closed pipe behind stdout must not end the gateway: without a listener it would.
  stdout.on('error', () => {})
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretPaths(), censor: '[secret]' },
  }
  return pino(options, stdout)
}

/** pino takes paths, not names: `["x-api-key"]`, `*["x-api-key"]`, `*.*["x-api-key"]` … */
function secretPaths(): string[] {
  const depths = Array.from({ length: SECRET_DEPTH }, (_, depth) => Array(depth).fill('*').join('.'))
  return depths.flatMap((prefix) => SECRET_NAMES.map((name) => `${prefix}["${name}"]`))
}
