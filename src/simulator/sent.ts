// What came with a write: JSON, or a file with its name beside it.

import type { IncomingMessage } from 'node:http'
import type { SentFile } from './operation.ts'

export interface Sent {
  /** Undefined if nothing was sent. */
  readonly json: unknown
  readonly file: SentFile | undefined
}

/** Undefined if the body is not JSON, and no file either. */
export function readSent({ headers }: IncomingMessage, text: string): Sent | undefined {
  const disposition = headers['content-disposition']
  if (disposition !== undefined)
    return { json: undefined, file: { name: readName(disposition), bytes: Buffer.byteLength(text) } }
  if (text === '') return { json: undefined, file: undefined }
  try {
    return { json: JSON.parse(text) as unknown, file: undefined }
  } catch {
    return undefined
  }
}

/** RFC 6266, 4.3: `filename*`, which may have any letters, takes precedence over `filename`. */
function readName(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (extended) return decodeURIComponent(extended)
  return /filename="([^"]*)"/i.exec(disposition)?.[1] ?? ''
}
