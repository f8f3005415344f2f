// Programs that some tests need: skipped with one clear line where they are absent, a failure where CI=true.
import { accessSync, constants } from 'node:fs'

/** Path of the first of these that is installed; null where the tests that need it are to be skipped. */
export function findProgram(name: string, paths: readonly string[]): string | null {
  const found = paths.find(isExecutable)
  if (found !== undefined) return found
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed, and CI runs every test`)
  console.warn(`skipped: ${name} is not installed`)
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
