// The way of log lines to stdout: a bounded buffer, so that no request waits for the reader of the lines. The first
// line after a pause is written at once, and those of the next milliseconds together. Lines keep their order. If the
// reader takes nothing, lines wait up to a limit, and further ones are lost and counted.
import type { Clock } from '../clock.ts'

export interface LogBuffer {
  /** Takes whole lines. Never waits and never throws. `isOrdinary`: warnings and errors come first if little room is left. */
  write(lines: string, isOrdinary?: boolean): void
  /** `writeRest` is called when the process ends, before the last lines are written. */
  beforeEnd(writeRest: () => void): void
  /** To be called when the process ends: writes the rest, and waits half a second for a slow reader. */
  end(): void
  /** How many lines were lost. */
  lostLines(): number
}

export interface LogBufferOptions {
  readonly clock: Clock
  /** Returns how many bytes it has written. Throws as `fs.writeSync` does: EAGAIN means that the reader takes nothing now. */
  readonly write: (bytes: Uint8Array) => number
  /** Blocks the process for a while. */
  readonly pause: (ms: number) => void
}

/** The time whose lines a kill -9 may lose. */
const TOGETHER_MS = 10
/** The reader has just taken some, so it will soon take more. */
const GO_ON_MS = 1
/** Some 3,000 lines about requests. */
const MAX_CHARS = 1_000_000
/** A caller with many requests must not displace the warnings and errors of others. */
const MAX_ORDINARY_CHARS = 750_000
const MAX_PAUSES = 50
const PAUSE_MS = 10

const NEWLINE = 10

export function createLogBuffer({ clock, write: writeBytes, pause }: LogBufferOptions): LogBuffer {
  const waiting = createWaiting()
  const outlet = createOutlet(writeBytes)
  const rests: (() => void)[] = []
  let isScheduled = false
  let lost = 0
  let reported = 0

  function flush(): { readonly hasWritten: boolean } {
    let hasWritten = false
    try {
      while ((outlet.size() > 0 || refill(hasWritten)) && outlet.writeSome()) hasWritten = true
    } catch (error) {
      if (!isBusy(error)) lost += waiting.takeAll().length + outlet.drop()
    }
    return { hasWritten }
  }

  /** Whether there is something to write. */
  function refill(hasWritten: boolean): boolean {
    if (waiting.chars() === 0 && hasWritten && lost > reported) {
      waiting.add(reportOf(lost - reported, clock))
      reported = lost
    }
    if (waiting.chars() === 0) return false
    outlet.take(waiting.takeAll().join(''))
    return true
  }

  const isEmpty = (): boolean => waiting.chars() + outlet.size() === 0

  function flushAndWait(): void {
    const { hasWritten } = flush()
    isScheduled = true
    clock.after(hasWritten && !isEmpty() ? GO_ON_MS : TOGETHER_MS, () => {
      isScheduled = false
      if (!isEmpty()) flushAndWait()
    })
  }

  return {
    write(lines, isOrdinary = false) {
      const size = outlet.size() + waiting.chars() + lines.length
      if (size > (isOrdinary ? MAX_ORDINARY_CHARS : MAX_CHARS)) return void (lost += 1)
      waiting.add(lines)
      if (!isScheduled) flushAndWait()
    },
    beforeEnd: (writeRest) => void rests.push(writeRest),
    end() {
      for (const writeRest of rests) writeRest()
      flush()
      for (let pauses = 0; !isEmpty() && pauses < MAX_PAUSES; pauses += 1) {
        pause(PAUSE_MS)
        flush()
      }
    },
    lostLines: () => lost,
  }
}

const reportOf = (lines: number, clock: Clock): string =>
  `${JSON.stringify({
    level: 'warn',
    time: new Date(clock.wallMs()).toISOString(),
    lines,
    msg: 'lines of the log were lost: stdout took none',
  })}\n`

/** Lines that are not bytes yet. */
function createWaiting() {
  let waiting: string[] = []
  let chars = 0
  return {
    chars: (): number => chars,
    add(lines: string): void {
      waiting.push(lines)
      chars += lines.length
    },
    takeAll(): readonly string[] {
      const taken = waiting
      waiting = []
      chars = 0
      return taken
    },
  }
}

/** The next bytes. The reader takes all of them or some. */
function createOutlet(write: LogBufferOptions['write']) {
  let rest: Uint8Array = new Uint8Array()
  let lastByte = NEWLINE
  return {
    size: (): number => rest.length,
    take(lines: string): void {
      // The lost part may have begun in the middle of a line.
      rest = Buffer.from((lastByte === NEWLINE ? '' : '\n') + lines)
    },
    /** Returns whether the reader has taken some. */
    writeSome(): boolean {
      const written = write(rest)
      if (written === 0) return false
      lastByte = rest[written - 1] ?? NEWLINE
      rest = rest.subarray(written)
      return true
    },
    /** Returns how many lines are lost. */
    drop(): number {
      // A newline at its start ends a line that was cut before.
      const lines = rest.filter((byte, index) => byte === NEWLINE && index > 0).length
      rest = new Uint8Array()
      return lines
    },
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EBUSY')
