// Fetches a small document from a trusted host, with a limit on the memory that it may take.
const MAX_BYTES = 256 * 1024

/** Rejects if the body is larger than a hundred keys need. Follows no redirect, as jose requires. */
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
