// The entity tag of an answer (RFC 9110, 8.8.3) in two parts: a hash of its data, and one of everything beside the data.
import { hash as hashOnce } from 'node:crypto'

/** 128 bits identify the data without doubt; 64 bits distinguish two answers with the same data. */
export const DATA_DIGITS = 32
const REST_DIGITS = 16

const hash = (text: string, digits: number): string => hashOnce('sha256', text, 'hex').slice(0, digits)

export const hashData = (dataText: string): string => hash(dataText, DATA_DIGITS)

/** The same data in another media type is another representation, of which a client may have no copy. */
export const hashForm = (dataHash: string, mediaType: string): string =>
  mediaType === 'application/json' ? dataHash : hash(`${mediaType} ${dataHash}`, DATA_DIGITS)

/** The part beside the data differs in every answer, and so does the tag: a strong tag identifies bytes. */
export const makeTag = (dataHash: string, rest: string): string => `"${dataHash}.${hash(rest, REST_DIGITS)}"`

/** Another encoding has other bytes, so it needs another tag. */
export const encodedTag = (tag: string, encoding: string): string => tag.replace(/"$/, `-${encoding}"`)

/**
 * A kept encoding with an appended end has other bytes than the same answer compressed as a whole, so it has another
 * tag.
 */
export const keptTag = (tag: string, encoding: string): string => encodedTag(tag, `${encoding}-kept`)

const TAG = /(?:W\/)?"([0-9a-f]{32})\.[0-9a-f]{16}(?:-(?:br|gzip)(?:-kept)?)?"/g

/**
 * Returns the tag in `If-None-Match` of an answer with the same data, as the client wrote it: the client's copy is
 * still valid, even if the two answers cost different calls. `*` is any representation that there is (RFC 9110,
 * 13.1.2). Null if there is none.
 */
export function findHeld(
  ifNoneMatch: string | null,
  { tag: whole, dataHash }: { readonly tag: string; readonly dataHash: string },
): string | null {
  if (ifNoneMatch === null) return null
  if (ifNoneMatch.trim() === '*') return whole
  for (const [tag, ofData] of ifNoneMatch.matchAll(TAG))
    if (ofData === dataHash) return tag.replace(/^W\//, '')
  return null
}
