// Reads again what files contain, the tenants and the trusted documents, while the gateway goes on with the old content.
import type { Pieces } from '../turns/at-once.ts'
import type { Tenant } from '../callers/tenants.ts'
import type { Config } from '../config/config.ts'
import type { TrustedDocuments } from '../documents/manifest.ts'

export interface Reread {
  readonly tenants: readonly Tenant[]
  readonly documents: TrustedDocuments
}

export interface RereadOptions {
  readonly served: { read(config: Config): Pieces<readonly Tenant[]> }
  readonly trusted: { read(): Pieces<TrustedDocuments> }
  /** Called when all files are read, so that all new content takes effect together. */
  readonly replaceAll: (config: Config, read: Reread) => void
}

/**
 * There may be thousands of each, so they are read in pieces. Throws a ManifestError, and replaces nothing, if a
 * document cannot be executed.
 */
export function* reread(config: Config, { served, trusted, replaceAll }: RereadOptions): Pieces<void> {
  const documents = yield* trusted.read()
  const tenants = yield* served.read(config)
  replaceAll(config, { tenants, documents })
}
