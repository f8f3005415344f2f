import { fetchEventSource } from '@microsoft/fetch-event-source'

export interface FetchEventSourceOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** `query` and `variables`. */
  readonly request: object
  onResult(result: unknown): void
  readonly pauseMs?: number
}

/** What a repeat would not mend. */
class Refused extends Error {}

/**
 * Connects again after each end but that of the operation and a refusal. `pauseMs`, left out: as long as the gateway names, else a
 * second. Returns the function that ends it.
 */
export function watchByFetchEventSource(options: FetchEventSourceOptions): () => void {
  const { url, headers, request, onResult, pauseMs } = options
  const leaving = new AbortController()
  let isOver = false
  const watching = fetchEventSource(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
    signal: leaving.signal,
    async onopen(response) {
      const type = response.headers.get('content-type') ?? ''
      if (type.startsWith('text/event-stream')) return
      const { status } = response
      const isRefused = status < 500 && status !== 429
      if (type.includes('json')) onResult(await response.json())
      // A proxy before the gateway may answer with a page of its own.
      else if (isRefused)
        onResult({ errors: [{ message: `no stream, but ${type || 'no content'} (${status})` }] })
      throw isRefused ? new Refused() : new Error(`no stream: ${status}`)
    },
    onmessage({ event, data, id }) {
      if (event === 'next') onResult(JSON.parse(data))
      // Each stream ends so; an id is there where a repeat would bring nothing more.
      if (event === 'complete') isOver = id !== ''
    },
    onclose() {
      // Thrown here, an error makes it connect again; without one, it takes each end as the last.
      if (!isOver) throw new Error('the stream has ended, and the operation has not')
    },
    onerror(error) {
      if (error instanceof Refused) throw error
      return pauseMs
    },
  })
  watching.catch(() => {})
  return () => leaving.abort()
}
