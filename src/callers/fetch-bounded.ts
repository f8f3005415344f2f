// Fetches a small document from a trusted host, with a limit on the memory that it may take.
import { fetch } from 'undici'
import type { Dispatcher, RequestInit as UndiciRequest } from 'undici'

const MAX_BYTES = 256 * 1024

/** Rejects if the body is larger than a hundred keys need. Follows no redirect, as jose requires. */
export async function fetchBounded(
  url: string,
  options: RequestInit,
  dispatcher: Dispatcher,
): Promise<Response> {
  // The types of undici and of Node allow different bodies; this request has none.
  const response = await fetch(url, { ...(options as UndiciRequest), dispatcher })
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  const body = response.body as AsyncIterable<Uint8Array<ArrayBuffer>> | null
  for await (const part of body ?? []) {
    bytes += part.length
    if (bytes > MAX_BYTES) throw new Error('the document is too large')
    parts.push(part)
  }
  return new Response(new Blob(parts), { status: response.status })
}
