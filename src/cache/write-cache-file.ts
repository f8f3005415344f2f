// Writes cached answers to a file, each as one line: a head, the answers, and a tail that shows that the file is whole.
import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Moment } from '../clock.ts'
import { faultName } from '../errors/fault-name.ts'
import type { UpstreamEvents } from '../telemetry/events.ts'
import type { FiledReply } from './filed-replies.ts'
import type { LogPosition } from './log-position.ts'
import { decideLifetime } from './decide-lifetime.ts'
import { save, SAVED_REPLY_VERSION } from './saved-reply.ts'

export interface Writing {
  readonly source: string
  /** Whether the process ends after it. */
  readonly isLast: boolean
  readonly position: LogPosition | null
  readonly now: Moment
  /** A larger file would not be read. */
  readonly maxBytes: number
}

/** The answers that are not in the file. */
export type LeftOut = UpstreamEvents['cacheFileIncomplete']

export const FORMAT = 'aurora-graphql-gateway cache'

/** Links and jobs live for minutes, so they are old when the next process starts; and links open without a credential. */
const MIN_KEPT_MS = 60 * 60_000
/** The text is written in parts of this size, so that other requests are served in between. */
const CHUNK_CHARS = 256 * 1024
/** More than the tail takes. */
const TAIL_BYTES = 100

/** Written beside the old file and then renamed, so that a whole file exists at every moment. Only its owner may read it. */
export async function writeCacheFile(
  path: string,
  entries: readonly FiledReply[],
  writing: Writing,
): Promise<LeftOut> {
  const draft = `${path}.tmp`
  // Created new, because an existing file may belong to another user, or may be a link to another place.
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  const left = { answers: 0, fault: '' }
  try {
    await writeLines(
      file,
      linesOf(entries, writing, (fault) => {
        left.answers += 1
        left.fault = fault
      }),
    )
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  return left
}

/** An answer that cannot be written is left out, so that the others are not lost. */
function* linesOf(
  entries: readonly FiledReply[],
  { source, isLast, position, now, maxBytes }: Writing,
  onLeftOut: (fault: string) => void,
): Generator<string> {
  const savedAtWallMs = Math.round(now.wallMs)
  const named = { format: FORMAT, version: SAVED_REPLY_VERSION, source, savedAtWallMs, isLast }
  const head = `${JSON.stringify({ ...named, ...(position && { position }) })}\n`
  yield head
  let bytes = Buffer.byteLength(head) + TAIL_BYTES
  let count = 0
  for (const entry of entries) {
    const line = lineOf(entry, now, onLeftOut)
    if (line === null) continue
    const lineBytes = Buffer.byteLength(line)
    if (bytes + lineBytes > maxBytes) {
      onLeftOut('too large')
      continue
    }
    bytes += lineBytes
    count += 1
    yield line
  }
  yield `${JSON.stringify({ count })}\n`
}

/**
 * Null for an answer that does not belong in the file, and for one that cannot be written: JSON.stringify throws a
 * RangeError at some thousand levels and at half a gigabyte, and a TypeError for values that JSON cannot hold.
 */
function lineOf(entry: FiledReply, now: Moment, onLeftOut: (fault: string) => void): string | null {
  try {
    const { call, reply } = entry.isDoubted ? aged(entry, now) : entry
    if (decideLifetime(call.endpoint.kind, reply.value).keptMs < MIN_KEPT_MS) return null
    const saved = save(call, reply, now)
    return saved && `${withoutLineEnds(JSON.stringify(saved))}\n`
  } catch (error) {
    onLeftOut(faultName(error))
    return null
  }
}

/**
 * An answer that may be outdated is served only if Aurora cannot answer, so it counts as kept and no longer as stale.
 */
export function aged({ call, reply }: FiledReply, now: Moment): FiledReply {
  const { staleMs } = decideLifetime(call.endpoint.kind, reply.value)
  return { call, reply: { ...reply, answeredAtMs: Math.min(reply.answeredAtMs, now.monotonicMs - staleMs) } }
}

/** JSON allows these two in a text, and Node 24 reads them as line ends. */
const withoutLineEnds = (json: string): string =>
  json.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`)

async function writeLines(file: FileHandle, lines: Iterable<string>): Promise<void> {
  let chunk = ''
  for (const line of lines) {
    // Two texts that can each be written may together be too long for one.
    if (chunk.length + line.length > CHUNK_CHARS) {
      await file.writeFile(chunk)
      chunk = ''
    }
    chunk += line
  }
  await file.writeFile(chunk)
}
