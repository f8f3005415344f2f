// Sends what a person runs, and passes each answer on to the pane of costs.
import type { GraphiQL } from 'graphiql'
import type { ComponentProps } from 'react'
import { NetworkError, createClient } from 'graphql-sse'
import type { ExecutionResult } from 'graphql'
import type { Answers } from './answers.ts'
import { isStreamed } from './is-streamed.ts'

export interface FetcherOptions {
  readonly url: string
  readonly answers: Answers
}

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher']
type Params = Parameters<Fetcher>[0]
type Headers = Readonly<Record<string, string>>

export function createFetcher({ url, answers }: FetcherOptions): Fetcher {
  return (params, { headers = {}, documentAST } = {}) =>
    documentAST && isStreamed(documentAST, params.operationName ?? null)
      ? openStream({ url, answers }, params, headers)
      : fetchOnce({ url, answers }, params, headers)
}

/** GraphiQL gives its own request for the schema this name. */
const INTROSPECTION = 'IntrospectionQuery'

async function fetchOnce(
  { url, answers }: FetcherOptions,
  params: Params,
  headers: Headers,
): Promise<ExecutionResult> {
  const isOwn = params.operationName === INTROSPECTION
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...headers,
    },
    // The report of what is stale costs no call.
    body: JSON.stringify({ ...params, ...(!isOwn && { extensions: { freshness: true } }) }),
  })
  answers.noteHead(response, isOwn)
  const result = await readResult(response)
  if (!isOwn) answers.note(result, params.operationName ?? null)
  return result
}

async function readResult(response: Response): Promise<ExecutionResult> {
  const text = await response.text()
  try {
    return JSON.parse(text) as ExecutionResult
  } catch (cause) {
    throw new Error(`HTTP ${response.status}, and no JSON: ${text.slice(0, 500)}`, { cause })
  }
}

/** By POST, because a GET would need a header that the user would have to type. A stream that ends is not opened again. */
function openStream({ url, answers }: FetcherOptions, params: Params, headers: Headers): ReturnType<Fetcher> {
  const client = createClient({ url, headers: { ...headers }, retryAttempts: 0 })
  const stream = {
    subscribe({ next, error, complete }: Sink) {
      const show = (result: ExecutionResult): void => {
        answers.note(result, params.operationName ?? null)
        next(result)
      }
      const unsubscribe = client.subscribe<ExecutionResult['data']>(
        {
          query: params.query,
          variables: params.variables as Record<string, unknown>,
          ...(params.operationName && { operationName: params.operationName }),
        },
        {
          next: (result) => show(result as ExecutionResult),
          complete,
          error(fault) {
            const response: unknown = fault instanceof NetworkError ? fault.response : null
            if (!(response instanceof Response)) return error(fault)
            answers.noteHead(response)
            readResult(response).then((result) => {
              show(result)
              complete()
            }, error)
          },
        },
      )
      return { unsubscribe }
    },
  }
  // The type of an observable has functions in the place of a sink, too; GraphiQL passes a sink.
  return stream as ReturnType<Fetcher>
}

interface Sink {
  next(result: ExecutionResult): void
  error(fault: unknown): void
  complete(): void
}
