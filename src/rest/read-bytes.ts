// Reads a body as bytes, decompressed, up to a bound: nothing beyond the bound is received.
import { pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'

export class ReplyTooLargeError extends Error {
  override readonly name = 'ReplyTooLargeError'
}

export class UnknownEncodingError extends Error {
  override readonly name = 'UnknownEncodingError'
}

/**
 * Rejects with ReplyTooLargeError as soon as the body is known to exceed `maxBytes`, counted after decompression
 * (a gzip bomb is small on the wire), and then closes the connection. Memory stays below `maxBytes` plus one chunk.
 */
export async function readBytes(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const { body, headers } = response
  try {
    const encoding = headers['content-encoding']?.toString().trim().toLowerCase() ?? 'identity'
    const announced = Number(headers['content-length'] ?? 0)
    if (announced > maxBytes) throw new ReplyTooLargeError(`${announced} bytes announced`)
    return await collect(decode(body, encoding), maxBytes)
  } finally {
    // After a whole body this does nothing; after a refused one it frees socket and buffers.
    body.on('error', () => {}).destroy()
  }
}

function decode(body: Readable, encoding: string): Readable {
  if (encoding === 'identity') return body
  // Only gzip is offered in the request, so anything else breaks the contract of HTTP.
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new UnknownEncodingError(encoding)
  // An error of either stream ends the other, and the loop below throws it.
  return pipeline(body, createGunzip(), () => {})
}

async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new ReplyTooLargeError(`more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
