// Whether a module is the program that was started, or is imported by another one.
import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Node names a started file as it was asked for, and a module by its real path. */
export function isStarted(url: string, file = process.argv[1] ?? ''): boolean {
  return existsSync(file) && realpathSync(file) === realpathSync(fileURLToPath(url))
}
