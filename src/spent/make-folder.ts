// Makes a folder and those above it, for this user alone.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

const MODE = 0o700

/**
 * `recursive` is not used: with it, Node up to 24 never ends if a folder above exists but cannot take folders, such as
 * /proc.
 */
export function makeFolder(path: string): void {
  try {
    make(path)
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error
    makeFolder(dirname(path))
    make(path)
  }
}

function make(path: string): void {
  try {
    mkdirSync(path, { mode: MODE })
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
