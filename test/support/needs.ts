// Programs that some tests need: the tests are skipped with one clear line where they are absent, and fail where CI=true.
import { accessSync, constants } from 'node:fs'

/** Path of the first that is installed; null: the tests that need it are skipped. */
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
