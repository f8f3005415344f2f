// The values of the last bodies, by their calls: a body that comes again, byte for byte, is not read again.
import { isRead } from '../aurora/endpoint.ts'
import type { Call } from './call.ts'
import type { Exchange } from '../network/exchange.ts'
import type { ReadValue } from './read-body.ts'

/** The parts of an answer that decide its value, beside the call. */
export interface Body {
  readonly status: number
  readonly headers: Exchange['headers']
  /** The bytes after decompression. */
  readonly bytes: Buffer
}

export interface KnownBodies {
  /**
   * The value of the last body of this call if this one has the same bytes; else null. A list is a new array of the
   * same objects, because an array stands for one reading of its page.
   */
  find(call: Call, body: Body): ReadValue | null
  keep(call: Call, body: Body, read: ReadValue): void
}

/** Parsed values take about three times the bytes of their JSON. */
const PARSED_BYTES = 3
/** The memory of an entry beside its key and its texts. */
const ENTRY_BYTES = 400

interface Known {
  readonly status: number
  /** It contains the character set. */
  readonly type: string
  readonly bytes: Buffer
  readonly read: ReadValue
}

/**
 * Keys begin with the scope, so nothing is found with another credential. At least the last bodies that have half of
 * `maxBytes` together are kept, and all together have no more than `maxBytes`.
 */
export function createKnownBodies(maxBytes: number): KnownBodies {
  const halfBytes = maxBytes / 2
  /**
   * When the newer half is full, it becomes the older one. An entry that is found in the older half moves to the newer
   * one.
   */
  let newer = new Map<string, Known>()
  let older = new Map<string, Known>()
  let newerBytes = 0

  function put(key: string, known: Known): void {
    const bytes = sizeOf(key, known)
    if (bytes > halfBytes) return
    if (newerBytes + bytes > halfBytes) {
      older = newer
      newer = new Map()
      newerBytes = 0
    }
    const before = newer.get(key)
    newerBytes += bytes - (before ? sizeOf(key, before) : 0)
    newer.set(key, known)
  }

  return {
    find({ key }, body) {
      const known = newer.get(key)
      if (known) return isSame(known, body) ? again(known.read) : null
      const old = older.get(key)
      if (!old || !isSame(old, body)) return null
      put(key, old)
      return again(old.read)
    },
    keep({ key, endpoint }, { status, headers, bytes }, read) {
      // No write may be answered from this memory. Reading an empty body takes no time.
      if (!isRead(endpoint) || bytes.length === 0) return
      put(key, { status, type: typeOf(headers), bytes: alone(bytes), read })
    },
  }
}

const sizeOf = (key: string, { bytes }: Known): number =>
  ENTRY_BYTES + key.length + bytes.buffer.byteLength + bytes.length * PARSED_BYTES

const typeOf = (headers: Body['headers']): string => String(headers['content-type'] ?? '')

const isSame = ({ status, type, bytes }: Known, body: Body): boolean =>
  status === body.status && bytes.equals(body.bytes) && type === typeOf(body.headers)

/** The head of an answer, which comes in the same memory as its body. */
const HEAD_BYTES = 1024

/** Copies the bytes: decompressed ones are a part of a larger memory. */
function alone(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= bytes.length + HEAD_BYTES) return bytes
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

const again = ({ value, unreadable, follows = null, total = null }: ReadValue): ReadValue =>
  isList(value) ? { value: [...value], unreadable, follows, total } : { value, unreadable }

const isList = (value: ReadValue['value']): value is Extract<ReadValue['value'], readonly unknown[]> =>
  Array.isArray(value)
