// Streams as the clients read them themselves, without the kit: graphql-sse, urql's own events, Apollo Client's multipart.
import { ApolloLink } from '@apollo/client'
import { Client as UrqlClient, cacheExchange, fetchExchange } from '@urql/core'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-sse'
import type { Client, RequestParams } from 'graphql-sse'
import { EMPTY, repeat, retry, tap, throwError, timer } from 'rxjs'

export interface Connection {
  readonly url: string
  readonly headers: Record<string, string>
  readonly fetch?: typeof fetch
}

export const createStreamClient = ({ url, headers, fetch: send = fetch }: Connection): Client =>
  // `watch` connects again itself, as long as it takes.
  createClient({ url, headers, fetchFn: send, retryAttempts: 0 })

export interface Result {
  readonly data?: unknown
  readonly errors?: readonly unknown[] | undefined
}

/** Not at once: all clients of a gateway that ends would come to the next one together. */
const pauseMs = (): number => 1_000 + 4_000 * Math.random()

/** Errors of usual clients that have an answer have its status. */
interface Refused {
  readonly statusCode?: number
  readonly response?: { readonly status?: number }
}

/** Too slow, too early, too many: another time it may be answered. */
const PASSING: readonly number[] = [408, 425, 429]

/** Whether the question was answered and will not be otherwise. All other errors pass: no network, a gateway or proxy that starts. */
function isRefusal(error: unknown): boolean {
  const { statusCode, response } = error as Refused
  const status = statusCode ?? response?.status ?? 0
  return status >= 400 && status < 500 && !PASSING.includes(status)
}

/** Errors beside data are of some fields, and the gateway asks for them again. */
const isRefused = ({ data, errors = [] }: Result): boolean => errors.length > 0 && !data

export interface Watching {
  readonly onResult: (result: Result) => void
  /** Whether nothing more can come, as after the last state of a job. Left out, a stream goes on for ever. */
  readonly isLast?: (result: Result) => boolean
  readonly pause?: () => number
}

/** An end, and a connection that is cut, mean: connect again. The present state comes first, so nothing is missed. */
export function watch(client: Client, operation: RequestParams, watching: Watching): () => void {
  const { onResult, isLast = () => false, pause = pauseMs } = watching
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let dispose = (): void => {}
  const connectLater = (): void => {
    if (!isOver) timer = setTimeout(connect, pause())
  }
  const connect = (): void => {
    dispose = client.subscribe(operation, {
      next(result) {
        isOver = isRefused(result) || isLast(result)
        onResult(result)
      },
      error: (error) => (isRefusal(error) ? onResult({ errors: [error] }) : connectLater()),
      complete: connectLater,
    })
  }
  connect()
  return () => {
    isOver = true
    clearTimeout(timer)
    dispose()
  }
}

export const createUrqlStreamClient = ({ url, headers, ...others }: Connection): UrqlClient =>
  new UrqlClient({
    url,
    ...others,
    fetchOptions: { headers },
    preferGetMethod: false,
    fetchSubscriptions: true,
    exchanges: [cacheExchange, fetchExchange],
  })

/** An end, and a connection that is cut, mean: connect again. */
export function watchByUrql(
  client: UrqlClient,
  query: string,
  { onResult, isLast = () => false, pause = pauseMs }: Watching,
): () => void {
  let isOver = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let subscription: { unsubscribe(): void } | undefined
  const connect = (): void => {
    let isFirst = true
    subscription = client.subscription(query, {}).subscribe(({ data, error, hasNext }) => {
      const isCut = Boolean(error?.networkError) && !isRefusal(error)
      const result = { data, errors: error && (error.networkError ? [error] : error.graphQLErrors) }
      isOver = (!isCut && isRefused(result)) || isLast(result)
      // At the end of a stream urql gives its last result once more.
      if (!isCut && (hasNext || isFirst)) onResult(result)
      isFirst = false
      if (!hasNext && !isOver) timer = setTimeout(connect, pause())
    })
  }
  connect()
  return () => {
    isOver = true
    clearTimeout(timer)
    subscription?.unsubscribe()
  }
}

/** An end, and a connection that is cut, mean: connect again. Goes before HttpLink. */
export const createConnectAgainLink = (pause: () => number) =>
  new ApolloLink((operation, forward) => {
    if (operation.operationType !== OperationTypeNode.SUBSCRIPTION) return forward(operation)
    let isOver = false
    return forward(operation).pipe(
      tap((result) => void (isOver = isRefused(result))),
      retry({ delay: (error) => (isRefusal(error) ? throwError(() => error) : timer(pause())) }),
      repeat({ delay: () => (isOver ? EMPTY : timer(pause())) }),
    )
  })
