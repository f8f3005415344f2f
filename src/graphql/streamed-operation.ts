// Finds out whether a request of a client that accepts streams needs one answer, or a stream of them.
import { createHash } from 'node:crypto'
import { getOperationAST, stripIgnoredCharacters } from 'graphql'
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Kind } from '../aurora/kinds.ts'
import type { PlainRequest } from '../exchange/plain-exchange.ts'
import type { GraphQLContext } from './context.ts'
import { readBody } from './direct-way.ts'
import type { GraphQLSteps } from './graphql-steps.ts'
import { isLive } from './live-directive.ts'
import { DOCUMENT_ID } from './steps/find-document.ts'
import { asksForFreshness } from './steps/note-freshness.ts'
import { noteOperation } from './steps/note-operation.ts'
import { readKinds } from './types/changes.ts'
import { runParamsSteps } from './steps/step.ts'
import type { Asking, Params } from './steps/step.ts'

export interface StreamedOperation {
  readonly type: 'query' | 'subscription'
  /** The same request as a body, in JSON. */
  readonly body: Uint8Array
  /** The hash of the question: the same if two bodies differ only in comments and spaces. */
  readonly hash: string
  /** Whether its answer may depend on the caller, beside what the credential may read. */
  readonly isPersonal: boolean
  /** The kinds of objects whose changes are subscribed to; null if the operation is no such subscription. */
  readonly kinds: ReadonlySet<Kind> | null
}

/** Null if the request needs one answer, or if something is wrong with it: the execution then answers that. */
export type ReadStreamed = (request: PlainRequest, context: GraphQLContext) => StreamedOperation | null

/** A posted body that may need a stream contains one of these words: in its text, in an id of a text, or escaped. */
const SIGNS = ['live', 'subscription', 'persistedQuery', DOCUMENT_ID, '\\u']

/**
 * False if the request certainly needs one answer. Clients with subscriptions accept streams for each of their queries.
 */
export function mayBeStreamed({ method, body }: Pick<PlainRequest, 'method' | 'body'>): boolean {
  if (method === 'GET') return true
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return SIGNS.some((sign) => bytes.includes(sign))
}

export function createReadStreamed(schema: GraphQLSchema, steps: GraphQLSteps): ReadStreamed {
  return (request, context) => {
    try {
      const given = request.method === 'GET' ? readAddress(request) : readPosted(request)
      return given && read(given, context, { schema, steps })
    } catch {
      return null
    }
  }
}

interface Given {
  readonly params: Params
  readonly body: Uint8Array
  readonly asked: Asking['request']
}

function read(
  { params: given, body, asked }: Given,
  context: GraphQLContext,
  { schema, steps }: { readonly schema: GraphQLSchema; readonly steps: GraphQLSteps },
): StreamedOperation | null {
  const params = runParamsSteps(steps.params, given, { request: asked, context })
  const { query, operationName, variables } = params
  if (typeof query !== 'string') return null
  const { document, errors } = steps.documents.read(query, context.record)
  const operation = getOperationAST(document, operationName as string | undefined)
  if (errors.length > 0 || !operation) return null
  const type = typeOf(schema, operation, variables as Params | undefined)
  if (type === null) return null
  noteOperation({ document, operation, operationName: null, variables: null, context })
  const hash = hashOf(params, query)
  const kinds =
    type === 'subscription'
      ? readKinds(schema, document, { operation, variables: variables as Params })
      : null
  // Otherwise the stream would end when the document is evicted.
  const whole = steps.isRegistered(context) ? withText(body, query) : body
  // Each answer of the stream is a request of its own.
  steps.documents.forget(context.record)
  return { type, body: whole, hash, isPersonal: PERSONAL.test(query), kinds }
}

/** The body with the text that its hash stands for: the last one of two members with the same name counts. The rest is kept as it is. */
function withText(body: Uint8Array, query: string): Uint8Array {
  const text = Buffer.from(body).toString()
  const end = text.lastIndexOf('}')
  return Buffer.from(`${text.slice(0, end)},"query":${JSON.stringify(query)}}`)
}

/** Hashes everything that the answer depends on, beside the caller. */
function hashOf(params: Params, query: string): string {
  const { operationName = null, variables = null } = params
  const form = [stripIgnoredCharacters(query), operationName, variables, asksForFreshness(params)]
  return createHash('sha256').update(JSON.stringify(form)).digest('base64')
}

/** The plan of a query depends on what its caller has been promised: types/plan.ts. */
const PERSONAL = /\bexplain\b/

function typeOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Params | undefined,
): StreamedOperation['type'] | null {
  const type = operation.operation
  if (type === 'subscription') return type
  return type === 'query' && isLive(schema, operation, variables) ? type : null
}

function readPosted(request: PlainRequest): Given | null {
  const params = readBody(request)
  return params && { params, body: request.body, asked: { method: 'POST', url: '' } }
}

function assertJson(text: string): string {
  JSON.parse(text)
  return text
}

const TEXTS = ['query', 'operationName', DOCUMENT_ID] as const
const VALUES = ['variables', 'extensions'] as const

/** The parameters of an address as a body: the texts of its values are kept, so that no number is changed. */
function readAddress(request: PlainRequest): Given {
  const { url, method } = request.toRequest()
  const { searchParams } = new URL(url)
  const members: string[] = []
  for (const name of TEXTS) {
    const text = searchParams.get(name)
    if (text) members.push(`${JSON.stringify(name)}:${JSON.stringify(text)}`)
  }
  for (const name of VALUES) {
    const text = searchParams.get(name)
    if (text) members.push(`${JSON.stringify(name)}:${assertJson(text)}`)
  }
  const body = `{${members.join(',')}}`
  return { params: JSON.parse(body) as Params, body: Buffer.from(body), asked: { method, url } }
}
