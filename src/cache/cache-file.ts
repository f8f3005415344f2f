// Writes the cache to a file now and then and at the end, and reads it back when the next process starts.
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import * as z from 'zod'
import { momentOf } from '../clock.ts'
import type { Clock, Moment } from '../clock.ts'
import { faultName } from '../errors/fault-name.ts'
import { isReply } from '../rest/answer.ts'
import type { CacheFileFault, Emit } from '../telemetry/events.ts'
import type { FiledReplies, FiledReply } from './filed-replies.ts'
import type { LogPosition } from './log-position.ts'
import { restore, SAVED_REPLY_VERSION } from './saved-reply.ts'
import { aged, FORMAT, writeCacheFile } from './write-cache-file.ts'
import type { Writing } from './write-cache-file.ts'

export interface CacheFileOptions {
  readonly path: string
  /** Names the Aurora whose answers are stored: a file of another Aurora is not read. */
  readonly source: string
  readonly cache: FiledReplies
  /** A larger file is not read; as JSON, the answers take a third of the bytes that they take in the cache. */
  readonly maxBytes: number
  /** How far the log has been applied to the cache; not called before `load` has ended. */
  readonly position: () => LogPosition | null
  readonly clock: Clock
  readonly emit: Emit
}

export interface CacheFile {
  /**
   * Returns how far that log had been applied to the loaded answers; null if that is unknown. Never rejects: if the
   * file has any fault, the cache begins empty and one event reports why. A file that is not a cache file is never
   * overwritten.
   */
  load(): Promise<LogPosition | null>
  /** Writes the file a last time. Never rejects. */
  close(): Promise<void>
}

/** A crash loses the answers of this time at most. It is not shorter because each write keeps the disk busy. */
const WRITE_EVERY_MS = 5 * 60_000
/** The file has one line for this head, one for each answer, and one for a tail; without the tail the file was cut. */
const headSchema = z.object({
  format: z.literal(FORMAT),
  version: z.int(),
  source: z.string(),
  savedAtWallMs: z.int(),
  isLast: z.boolean(),
  position: z.object({ generation: z.string(), id: z.string() }).nullable().default(null),
})
const tailSchema = z.object({ count: z.int() })

/** Begins to write once `load` has ended. Ages are computed from the wall clock, and never make an answer younger. */
export function createCacheFile(options: CacheFileOptions): CacheFile {
  const { path, source, cache, maxBytes, position, clock, emit } = options
  let cancel = (): void => {}
  let writing = Promise.resolve()
  let written = ''
  let reported = 0
  let isClosed = false
  let isUsed = false

  async function writeNow(
    entries: readonly FiledReply[],
    head: Pick<Writing, 'isLast' | 'position'>,
  ): Promise<void> {
    try {
      const left = await writeCacheFile(path, entries, { ...head, source, now: momentOf(clock), maxBytes })
      written = fingerprint(entries)
      // Such an answer stays in the cache for hours, and each further write would report it again.
      if (left.answers > 0 && left.answers !== reported) emit('cacheFileIncomplete', left)
      reported = left.answers
    } catch (error) {
      emit('cacheFileNotWritten', { fault: faultName(error) })
    }
  }

  function schedule(): void {
    if (isClosed) return
    cancel = clock.after(WRITE_EVERY_MS, () => {
      const entries = cache.entries()
      if (fingerprint(entries) !== written)
        writing = writeNow(entries, { isLast: false, position: position() })
      void writing.then(schedule)
    })
  }

  return {
    async load() {
      const found = await read(path, { source, maxBytes, now: momentOf(clock) }).catch((error: unknown) =>
        error instanceof Unusable ? error.why : ('unreadable' as const),
      )
      if (typeof found === 'string') emit('cacheFileIgnored', { why: found })
      // The path is probably wrong, so the file is left as it is.
      if (found === 'not ours' || found === 'unreadable') return null
      const { entries, position: filed } = typeof found === 'string' ? NOTHING : found
      // In the order of their times, because the newest list must decide what is shown of an object.
      for (const entry of entries.toSorted(byAge)) cache.restore(entry)
      isUsed = true
      // Written again at once, because the file says that its process has ended, and this one has not.
      await writeNow(cache.entries(), { isLast: false, position: filed })
      schedule()
      return filed
    },
    async close() {
      isClosed = true
      cancel()
      await writing
      if (isUsed) await writeNow(cache.entries(), { isLast: true, position: position() })
    },
  }
}

interface Found {
  readonly entries: readonly FiledReply[]
  readonly position: LogPosition | null
}

const NOTHING: Found = { entries: [], position: null }

const byAge = (one: FiledReply, other: FiledReply): number =>
  one.reply.answeredAtMs - other.reply.answeredAtMs

/** Differs when an answer was added, removed or replaced. */
const fingerprint = (entries: readonly FiledReply[]): string =>
  `${entries.length} ${entries.reduce((newest, { reply }) => Math.max(newest, reply.answeredAtMs), -Infinity)}`

class Unusable extends Error {
  readonly why: CacheFileFault
  constructor(why: CacheFileFault) {
    super(why)
    this.why = why
  }
}

async function read(
  path: string,
  { source, maxBytes, now }: { source: string; maxBytes: number; now: Moment },
): Promise<Found> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (faultName(error) === 'ENOENT') return null
    throw error
  })
  if (!file) return NOTHING
  try {
    const { size } = await file.stat()
    if (size > 0 && !(await isOurs(file))) throw new Unusable('not ours')
    if (size > maxBytes) throw new Unusable('too large')
    const lines: string[] = []
    for await (const line of file.readLines()) lines.push(line)
    return readLines(lines, { source, now })
  } finally {
    await file.close()
  }
}

const BEGINNING = `{"format":"${FORMAT}"`

async function isOurs(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(BEGINNING.length), position: 0 })
  return buffer.subarray(0, bytesRead).toString('latin1') === BEGINNING
}

function readLines(
  [head, ...lines]: readonly string[],
  { source, now }: { source: string; now: Moment },
): Found {
  const { version, source: from, savedAtWallMs, isLast, position } = parsed(head, headSchema)
  if (version !== SAVED_REPLY_VERSION) throw new Unusable('other version')
  if (from !== source) throw new Unusable('other Aurora')
  if (parsed(lines.at(-1), tailSchema).count !== lines.length - 1) throw new Unusable('damaged')
  // A clock that was set back would make the answers younger, but they are at least as old as when they were written.
  const then = { ...now, wallMs: Math.max(now.wallMs, savedAtWallMs) }
  const entries = lines.slice(0, -1).flatMap((line) => {
    const saved = restore(parsed(line, z.unknown()), then)
    if (!saved || !isReply(saved.answer)) return []
    const entry = { call: saved.call, reply: saved.answer }
    // After a crash it is unknown what has changed since.
    return [isLast ? entry : aged(entry, now)]
  })
  return { entries, position }
}

function parsed<Value>(line: string | undefined, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(line ?? ''))
  } catch {
    throw new Unusable('damaged')
  }
}
