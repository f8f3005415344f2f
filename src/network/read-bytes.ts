// Limits and decompresses the bytes of a body: one that is too large, or in an unknown form, is refused.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

export class ReplyTooLargeError extends Error {
  override readonly name = 'ReplyTooLargeError'
}

export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError'
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Throws if the headers show that the body cannot be read, or has more than `maxBytes`. */
export function assertReadable(headers: AnswerHeaders, maxBytes: number): void {
  const encodings = headers['content-encoding']
  if (encodings !== undefined) assertKnown(String(encodings))
  const announced = Number(headers['content-length'] ?? 0)
  if (announced > maxBytes) throw new ReplyTooLargeError(`${announced} bytes announced`)
}

/**
 * Only gzip is offered in the request, so any other compression breaks the contract of HTTP. The other words change no
 * byte: some servers write the character set here, or that they did nothing.
 */
const READABLE: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'identity', 'none', 'utf-8', 'utf8', ''])

function assertKnown(encodings: string): void {
  const unknown = encodings.split(',').find((encoding) => !READABLE.has(encoding.trim().toLowerCase()))
  if (unknown !== undefined) throw new UnknownEncodingError(unknown.trim())
}

/** As many as curl removes. A server and two proxies make three. */
const MAX_LAYERS = 5

/**
 * The bytes decide, not the header: a proxy may compress what is compressed, or decompress and keep the header. JSON never
 * begins with the two bytes of gzip (RFC 1952).
 */
export const isCompressed = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * Rejects with ReplyTooLargeError as soon as the body is known to exceed `maxBytes` (a gzip bomb is small on the wire). Memory
 * stays below twice `maxBytes` plus one chunk.
 */
export async function decompress(bytes: Buffer, maxBytes: number, layers = MAX_LAYERS): Promise<Buffer> {
  if (!isCompressed(bytes)) return bytes
  if (layers === 0) throw new UnknownEncodingError('gzip too often')
  return decompress(await unpack(bytes, maxBytes), maxBytes, layers - 1)
}

async function unpack(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge ? new ReplyTooLargeError(`more than ${maxBytes} bytes`) : error
  }
}
