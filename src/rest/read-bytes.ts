// Reads a body as bytes, decompressed, up to a bound: nothing beyond the bound is received.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'

export class ReplyTooLargeError extends Error {
  override readonly name = 'ReplyTooLargeError'
}

export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError'
}

/**
 * Rejects with ReplyTooLargeError as soon as the body is known to exceed `maxBytes`, before or after decompression (a gzip
 * bomb is small on the wire), and then closes the connection. Memory stays below twice `maxBytes` plus one chunk.
 */
export async function readBytes(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const { body, headers } = response
  try {
    assertReadable(String(headers['content-encoding'] ?? ''))
    const announced = Number(headers['content-length'] ?? 0)
    if (announced > maxBytes) throw new ReplyTooLargeError(`${announced} bytes announced`)
    return await decompress(await collect(body, maxBytes), maxBytes)
  } finally {
    // After a whole body this does nothing; after a refused one it frees socket and buffers.
    body.on('error', () => {}).destroy()
  }
}

/**
 * Only gzip is offered in the request, so any other compression breaks the contract of HTTP. The other words change no
 * byte: some servers write the character set here, or that they did nothing.
 */
const READABLE: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'identity', 'none', 'utf-8', 'utf8', ''])

function assertReadable(encodings: string): void {
  const unknown = encodings.split(',').find((encoding) => !READABLE.has(encoding.trim().toLowerCase()))
  if (unknown !== undefined) throw new UnknownEncodingError(unknown.trim())
}

async function collect(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > maxBytes) throw new ReplyTooLargeError(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** As many as curl undoes. A server and two proxies make three. */
const MAX_LAYERS = 5

/**
 * The bytes decide, not the header: a proxy may compress what is compressed, or decompress and keep the header. JSON never
 * begins with the two bytes of gzip (RFC 1952).
 */
async function decompress(bytes: Buffer, maxBytes: number, layers = MAX_LAYERS): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
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
