// The whole body of a request, bounded, before anybody behind the door hears of it.

import type { IncomingMessage } from 'node:http'
import { bodyTooLarge, encodedBody, type Refusal } from './refusal.ts'

export type ReadBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The client left, or was too slow and was closed: there is nobody to answer. */
  | { readonly kind: 'lost' }

/** A request has a body exactly if one of the two says so (RFC 9112, 6.3). */
export function hasBody(incoming: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': transfer } = incoming.headers
  return transfer !== undefined || Number(length ?? 0) > 0
}

/** `begin` is called when it is certain that the body is wanted, and before the first byte of it is read. */
export async function readBody(
  incoming: IncomingMessage,
  options: { readonly maxBytes: number; begin(): void },
): Promise<ReadBody> {
  const { maxBytes, begin } = options
  // Names of codings are case-insensitive (RFC 9110, 8.4.1).
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding !== 'identity') return refused(encodedBody)
  const declaredBytes = Number(incoming.headers['content-length'] ?? 0)
  if (declaredBytes > maxBytes) return refused(bodyTooLarge(maxBytes, declaredBytes))
  begin()
  return collect(incoming, maxBytes)
}

/** By hand, because iterating the request would destroy the connection on leaving, and with it the answer. */
function collect(incoming: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (result: ReadBody): void => {
      incoming.off('data', take).off('end', finish).off('close', lose)
      resolve(result)
    }
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes > maxBytes) return settle(refused(bodyTooLarge(maxBytes, bytes)))
      chunks.push(chunk)
    }
    const finish = (): void => settle({ kind: 'whole', bytes: new Uint8Array(Buffer.concat(chunks, bytes)) })
    const lose = (): void => settle({ kind: 'lost' })
    incoming.on('data', take).on('end', finish).on('close', lose)
    // What went wrong with the connection is no news: 'close' follows.
    incoming.on('error', () => {})
  })
}

function refused(refusal: Refusal): ReadBody {
  return { kind: 'refused', refusal }
}
