// A browser's own EventSource, behind a proxy that adds what it cannot send: docs/streams.md.
interface Source {
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void
  close(): void
}

/** It connects again by itself after each end, until it is told that nothing more comes. */
export function readEventSource(source: Source, onResult: (result: unknown) => void): () => void {
  source.addEventListener('next', ({ data }) => onResult(JSON.parse(data)))
  return () => source.close()
}
