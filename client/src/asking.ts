// Sends a query: passes on the partial answer at once, and the rest when its time has come, until the answer is whole.
import { callApp } from './call-app.ts'
import { createDevice } from './device.ts'
import type { Device } from './device.ts'
import { keepKnown } from './keep-known.ts'
import type { Limited } from './limited.ts'
import { createOwnWrites } from './own-writes.ts'
import { createRepeats } from './repeats.ts'
import type { AskAgain } from './repeats.ts'
import { createRetries } from './retries.ts'
import type { RetriesOptions } from './retries.ts'
import { createTransport, headersOf } from './transport.ts'
import type { Answer, Connection, Operation, SendOptions } from './transport.ts'

export interface Asked {
  /** Called with each answer. The last one is whole, unless several repeats brought nothing more. */
  readonly onAnswer: (answer: Answer, limited: Limited | null) => void
  readonly onError: (error: unknown) => void
  readonly onEnd?: () => void
}

export interface Asking {
  /** Returns a function that ends it. */
  query(operation: Operation, asked: Asked, options?: Pick<SendOptions, 'cache'>): () => void
  /** Sent once: a change is not repeated. */
  mutate(operation: Operation): Promise<Answer>
}

/** How many whole answers are kept to fill the gaps of later ones. Only answers with the same headers, so of the same user, are used. */
const MAX_KNOWN = 50

export function createAsking(connection: Connection, options: RetriesOptions = {}): Asking {
  const device: Device = options.device ?? createDevice()
  const retries = createRetries({ ...options, device })
  const writes = createOwnWrites(device)
  const send = createTransport(connection)
  const known = new Map<string, unknown>()
  const keep = (name: string, data: unknown): void => {
    known.delete(name)
    known.set(name, data)
    for (const oldest of known.keys()) if (known.size > MAX_KNOWN) known.delete(oldest)
  }
  return {
    query(operation, { onAnswer, onError, onEnd }, { cache } = {}) {
      const aborting = new AbortController()
      const { signal } = aborting
      const repeats = createRepeats(retries)
      const ask = async (
        done: (errors?: Answer['errors']) => void,
        mode: SendOptions['cache'],
      ): Promise<void> => {
        try {
          const headers = await headersOf(connection.headers)
          const mark = writes.mark()
          const marked = mark ? { ...operation, extensions: { ...operation.extensions, ...mark } } : operation
          const answer = await send(marked, { isQuery: true, signal, headers, cache: mode })
          done(answer.errors)
          if (signal.aborted) return
          const name = JSON.stringify([operation, headers])
          const data = keepKnown(answer.data, answer.errors, known.get(name))
          if (data) keep(name, data)
          const limited = repeats.take(answer.errors, askAgain)
          callApp(() => {
            onAnswer({ ...answer, data }, limited)
            if (!limited) onEnd?.()
          })
        } catch (error) {
          done()
          if (!signal.aborted && !repeats.takeFailure(askAgain)) onError(error)
        }
      }
      const askAgain: AskAgain = (done) => void ask(done, undefined)
      void ask(() => {}, cache)
      return () => {
        aborting.abort()
        repeats.cancel()
      }
    },
    async mutate(operation) {
      writes.note()
      return send(operation).finally(writes.note)
    },
  }
}
