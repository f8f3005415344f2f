// The files of earlier processes and of processes beside this one: reads all, and removes those that no longer count.
import { accessSync, constants, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { readSpent } from './spent-lines.ts'
import type { SpentText } from './spent-lines.ts'

export interface LeftFile extends SpentText {
  /** Identifies the process that wrote it. */
  readonly process: string
}

const NAME = /^spent-([0-9a-f-]{36})\.log$/
const LEFT_OVER = /^spent-[0-9a-f-]{36}\.log\.tmp$/
/** A minute of ten thousand calls is a megabyte. */
const MAX_BYTES = 256 * 1024 * 1024

export const pathOf = (folder: string, process: string): string => join(folder, `spent-${process}.log`)

/**
 * Makes the folder if it is not there. Throws if no file could be kept in it. A file that no longer counts, by
 * `isOver`, is removed: if its process still runs, it notices this at its next call and writes the file again.
 */
export function readFolder(folder: string, isOver: (file: LeftFile) => boolean): readonly LeftFile[] {
  makeFolder(folder)
  accessSync(folder, constants.W_OK | constants.X_OK)
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (LEFT_OVER.test(name)) remove(path)
    const process = NAME.exec(name)?.[1]
    const left = process === undefined ? null : readFile(path)
    if (process === undefined || left === null) return []
    const file = { ...left, process }
    if (!isOver(file)) return [file]
    remove(path)
    return []
  })
}

/** Null if it cannot be read, or is another kind of file: it is then left alone. */
function readFile(path: string): SpentText | null {
  try {
    const { size } = lstatSync(path)
    // Only a file is read, because anything else could block the reading for ever.
    if (!lstatSync(path).isFile() || size > MAX_BYTES) return null
    return readSpent(readFileSync(path, 'latin1'))
  } catch {
    return null
  }
}

/** Another process that starts now may have removed it. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It stays, and is read again at the next start.
  }
}
