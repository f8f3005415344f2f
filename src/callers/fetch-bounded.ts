// Fetches a small document from a trusted host, with a limit on the memory that it may take, in the form that jose asks for.
import type { Dispatcher } from 'undici'
import { readAnswer } from '../network/one-request.ts'

const MAX_BYTES = 256 * 1024

/** Rejects if the body is larger than a hundred keys need. Follows no redirect, as jose requires. */
export async function fetchBounded(
  url: string,
  { headers, signal }: RequestInit,
  dispatcher: Dispatcher,
): Promise<Response> {
  const { status, bytes } = await readAnswer(
    {
      dispatcher,
      url: new URL(url),
      method: 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      signal: signal ?? NEVER,
    },
    MAX_BYTES,
  )
  return new Response(new Uint8Array(bytes), { status })
}

const NEVER = new AbortController().signal
