// Sends one operation over HTTP: a query as a GET with a short and stable address, everything else as a POST.
import type { AnswerError } from './limited.ts'
import { sha256 } from './sha256.ts'

export interface Operation {
  /** Empty where the document has an id. */
  readonly query?: string | undefined
  /** The id of a document of the manifest. */
  readonly documentId?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

export interface Answer {
  readonly data?: object | null | undefined
  readonly errors?: readonly AnswerError[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** What is called for each request may return a token that has been renewed meanwhile. */
export type HeadersOf =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)

export interface Connection {
  readonly url: string
  readonly headers?: HeadersOf
  readonly fetch?: typeof fetch
}

export interface SendOptions {
  readonly isQuery?: boolean
  readonly cache?: 'no-cache' | 'reload' | 'no-store' | undefined
  readonly signal?: AbortSignal
  /** In the place of those of the connection. */
  readonly headers?: Readonly<Record<string, string>>
}

export type Transport = (operation: Operation, options?: SendOptions) => Promise<Answer>

/** The longest address that usual proxies take. */
const MAX_ADDRESS = 4_000

export const headersOf = async (headers: HeadersOf = {}): Promise<Readonly<Record<string, string>>> =>
  typeof headers === 'function' ? headers() : headers

export function createTransport({ url, headers, fetch: send = fetch }: Connection): Transport {
  const hashes = new Map<string, Promise<string>>()
  /** False where the gateway registers no documents. */
  let mayRegister = true

  const exchange = async (
    { documentId, query, ...others }: Operation & { readonly extensions?: object },
    { isQuery, signal, cache, headers: own }: SendOptions,
  ): Promise<Answer> => {
    const members = { ...(documentId ? { documentId } : { query }), ...others }
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(members))
      if (value !== undefined) search.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    const address = `${url}?${search.toString()}`
    const common = { ...(signal && { signal }), ...(cache && { cache }) }
    const accept = 'application/graphql-response+json, application/json'
    const given = { accept, 'graphql-require-preflight': 'true', ...(own ?? (await headersOf(headers))) }
    if (isQuery && address.length <= MAX_ADDRESS)
      return readAnswer(await send(address, { ...common, headers: given }))
    const body = JSON.stringify(members)
    return readAnswer(
      await send(url, {
        ...common,
        method: 'POST',
        headers: { ...given, 'content-type': 'application/json' },
        body,
      }),
    )
  }

  return async (operation, options = {}) => {
    const { query } = operation
    const sha256Hash = options.isQuery && query && mayRegister ? hashOf(query, hashes) : null
    if (!sha256Hash) return exchange(operation, options)
    const extensions = { persistedQuery: { version: 1, sha256Hash: await sha256Hash } }
    const answer = await exchange({ ...operation, query: undefined, extensions }, options)
    const code = answer.errors?.[0]?.extensions?.['code']
    if (code === 'PERSISTED_QUERY_NOT_FOUND')
      return exchange({ ...operation, extensions }, { ...options, isQuery: false })
    if (code !== 'PERSISTED_QUERY_NOT_SUPPORTED') return answer
    mayRegister = false
    return exchange(operation, options)
  }
}

/** Of a proxy, or of a server that starts. */
export const notGraphQL = ({ status }: Response): string =>
  `The gateway did not answer with GraphQL (HTTP ${status}).`

async function readAnswer(response: Response): Promise<Answer> {
  const answer: unknown = await response.json().catch(() => null)
  if (typeof answer === 'object' && answer && ('data' in answer || 'errors' in answer))
    return answer as Answer
  throw Object.assign(new Error(notGraphQL(response)), { status: response.status })
}

/** Null where there is no cryptography, as in a page without TLS. */
function hashOf(text: string, hashes: Map<string, Promise<string>>): Promise<string> | null {
  if (!('crypto' in globalThis && 'subtle' in crypto)) return null
  const hash = hashes.get(text) ?? sha256(text)
  hashes.set(text, hash)
  return hash
}
