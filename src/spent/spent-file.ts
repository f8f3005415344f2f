// The file of one process: a line is appended before each call is sent, and the file is written again when it has grown.
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

export interface SpentFile {
  /** Adds a line to the next `write`. */
  add(line: string): void
  /** The lines are in the file when it returns. Throws if they cannot be written. */
  write(): void
  close(): void
}

interface SpentFileOptions {
  readonly path: string
  /** Returns the shortest text with the same meaning as all lines so far. */
  readonly whole: () => string
}

/** About 500 calls. */
const LEAST_GROWN_BYTES = 64 * 1024
/** Only this user may read which keys are used, and how often. */
const FILE_MODE = 0o600

/** Makes the file at the first `write`. The written lines survive a crash of this process, but not of the machine. */
export function createSpentFile({ path, whole }: SpentFileOptions): SpentFile {
  let file: number | null = null
  let added = ''
  let bytes = 0
  let writeAnewAtBytes = 0

  function writeAnew(): void {
    const text = whole()
    makeFolder(dirname(path))
    const temporary = `${path}.tmp`
    rmSync(temporary, { force: true })
    // Fails if another process has made a file of this name meanwhile.
    const next = openSync(temporary, 'ax', FILE_MODE)
    try {
      writeWhole(next, text)
      renameSync(temporary, path)
    } catch (error) {
      closeSync(next)
      throw error
    }
    close()
    file = next
    bytes = text.length
    writeAnewAtBytes = Math.max(LEAST_GROWN_BYTES, 2 * bytes)
  }

  function close(): void {
    if (file !== null) closeSync(file)
    file = null
  }

  return {
    add: (line) => void (added += line),
    write() {
      const text = added
      added = ''
      try {
        if (file === null || bytes + text.length > writeAnewAtBytes) return writeAnew()
        writeWhole(file, text)
        bytes += text.length
        // The file was removed.
        if (fstatSync(file).nlink === 0) writeAnew()
      } catch (error) {
        // The file lacks some lines, or has a part of one, so the next write makes it again.
        close()
        throw error
      }
    },
    close,
  }
}

/** Each character is one byte. */
function writeWhole(file: number, text: string): void {
  if (writeSync(file, text, null, 'latin1') === text.length) return
  throw Object.assign(new Error('the disk took a part only'), { code: 'ENOSPC' })
}
