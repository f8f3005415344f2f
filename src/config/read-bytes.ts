// Reads a small file that a setting names.
import { readFileSync } from 'node:fs'

/** Hundreds of tenants need a tenth of this. */
const MAX_BYTES = 1024 * 1024

/** Null for a file that cannot be read, or that is larger than a megabyte. */
export function readBytes(path: string): Buffer | null {
  try {
    const bytes = readFileSync(path)
    return bytes.length > MAX_BYTES ? null : bytes
  } catch {
    return null
  }
}
