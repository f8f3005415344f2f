// Reads the header fields of a request from what Node has read of them, without making a web Headers.

import type { IncomingMessage } from 'node:http'
import type { FieldReader } from '../callers/caller.ts'

type Received = Pick<IncomingMessage, 'headers' | 'rawHeaders'>

/**
 * Node's own object silently drops a second Authorization or Host: this joins all values of a name, as in a web
 * Headers.
 */
export function readFields({ headers, rawHeaders }: Received): FieldReader {
  if (2 * Object.keys(headers).length !== rawHeaders.length) return joinFields(rawHeaders)
  const get = (name: string): string | null => {
    const value = headers[name]
    // Only `set-cookie` is a list, and no request needs it. The check also excludes names that every object inherits.
    return typeof value === 'string' ? value : null
  }
  return { get, has: (name) => get(name) !== null }
}

function joinFields(rawHeaders: readonly string[]): FieldReader {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return {
    get: (name) => fields.get(name) ?? null,
    has: (name) => fields.has(name),
  }
}
