// Reads a small file that a setting names.
import { readFileSync } from 'node:fs'

/** Hundreds of tenants need a tenth of this. */
const MAX_BYTES = 1024 * 1024

/** `problem` is the rest of a sentence that begins with the name of the setting. */
export type ReadBytes =
  { readonly bytes: Buffer; readonly problem: null } | { readonly bytes: null; readonly problem: string }

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'names a file that does not exist',
  EACCES: 'names a file that the user of this process may not read',
  EISDIR: 'names a folder, not a file',
}

export function readBytes(path: string): ReadBytes {
  try {
    const bytes = readFileSync(path)
    if (bytes.length <= MAX_BYTES) return { bytes, problem: null }
    return { bytes: null, problem: 'names a file of more than a megabyte' }
  } catch (error) {
    const { code = 'of an unknown kind' } = error as NodeJS.ErrnoException
    return { bytes: null, problem: PROBLEMS[code] ?? `names a file that cannot be read (${code})` }
  }
}

/** `text` is empty if there is none; `problem` then has the reason, as that of `readBytes`. */
export function readSecret(path: string): { readonly text: string; readonly problem: string } {
  const { bytes, problem } = readBytes(path)
  return { text: bytes?.toString('utf8').trim() ?? '', problem: problem ?? 'names a file that is empty' }
}
