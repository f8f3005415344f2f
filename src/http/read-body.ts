// Reads the whole body of a request, up to a limit, before the next room gets the request.

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Soon } from '../turns/at-once.ts'
import { findExcess } from '../exchange/json-excess.ts'
import { mediaTypeOf } from './media-types.ts'
import type { Refusal } from './refusal.ts'
import { bodyTooLarge, bodyTooWide, WRONG_FORM } from './wrong-form.ts'

export type ReadBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The client left, or was too slow and its connection was closed: no answer can be sent. */
  | { readonly kind: 'lost' }

/** A request has a body exactly if one of these two headers announces it (RFC 9112, 6.3). */
export function hasBody(incoming: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': transfer } = incoming.headers
  return transfer !== undefined || Number(length ?? 0) > 0
}

/** Whether some of the body has not come yet. */
export const isBodyUnread = (incoming: IncomingMessage): boolean => hasBody(incoming) && !incoming.complete

export interface ReadBodyOptions {
  readonly maxBytes: number
  begin(): void
  /** Called with the bytes that have come so far; returns the refusal if there is no room for them. */
  grow(bytes: number): Refusal | null
}

/** Calls `begin` when the body is accepted, before its first byte is read. */
export function readBody(incoming: IncomingMessage, options: ReadBodyOptions): Soon<ReadBody> {
  const { maxBytes, begin } = options
  // Names of codings are case-insensitive (RFC 9110, 8.4.1).
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding !== 'identity') return refused(WRONG_FORM.encodedBody)
  const declaredBytes = Number(incoming.headers['content-length'] ?? 0)
  if (declaredBytes > maxBytes) return refused(bodyTooLarge(maxBytes, declaredBytes))
  begin()
  return hasBody(incoming) ? collect(incoming, options) : NO_BODY
}

/**
 * Returns the body if all of it is there and it is short; else null, and nothing of it is read. A short body usually
 * comes with its head, so no event has to be awaited.
 */
export function takeBody(incoming: IncomingMessage, maxBytes: number): ReadBody | null {
  const { headers, readableLength } = incoming
  const isPlain = headers['content-encoding'] === undefined && headers.expect === undefined
  if (!incoming.complete || incoming.destroyed || !isPlain || readableLength > maxBytes) return null
  if (readableLength === 0) return NO_BODY
  return toWhole(incoming, incoming.read() as Buffer)
}

const NO_BYTES = new Uint8Array(0)

const NO_BODY: ReadBody = { kind: 'whole', bytes: NO_BYTES }

/**
 * Throws away text that is not UTF-8: a lenient decoder would put a replacement character into the data of a mutation.
 * Files may have any bytes.
 */
function toWhole({ headers }: IncomingMessage, bytes: Uint8Array): ReadBody {
  // The parts of a form are checked when they are read.
  if (mediaTypeOf(headers['content-type'] ?? '') === 'multipart/form-data') return { kind: 'whole', bytes }
  const excess = findExcess(bytes)
  if (excess !== null) return refused(excess === 'unclosed' ? WRONG_FORM.bodyUnclosed : bodyTooWide(excess))
  return isUtf8(bytes) ? { kind: 'whole', bytes } : refused(WRONG_FORM.bodyNotUtf8)
}

/** Only files are larger, and few of them come at once: such a body gets room for all of it, so that it is not copied again. */
const LARGE_BYTES = 1024 * 1024

/** Listens for events: an early end of `for await` would destroy the connection, and the answer with it. */
function collect(
  incoming: IncomingMessage,
  { maxBytes, grow }: Pick<ReadBodyOptions, 'maxBytes' | 'grow'>,
): Promise<ReadBody> {
  // A destroyed request emits no further event.
  if (incoming.destroyed) return Promise.resolve({ kind: 'lost' })
  return new Promise((resolve) => {
    // One growing block: a body may come in parts of one byte, and an object for each would take a hundred times its bytes.
    let block: Uint8Array = new Uint8Array(0)
    let bytes = 0
    const expected = Number(incoming.headers['content-length'] ?? maxBytes)
    const settle = (result: ReadBody): void => {
      incoming.off('data', take).off('end', finish).off('close', lose)
      resolve(result)
    }
    const take = (chunk: Buffer): void => {
      const end = bytes + chunk.length
      if (end > maxBytes) return settle(refused(bodyTooLarge(maxBytes, end)))
      const refusal = grow(end)
      if (refusal) return settle(refused(refusal))
      // A usual body comes in one chunk: nothing is copied then.
      if (bytes === 0) block = chunk
      else if (end > block.length) {
        const wanted = Math.max(end, 2 * block.length)
        const larger = new Uint8Array(wanted < LARGE_BYTES ? Math.min(wanted, expected) : expected)
        larger.set(block.subarray(0, bytes))
        block = larger
      }
      if (block !== chunk) block.set(chunk, bytes)
      bytes = end
    }
    const finish = (): void =>
      settle(toWhole(incoming, bytes === block.length ? block : block.slice(0, bytes)))
    const lose = (): void => settle({ kind: 'lost' })
    incoming.on('data', take).on('end', finish).on('close', lose)
    // No action is needed here, because 'close' follows.
    incoming.on('error', () => {})
  })
}

function refused(refusal: Refusal): ReadBody {
  return { kind: 'refused', refusal }
}
