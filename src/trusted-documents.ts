// The documents that the manifest names: read at the start, and again on reload.
import type { Config } from './config/config.ts'
import { NO_DOCUMENTS, readManifest } from './documents/manifest.ts'
import { checkDocument } from './graphql/limits/check-document.ts'
import { FIXED_LIMITS } from './graphql/limits/query-limits.ts'
import { schema } from './graphql/schema.ts'

type Documents = ReturnType<typeof readManifest>

export interface TrustedDocuments {
  readonly current: () => Documents
  /** Reads the manifest again. Throws a ManifestError, and changes nothing, if a document cannot be executed. */
  read(): void
}

export function createTrustedDocuments({ documents, queryLimits }: Config): TrustedDocuments {
  const { path } = documents
  const limits = { ...FIXED_LIMITS, ...queryLimits }
  const read = (): Documents =>
    path === null
      ? NO_DOCUMENTS
      : readManifest({ path, check: (text) => checkDocument(text, schema, limits) })
  let current = read()
  return {
    current: () => current,
    read: () => void (current = read()),
  }
}
