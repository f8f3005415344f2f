// Writes what this process spends. A file that cannot be written stops no call, but one event reports that nothing is kept.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { faultName } from '../errors/fault-name.ts'
import type { Emit } from '../telemetry/events.ts'
import type { HeldTimes } from './left-of.ts'
import { createSpentFile } from './spent-file.ts'
import { pathOf } from './spent-folder.ts'
import { createJournal } from './spent-journal.ts'
import { headLine, toLine } from './spent-lines.ts'
import type { SpentEvent } from './spent-lines.ts'

export interface Writer {
  note(quota: string, event: SpentEvent): void
  /** The noted lines are in the file when it returns, unless it cannot be written. */
  write(): void
  /**
   * Writes once for all lines of this turn of the event loop. Resolves when they are in the file, unless it cannot be
   * written.
   */
  writeWithTurn(): Promise<void>
  /** Writes with the next `write`, or after a moment. */
  writeSoon(): void
  close(): void
}

interface WriterOptions extends HeldTimes {
  readonly folder: string
  readonly clock: Clock
  readonly emit: Emit
}

/** If the process is killed before, these slots count as if their calls were under way, which frees none too early. */
const SOON_MS = 200

export function createWriter(options: WriterOptions): Writer {
  const { folder, bootClock, clock, emit } = options
  const journal = createJournal(options)
  const file = createSpentFile({
    path: pathOf(folder, randomUUID()),
    whole: () => headLine(bootClock.bootId) + journal.text(),
  })
  let noted = ''
  let cancelTimer: (() => void) | null = null
  let isFailing = false
  let turn: Promise<void> | null = null

  function write(): void {
    cancelTimer?.()
    cancelTimer = null
    if (noted === '') return
    const lines = noted
    noted = ''
    journal.add(lines)
    file.add(lines)
    try {
      file.write()
      isFailing = false
    } catch (error) {
      if (!isFailing) emit('spentNotKept', { fault: faultName(error) })
      isFailing = true
    }
  }

  return {
    note(quota, event) {
      journal.note(quota, event)
      noted += toLine(quota, event)
    },
    write,
    writeWithTurn: () =>
      (turn ??= new Promise((resolve) =>
        // After all replies of this turn, because together they lead to the calls of the next level.
        setImmediate(() => {
          turn = null
          write()
          resolve()
        }),
      )),
    writeSoon: () => void (cancelTimer ??= clock.after(SOON_MS, write)),
    close() {
      write()
      file.close()
    },
  }
}
