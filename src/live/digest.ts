// Reads from the bytes of an answer what distinguishes it from another, and what of it has failed. A large answer is read in turns.
import { createHash, hash as hashOnce } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { CHARS_PER_TURN, hashInTurns, writeInTurns } from '../answers/in-turns.ts'
import type { Turns } from '../answers/in-turns.ts'
import type { UsedReply } from '../rest/terms.ts'

export interface Digest {
  /** Equal for two answers that need not be sent one after the other. */
  readonly fingerprint: string
  /** Where the report of the costs begins, which does not count when two answers are compared. */
  readonly endOfData: number
  /** Null if nothing has failed. */
  readonly failures: Failures | null
}

interface Failures {
  readonly hasData: boolean
  /** Wall time; null if no error names one. */
  readonly retryAtMs: number | null
}

/** The digest of `{}`, for answers that no client reads. */
export const UNREAD_DIGEST: Digest = { fingerprint: '', endOfData: 2, failures: null }

export interface Digested {
  /** A whole GraphQL response, as JSON. */
  readonly bytes: Uint8Array
  /** The replies that count, so that a change of an object is an event even if the selected fields stay the same. */
  readonly values: readonly UsedReply[]
}

/** Rejects with the reason if no client waits for the answer any more. */
export async function digestOf({ bytes, values }: Digested, turns: Turns): Promise<Digest> {
  // The replies stay in memory at least until they are read here.
  const replies = values.map(({ key, answer }) => ({ key, answer: answer.deref() }))
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const endOfData = endOfDataIn(text)
  const work: Work = { hash: createHash('sha256'), pause: createPause(turns) }
  const data = text.subarray(0, endOfData)
  const failed = isFailed(data) ? await readErrors(data, work) : null
  await hashInPieces(data.subarray(failed?.end ?? 0), work)
  const ofReplies = replies.length > 0 ? await hashReplies(replies, work.pause, turns) : ''
  return {
    fingerprint: `${work.hash.digest('base64')}${staleIn(text, endOfData)}${ofReplies}`,
    endOfData,
    failures: failed?.failures ?? null,
  }
}

/** `extensions` come last, and begin so: graphql/steps/present-result.ts. */
const EXTENSIONS = ',"extensions":{"upstream":'

function endOfDataIn(text: Buffer): number {
  const at = text.lastIndexOf(EXTENSIONS)
  return at < 0 ? text.length : at
}

interface Work {
  readonly hash: Hash
  readonly pause: Pause
}

/** To be called after each piece of work, with the bytes that would be hashed in the same time. */
type Pause = (bytes: number) => Promise<void> | undefined

function createPause({ nextTurn }: Turns): Pause {
  let done = 0
  return (bytes) => {
    done += bytes
    if (done < CHARS_PER_TURN) return undefined
    done = 0
    return nextTurn()
  }
}

/** The executors write `errors` before `data`. */
const ERRORS = '{"errors":['
const DATA = '],"data":'

const isFailed = (text: Buffer): boolean => startsWith(text, ERRORS)

const startsWith = (text: Buffer, start: string): boolean =>
  text.subarray(0, start.length).toString() === start

/**
 * Each answer has others. The answer is made again at that time in any case, and each fault has an id of its own in the
 * log.
 */
const OF_ONE_ANSWER = /"(?:retryA(?:t|fter)|errorId)":(?:"[^"]*"|\d+)/g

/** Finding the end of an error and parsing it takes this many times as long as hashing it. */
const PARSING = 8

interface ReadErrors {
  readonly failures: Failures
  /** The place after the last error. */
  readonly end: number
}

/** One error is one piece: an answer may have thousands, but none is long. */
async function readErrors(text: Buffer, { hash, pause }: Work): Promise<ReadErrors> {
  let retryAtMs: number | null = null
  let at = ERRORS.length
  hash.update(ERRORS)
  while (text[at] === OPEN) {
    const to = endOfObject(text, at)
    const written = text.toString('utf8', at, to)
    hash.update(written.replace(OF_ONE_ANSWER, ''))
    const retryAt = (JSON.parse(written) as WrittenError).extensions?.retryAt
    if (typeof retryAt === 'string') retryAtMs = Math.max(retryAtMs ?? -Infinity, Date.parse(retryAt))
    const turn = pause((to - at) * PARSING)
    if (turn) await turn
    at = text[to] === COMMA ? to + 1 : to
  }
  if (text[at] !== END) throw new SyntaxError('The errors of an answer have no end.')
  return { failures: { hasData: startsWith(text.subarray(at), DATA), retryAtMs }, end: at }
}

interface WrittenError {
  readonly extensions?: { readonly retryAt?: unknown }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, COMMA, END] = Buffer.from('"\\{},]')

/** The place after the object that begins here. */
function endOfObject(text: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const byte = text[at]
    if (byte === QUOTE) at = endOfText(text, at)
    else if (byte === OPEN) depth += 1
    else if (byte === CLOSE && (depth -= 1) === 0) return at + 1
  }
  throw new SyntaxError('An error of an answer has no end.')
}

function endOfText(text: Buffer, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1
  return at
}

async function hashInPieces(text: Buffer, { hash, pause }: Work): Promise<void> {
  for (let from = 0; from < text.length; from += CHARS_PER_TURN) {
    const piece = text.subarray(from, from + CHARS_PER_TURN)
    hash.update(piece)
    const turn = pause(piece.length)
    if (turn) await turn
  }
}

/** When a stale value was fetched: its age is another one in each answer. */
const OF_ITS_AGE = /"(?:fetchedAt":"[^"]*"|ageSeconds":\d+)/g

/**
 * Stale values count if the request demands their report, because an answer that is no longer marked as stale is news. Their ages
 * do not: each answer has others, and a mark may stay for as long as Aurora sends an item without an id.
 */
function staleIn(text: Buffer, endOfData: number): string {
  const at = text.indexOf(',"freshness":', endOfData)
  return at < 0 ? '' : text.toString('utf8', at).replace(OF_ITS_AGE, '')
}

interface HeldReply {
  readonly key: string
  readonly answer: object | undefined
}

async function hashReplies(replies: readonly HeldReply[], pause: Pause, turns: Turns): Promise<string> {
  const values = new Set<string>()
  for (const { key, answer } of replies) {
    const known = answer && hashes.get(answer)
    values.add(`${key} ${known ?? (answer ? await hashReply(answer, pause, turns) : '')}`)
  }
  return hashOnce('sha256', [...values].toSorted().join('\n'), 'base64')
}

const hashes = new WeakMap<object, string>()

async function hashReply(answer: object, pause: Pause, turns: Turns): Promise<string> {
  const { status, value = null } = answer as { readonly status: number; readonly value?: unknown }
  const written = await writeInTurns([status, value], turns)
  const made = await hashInTurns(written, turns)
  hashes.set(answer, made)
  const turn = pause(written.length * PARSING)
  if (turn) await turn
  return made
}
