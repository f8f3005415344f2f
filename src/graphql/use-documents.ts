// Requests that name their document instead of bringing it: trusted ones by id, registered ones by hash.
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { AutomaticDocuments } from '../documents/automatic.ts'
import type { TrustedDocuments } from '../documents/manifest.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { GatewayError } from '../errors/errors.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { GraphQLContext } from './context.ts'

export interface DocumentsOptions {
  /** Read again from time to time. */
  readonly trusted: () => TrustedDocuments
  /** Null: callers can't register any. */
  readonly automatic: AutomaticDocuments | null
  /** Whether nothing else may be executed. */
  readonly isOnlyTrusted: boolean
}

/** The draft on persisted documents (GraphQL over HTTP, appendix) calls it so, in a body and in an address. */
export const DOCUMENT_ID = 'documentId'

const SHA256 = /^[0-9a-f]{64}$/

interface Pending {
  readonly scope: ScopeKey
  readonly hash: string
  readonly text: string
}

export function useDocuments({
  trusted,
  automatic,
  isOnlyTrusted,
}: DocumentsOptions): Plugin<object, GraphQLContext> {
  /** Registered once it has been executed: what can't be is not worth keeping. */
  const pending = new WeakMap<object, Pending>()

  function find(scope: ScopeKey, id: string): string {
    const text = trusted().find(id) ?? automatic?.find(scope, id)
    if (text !== null && text !== undefined) return text
    // Which of the two tells a client whether it is worth sending the document along.
    return automatic === null
      ? refuse('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
      : refuse('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
  }

  return {
    onParams({ params, setParams, request, context }) {
      const { [DOCUMENT_ID]: inBody, ...others } = params as typeof params & { [DOCUMENT_ID]?: unknown }
      const id = inBody ?? idInAddress(request) ?? undefined
      const hash = hashIn(params.extensions)
      const name = id ?? hash
      const { query } = params
      if (name !== undefined && typeof name !== 'string')
        return refuse('BAD_REQUEST', 'The id of a document is a text.')
      if (name === undefined || typeof query === 'string') {
        if (typeof query !== 'string') return
        assertTrusted(query, { trusted, isOnlyTrusted })
        if (hash === undefined) return
        if (hash !== createHash('sha256').update(query).digest('hex'))
          return refuse('BAD_REQUEST', 'The hash is not that of the document.')
        pending.set(context, { scope: context.parts.scope, hash, text: query })
        return
      }
      setParams({ ...others, query: find(context.parts.scope, name) })
    },
    onResultProcess({ result, serverContext }) {
      const registered = pending.get(serverContext)
      if (!registered || Array.isArray(result) || !('data' in result) || result.data === undefined) return
      automatic?.keep(registered.scope, registered.hash, registered.text)
    },
  }
}

/** Throws for a text that may not be executed here, nor walked as if it were. */
export function assertTrusted(
  text: string,
  { trusted, isOnlyTrusted }: Pick<DocumentsOptions, 'trusted' | 'isOnlyTrusted'>,
): void {
  if (isOnlyTrusted && !trusted().has(text))
    refuse('DOCUMENT_NOT_TRUSTED', 'Only documents of the manifest are executed here.')
}

const idInAddress = (request: Request): string | null =>
  request.method === 'GET' ? new URL(request.url).searchParams.get(DOCUMENT_ID) : null

/** Of Apollo's protocol, version 1. Undefined where the request does not speak it. */
function hashIn(extensions: Record<string, unknown> | undefined): string | undefined {
  const persisted = extensions?.['persistedQuery']
  if (persisted === undefined || persisted === null) return undefined
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown }
  if (version === 1 && typeof sha256Hash === 'string' && SHA256.test(sha256Hash)) return sha256Hash
  return refuse(
    'BAD_REQUEST',
    'extensions.persistedQuery has a `version` 1 and a `sha256Hash` of 64 hex digits.',
  )
}

function refuse(code: ErrorCode, message: string): never {
  throw new GraphQLError(message, { originalError: new GatewayError(code, message) })
}
