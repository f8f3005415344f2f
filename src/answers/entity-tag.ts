// Names an answer by its bytes (RFC 9110, 8.8.3), in two parts: its data, and what is told beside it.
import { createHash } from 'node:crypto'

/** 128 bits name the data beyond doubt; 64 tell two answers of the same data apart. */
const DATA_DIGITS = 32
const REST_DIGITS = 16

const hash = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits)

export const hashData = (dataText: string): string => hash(dataText, DATA_DIGITS)

/** What is told beside the data changes with every answer, and so does the tag: a strong one names bytes. */
export const makeTag = (dataHash: string, rest: string): string => `"${dataHash}.${hash(rest, REST_DIGITS)}"`

/** Another encoding is other bytes. */
export const encodedTag = (tag: string, encoding: string): string => tag.replace(/"$/, `-${encoding}"`)

const TAG = /(?:W\/)?"([0-9a-f]{32})\.[0-9a-f]{16}(?:-(?:br|gzip))?"/g

/**
 * The tag among those of `If-None-Match` that names an answer with the same data, as the client wrote it: what it holds
 * is still good, whatever the calls were that each has cost. Null where there is none.
 */
export function findSameData(ifNoneMatch: string | null, dataHash: string): string | null {
  for (const [tag, ofData] of (ifNoneMatch ?? '').matchAll(TAG))
    if (ofData === dataHash) return tag.replace(/^W\//, '')
  return null
}
