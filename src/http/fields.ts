// Reads the header fields of a request from Node's raw list, without making a web Headers of them.

import type { FieldReader } from '../callers/caller.ts'

/** Node's own object silently drops a second Authorization or Host; here they are joined, as in a web Headers. */
export function readFields(rawHeaders: readonly string[]): FieldReader {
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
