// SIGHUP: reads the tenants and the trusted documents again while the program runs.
import { doInTurns } from '../turns/at-once.ts'
import type { Pieces } from '../turns/at-once.ts'
import { ConfigError, readConfigInPieces } from '../config/read-config.ts'
import { secretsOf } from '../config/secrets.ts'
import { ManifestError } from '../documents/manifest.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { HttpServer } from '../http/server.ts'
import type { Log } from '../telemetry/log.ts'
import type { Scrubber } from '../telemetry/scrubber.ts'

interface Reloaded {
  readonly gateway: Pick<Gateway, 'reloadInPieces'>
  readonly server: Pick<HttpServer, 'recheckCallers'>
}

interface ReloadOptions {
  readonly scrubber: Scrubber
  readonly log: Log
}

/**
 * The environment of a process does not change, but the files that it names do. Wrong files change nothing. A signal
 * during a reading causes one more reading after it.
 */
export function reloadOnHangup({ gateway, server }: Reloaded, { scrubber, log }: ReloadOptions): void {
  let isReading = false
  let isAskedAgain = false

  async function reload(): Promise<void> {
    try {
      const config = await doInTurns(readConfigInPieces())
      await doInTurns(addSecrets(scrubber, secretsOf(config)))
      await doInTurns(gateway.reloadInPieces(config))
      server.recheckCallers()
      log.info({}, 'SIGHUP: the tenants and the trusted documents were read again')
    } catch (error) {
      const isKnown = error instanceof ConfigError || error instanceof ManifestError
      log.error(
        { problems: isKnown ? error.problems : [String(error)] },
        'SIGHUP: the tenants stay as they were',
      )
    }
  }

  async function reloadAll(): Promise<void> {
    isReading = true
    do {
      isAskedAgain = false
      await reload()
    } while (isAskedAgain)
    isReading = false
  }

  process.on('SIGHUP', () => {
    if (isReading) isAskedAgain = true
    else void reloadAll()
  })
}

/** Each secret has up to twenty forms that a text may contain. */
const SECRETS_A_PIECE = 100

function* addSecrets(scrubber: Scrubber, secrets: readonly string[]): Pieces<void> {
  for (const [index, secret] of secrets.entries()) {
    scrubber.add([secret])
    if (index % SECRETS_A_PIECE === 0) yield
  }
}
