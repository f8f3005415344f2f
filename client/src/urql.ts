// The exchanges of a urql client for the gateway.
import { makeOperation, mapExchange, stringifyDocument, subscriptionExchange } from '@urql/core'
import type { Exchange, Operation, OperationResult } from '@urql/core'
import { createDevice } from './device.ts'
import { keepKnown } from './keep-known.ts'
import { createOwnWrites } from './own-writes.ts'
import { createRepeats } from './repeats.ts'
import type { Repeats } from './repeats.ts'
import { createRetries } from './retries.ts'
import type { RetriesOptions } from './retries.ts'
import type { AnswerError } from './limited.ts'
import type { Connection } from './transport.ts'
import type { Streams, Watching } from './streams.ts'

/** What a whole client is made from. */
export interface UrqlOptions extends RetriesOptions, Omit<Connection, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
}

/** A query that the app shows. */
interface Shown {
  readonly repeats: Repeats
  data: unknown
  /** Called with the errors of the next answer. */
  done: (errors?: readonly AnswerError[]) => void
}

/**
 * Goes behind `cacheExchange` and before the exchanges that send. It sends a refused query again at its time and keeps the old
 * values until then. Reads after a write have new addresses, because the browser may have kept the answers from before.
 */
export const auroraExchange =
  (options: RetriesOptions = {}): Exchange =>
  (input) => {
    const device = options.device ?? createDevice()
    const retries = createRetries({ ...options, device })
    const writes = createOwnWrites(device)
    const shown = new Map<number, Shown>()
    const forget = (key: number): void => {
      shown.get(key)?.repeats.cancel()
      shown.delete(key)
    }

    function onOperation(operation: Operation): Operation {
      if (operation.kind === 'mutation') writes.note()
      const mark = operation.kind === 'query' ? writes.mark() : undefined
      return mark ? { ...operation, extensions: { ...operation.extensions, ...mark } } : operation
    }

    function onResult(result: OperationResult): OperationResult {
      const { operation, error } = result
      if (operation.kind === 'mutation') writes.note()
      // The gateway itself reads the missing fields of a live query again.
      if (operation.kind !== 'query' || result.hasNext) return result
      const { key } = operation
      const entry = shown.get(key) ?? { repeats: createRepeats(retries), data: undefined, done: () => {} }
      shown.set(key, entry)
      const errors = error?.graphQLErrors as readonly AnswerError[] | undefined
      entry.done(errors)
      const askAgain = (done: Shown['done']): void => {
        entry.done = done
        input.client.reexecuteOperation(
          makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }),
        )
      }
      if (error?.networkError && entry.repeats.takeFailure(askAgain)) return { ...result, data: entry.data }
      entry.repeats.take(errors, askAgain)
      const data: unknown = keepKnown(result.data as unknown, errors, entry.data)
      entry.data = data ?? entry.data
      return { ...result, data }
    }

    const io = mapExchange({ onOperation, onResult })(input)
    return (operations) => io(tapTeardowns(operations, forget))
  }

type Operations = Parameters<ReturnType<Exchange>>[0]

/** A teardown means that no part of the app shows the query any more. The maps of urql pass starts only, so this taps the source. */
const tapTeardowns =
  (operations: Operations, onTeardown: (key: number) => void): Operations =>
  (sink) =>
    operations((signal) => {
      // The signal of an end is a number, which has no members, and that of a start is of a function.
      const { 0: operation } = signal as { readonly 0?: Partial<Operation> }
      if (operation?.kind === 'teardown') onTeardown(operation.key as number)
      sink(signal)
    })

/** Subscriptions and live queries by Server-Sent Events. Goes before the exchanges that send. */
export const auroraStreamExchange = (streams: Streams, isLast?: Watching['isLast']): Exchange =>
  subscriptionExchange({
    isSubscriptionOperation: ({ kind, query }) =>
      kind === 'subscription' || (kind === 'query' && /@live\b/.test(stringifyDocument(query))),
    forwardSubscription: ({ query, variables, operationName }) => ({
      subscribe: (sink) => ({
        unsubscribe: streams.watch(
          { query, variables: variables as Record<string, unknown>, operationName },
          {
            // Otherwise urql passes the last answer once more.
            onAnswer: (answer, isOver) =>
              sink.next({ ...answer, hasNext: !isOver } as Parameters<typeof sink.next>[0]),
            onEnd: () => sink.complete(),
            isLast,
          },
        ),
      }),
    }),
  })
