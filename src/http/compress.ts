// Compresses answers for clients that accept it (RFC 9110, 12.5.3): brotli, else gzip, else not at all.

import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { encodedTag } from '../answers/entity-tag.ts'
import type { PlainAnswer } from '../exchange/plain-exchange.ts'

export type Compress = (response: Response, encoding: Encoding | null) => Promise<Response>

/** A smaller answer fits into one packet without compression. */
export const MIN_BYTES = 1024
/** Quality 4 of 11 saves three quarters of what 11 saves, in a hundredth of the time. */
export const BROTLI_QUALITY = 4

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

const ENCODERS = {
  br: (bytes: Uint8Array) =>
    toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes: Uint8Array) => toGzip(bytes),
} as const
export type Encoding = keyof typeof ENCODERS

const COMPRESSIBLE = /^(application\/(graphql-response\+)?json|text\/html)\b/i

export const compress: Compress = async (response, encoding) => {
  const { headers, status, body } = response
  // A 304 carries the header that the whole answer would have (RFC 9110, 15.4.5).
  if (status === 304) headers.append('vary', 'Accept-Encoding')
  if (!body || headers.has('content-encoding') || !COMPRESSIBLE.test(headers.get('content-type') ?? ''))
    return response
  headers.append('vary', 'Accept-Encoding')
  if (encoding === null) return response
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length < MIN_BYTES) return new Response(bytes, { status, headers })
  const tag = headers.get('etag')
  const encoded = await ENCODERS[encoding](bytes)
  headers.set('content-encoding', encoding)
  headers.set('content-length', String(encoded.length))
  if (tag !== null) headers.set('etag', encodedTag(tag, encoding))
  return new Response(new Uint8Array(encoded), { status, headers })
}

/** The same for a plain answer, which is always JSON. */
export function compressPlain(
  answered: PlainAnswer,
  encoding: Encoding | null,
): PlainAnswer | Promise<PlainAnswer> {
  const { headers, body } = answered
  headers.append('vary', 'Accept-Encoding')
  const [bytes] = body
  return encoding === null || bytes.length < MIN_BYTES ? answered : encodePlain(answered, encoding)
}

async function encodePlain({ headers, ...answered }: PlainAnswer, encoding: Encoding): Promise<PlainAnswer> {
  const encoded = await ENCODERS[encoding](answered.body[0])
  headers.set('content-encoding', encoding)
  headers.set('content-length', String(encoded.length))
  const tag = headers.get('etag')
  if (tag !== null) headers.set('etag', encodedTag(tag, encoding))
  return { headers, ...answered, body: [encoded] }
}

/** The accepted encoding with the higher weight; brotli if they are equal, since it saves a fifth more. */
export function chooseEncoding(acceptEncoding: string | null): Encoding | null {
  const weights = new Map(
    (acceptEncoding ?? '').split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
      const weight = parameters.find((text) => text.startsWith('q='))?.slice(2)
      return [name, weight === undefined ? 1 : Number.parseFloat(weight)] as const
    }),
  )
  const weightOf = (name: string): number => Math.max(0, weights.get(name) ?? weights.get('*') ?? 0)
  const best = (['br', 'gzip'] as const).reduce((one, other) =>
    weightOf(other) > weightOf(one) ? other : one,
  )
  // A client that prefers no encoding gives `identity` a higher weight.
  const isWanted = weightOf(best) > 0 && weightOf(best) >= (weights.get('identity') ?? 0)
  return isWanted ? best : null
}
