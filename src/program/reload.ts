// SIGHUP: reads the tenants and the trusted documents again while the program runs.
import { ConfigError, readConfig } from '../config/read-config.ts'
import { secretsOf } from '../config/secrets.ts'
import { ManifestError } from '../documents/manifest.ts'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../telemetry/log.ts'
import type { Scrubber } from '../telemetry/scrubber.ts'

interface ReloadOptions {
  readonly scrubber: Scrubber
  readonly log: Log
}

/** The environment of a process does not change, but the files that it names do. Wrong files change nothing. */
export function reloadOnHangup(gateway: Gateway, { scrubber, log }: ReloadOptions): void {
  process.on('SIGHUP', () => {
    try {
      const config = readConfig()
      scrubber.add(secretsOf(config))
      gateway.reload(config)
      log.info({}, 'SIGHUP: the tenants and the trusted documents were read again')
    } catch (error) {
      const isKnown = error instanceof ConfigError || error instanceof ManifestError
      log.error(
        { problems: isKnown ? error.problems : [String(error)] },
        'SIGHUP: the tenants stay as they were',
      )
    }
  })
}
