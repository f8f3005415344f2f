// Finds consequences of valid settings that an operator should know.
import type { Config } from '../config/config.ts'
import { ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

export function judgeSettings(config: Config, warnings: readonly string[]): readonly Finding[] {
  return [
    ok('settings', `All settings are right${config.isProduction ? ', for production' : ''}`),
    ...warnings.map((text) => warning('settings', text, null)),
    ...judgeTimes(config),
  ]
}

/** Queueing and attempts end at the time limit of the request, so longer limits have no effect. */
function judgeTimes({ attemptTimeoutMs, requestTimeoutMs }: Config): readonly Finding[] {
  if (attemptTimeoutMs <= requestTimeoutMs) return []
  return [
    warning(
      'settings',
      'AURORA_TIMEOUT_MS is longer than REQUEST_TIMEOUT_MS: a request ends before an attempt that is slow',
      'Raise REQUEST_TIMEOUT_MS above AURORA_TIMEOUT_MS',
    ),
  ]
}
