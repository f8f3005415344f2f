// Sends one operation over HTTP: a query as a GET with a short and stable address, everything else as a POST.
import type { AnswerError } from './limited.ts'
import { notGraphQL, parseAnswer } from './parse-answer.ts'
import { sha256 } from './sha256.ts'

export interface Operation {
  /** Empty where the document has an id. */
  readonly query?: string | undefined
  /** The id of a document of the manifest. */
  readonly documentId?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
  readonly extensions?: object | undefined
}

export interface Answer {
  readonly data?: object | null | undefined
  readonly errors?: readonly AnswerError[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** A function is called for each request, so it can return a token that was renewed since the last one. */
export type HeadersOf =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)

export interface Connection {
  readonly url: string
  readonly headers?: HeadersOf | undefined
  readonly fetch?: typeof fetch | undefined
}

export interface SendOptions {
  readonly isQuery?: boolean
  readonly cache?: 'no-cache' | 'reload' | 'no-store' | undefined
  readonly signal?: AbortSignal
  /** Replace those of the connection. */
  readonly headers?: Readonly<Record<string, string>>
}

export type Transport = (operation: Operation, options?: SendOptions) => Promise<Answer>

/** The longest address that usual proxies take. */
const MAX_ADDRESS = 4_000

export const headersOf = async (headers: HeadersOf = {}): Promise<Readonly<Record<string, string>>> =>
  typeof headers === 'function' ? headers() : headers

export function createTransport({ url, headers, fetch: send = fetch }: Connection): Transport {
  /** False where the gateway registers no documents. */
  let mayRegister = true

  const exchange = async (
    { documentId, query, ...others }: Operation,
    { isQuery, signal, cache, headers: own }: SendOptions,
  ): Promise<Answer> => {
    const members = { ...(documentId ? { documentId } : { query }), ...others }
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(members))
      if (value !== undefined) search.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    const address = `${url}?${search.toString()}`
    const accept = 'application/graphql-response+json, application/json'
    const given = { accept, 'graphql-require-preflight': 'true', ...(own ?? (await headersOf(headers))) }
    const isGet = isQuery && address.length <= MAX_ADDRESS
    const posted = {
      method: 'POST',
      headers: { ...given, 'content-type': 'application/json' },
      body: JSON.stringify(members),
    }
    const init = { signal, cache, ...(isGet ? { headers: given } : posted) }
    return readAnswer(await send(isGet ? address : url, init as RequestInit))
  }

  return async (operation, options = {}) => {
    const { query } = operation
    // Where there is no cryptography, as in a page without TLS, a document has no hash.
    const canHash = mayRegister && (globalThis.crypto as Crypto | undefined)?.subtle !== undefined
    if (!options.isQuery || !query || !canHash) return exchange(operation, options)
    const persistedQuery = { version: 1, sha256Hash: await sha256(query) }
    const extensions = { ...operation.extensions, persistedQuery }
    const answer = await exchange({ ...operation, query: undefined, extensions }, options)
    const code = answer.errors?.[0]?.extensions?.['code']
    if (code === 'PERSISTED_QUERY_NOT_FOUND')
      return exchange({ ...operation, extensions }, { ...options, isQuery: false })
    if (code !== 'PERSISTED_QUERY_NOT_SUPPORTED') return answer
    mayRegister = false
    return exchange(operation, options)
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const answer = parseAnswer(await response.text())
  if (answer) return answer
  throw Object.assign(new Error(notGraphQL(response)), { status: response.status })
}
