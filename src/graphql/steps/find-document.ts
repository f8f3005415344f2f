// Finds the document of a request that sends an id instead of a text: trusted documents by id, registered ones by hash.
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { AutomaticDocuments } from '../../documents/automatic.ts'
import type { TrustedDocuments } from '../../documents/manifest.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { GatewayError } from '../../errors/errors.ts'
import type { ScopeKey } from '../../rest/scope.ts'
import type { GraphQLContext } from '../context.ts'
import { assertDocumentSize } from '../limits/document-size.ts'
import type { Asking, ParamsStep } from './step.ts'

export interface DocumentsOptions {
  /** Returns the current manifest; a reload replaces it. */
  readonly trusted: () => TrustedDocuments
  /** Null if callers cannot register documents. */
  readonly automatic: AutomaticDocuments | null
  /** Whether only documents of the manifest may be executed. */
  readonly isOnlyTrusted: boolean
}

/** The name in the draft on persisted documents (GraphQL over HTTP, appendix), for bodies and for addresses. */
export const DOCUMENT_ID = 'documentId'

const SHA256 = /^[0-9a-f]{64}$/

interface Pending {
  readonly scope: ScopeKey
  readonly hash: string
  readonly text: string
}

export interface FindDocument {
  readonly find: ParamsStep
  /** Whether the request has named a document that callers have registered, which may be evicted. */
  isRegistered(context: GraphQLContext): boolean
  /** To be called when the request has data. */
  register(context: GraphQLContext): void
}

export function createFindDocument(options: DocumentsOptions): FindDocument {
  const { trusted, automatic, isOnlyTrusted } = options
  /** Documents to register after their execution: a document that cannot be executed is not worth memory. */
  const pending = new WeakMap<object, Pending>()

  const registeredOf = new WeakSet<GraphQLContext>()

  /** Null for an unknown id. */
  function textOf(id: string, scope: ScopeKey, isOfRouter: boolean): string | null {
    const text = trusted().find(id)
    if (text !== null) return text
    const registered = automatic?.find(scope, id) ?? null
    // It may not be trusted any more since the manifest was read again.
    return registered !== null && mayExecute(registered, options, isOfRouter) ? registered : null
  }

  /** The code shows the client whether it can register the document by sending it along with its hash. */
  const refuseUnknown = (isHash: boolean): never =>
    automatic === null || (isOnlyTrusted && !isHash)
      ? refuse('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
      : refuse('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')

  return {
    find(params, { request, context }) {
      const { [DOCUMENT_ID]: inBody, query: given, ...others } = params
      const { scope } = context.parts
      const isOfRouter = context.record.isOfRouter === true
      const id = inBody ?? (idInAddress(request) || undefined)
      const hash = hashIn(params['extensions'])
      const name = id ?? hash
      // Some clients send an empty text beside an id.
      const query = name !== undefined && given === '' ? undefined : given
      if (name !== undefined && typeof name !== 'string')
        return refuse('BAD_REQUEST', 'The id of a document is a text.')
      if (name === undefined || typeof query === 'string') {
        if (typeof query !== 'string') return params
        assertTrusted(query, options, context)
        if (hash === undefined) return params
        if (hash !== createHash('sha256').update(query).digest('hex'))
          return refuse('BAD_REQUEST', 'The hash is not that of the document.')
        // Otherwise the request is executed again, and its document is registered again.
        context.repeat.isNamed = () => automatic === null || automatic.find(scope, hash) !== null
        pending.set(context, { scope, hash, text: query })
        return params
      }
      const found = textOf(name, scope, isOfRouter) ?? refuseUnknown(id === undefined)
      if (trusted().find(name) === null) registeredOf.add(context)
      // This function outlives the request, so it uses no other part of the context.
      context.repeat.isNamed = () => textOf(name, scope, isOfRouter) === found
      return { query: found, ...others }
    },
    isRegistered: (context) => registeredOf.has(context),
    register(context) {
      const registered = pending.get(context)
      if (registered) automatic?.keep(registered.scope, registered.hash, registered.text)
    },
  }
}

type Trust = Pick<DocumentsOptions, 'trusted' | 'isOnlyTrusted'>

/** A router makes its documents itself, so no manifest can contain them. */
const mayExecute = (text: string, { trusted, isOnlyTrusted }: Trust, isOfRouter: boolean): boolean =>
  !isOnlyTrusted || isOfRouter || trusted().has(text)

/** Throws for a text that may be neither executed nor planned here. */
export function assertTrusted(text: string, trust: Trust, { record }: Pick<GraphQLContext, 'record'>): void {
  // Checked before the text is parsed.
  if (trust.isOnlyTrusted) assertDocumentSize(text)
  if (!mayExecute(text, trust, record.isOfRouter === true))
    refuse('DOCUMENT_NOT_TRUSTED', 'Only documents of the manifest are executed here.')
}

const idInAddress = ({ method, url }: Asking['request']): string | null =>
  method === 'GET' ? new URL(url).searchParams.get(DOCUMENT_ID) : null

/** Reads the hash of Apollo's protocol for automatic persisted queries, version 1; undefined if there is none. */
function hashIn(extensions: unknown): string | undefined {
  const persisted = (extensions as { persistedQuery?: unknown } | null | undefined)?.persistedQuery
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
