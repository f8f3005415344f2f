// Fetches a small document of somebody who is trusted, but not with our memory.
const MAX_BYTES = 256 * 1024

/** Rejects where the body is larger than a hundred keys. Takes no redirect, as jose asks. */
export async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options)
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > MAX_BYTES) throw new Error('the document is too large')
    parts.push(part)
  }
  return new Response(new Blob(parts), { status: response.status })
}
