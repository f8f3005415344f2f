// Standard output: one stream of lines, for the log and for what the program announces.
import { writeSync } from 'node:fs'
import type { Clock } from '../clock.ts'
import { createLogBuffer } from './log-buffer.ts'
import type { LogBuffer } from './log-buffer.ts'

export function openStdout(clock: Clock): LogBuffer {
  // Reading `process.stdout` makes Node open a pipe or a socket as one that does not block: a write into a full one
  // then fails at once. A file and a terminal stay as they are.
  process.stdout.on('error', () => {})
  const buffer = createLogBuffer({ clock, write: (bytes) => writeSync(1, bytes), pause })
  process.on('exit', buffer.end)
  return buffer
}

const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
