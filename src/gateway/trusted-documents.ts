// The documents that the manifest names: read at the start, and again on reload.
import type { GraphQLSchema } from 'graphql'
import { doAtOnce } from '../turns/at-once.ts'
import type { Pieces } from '../turns/at-once.ts'
import type { Config } from '../config/config.ts'
import { readManifest } from '../documents/manifest.ts'
import type { TrustedDocuments as Documents } from '../documents/manifest.ts'
import { checkDocument } from '../graphql/limits/check-document.ts'
import { FIXED_LIMITS } from '../graphql/limits/query-limits.ts'
import { isServiceQuery } from '../subgraph/service-query.ts'

export interface TrustedDocuments {
  readonly current: () => Documents
  /** Reads the manifest again. Throws a ManifestError, and changes nothing, if a document cannot be executed. */
  read(): Pieces<Documents>
  replace(documents: Documents): void
}

export function createTrustedDocuments(
  { documents, queryLimits, subgraph }: Config,
  schema: GraphQLSchema,
): TrustedDocuments {
  const { path } = documents
  const limits = { ...FIXED_LIMITS, ...queryLimits }
  const withService = (known: Documents): Documents =>
    subgraph === null ? known : { ...known, has: (text) => known.has(text) || isServiceQuery(text) }
  const read = (): Pieces<Documents> =>
    readManifest({ path, check: (text) => checkDocument(text, schema, limits) })
  let current = withService(doAtOnce(read()))
  return {
    current: () => current,
    read,
    replace: (documents) => void (current = withService(documents)),
  }
}
