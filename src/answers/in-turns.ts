// Writes, hashes and encodes large answers in turns of the event loop: 10 MB at once would hold it for a tenth of a second.
import { createHash } from 'node:crypto'
import { AnswerTooLargeError } from '../exchange/answer-too-large.ts'
import type { Soon } from '../turns/at-once.ts'
import { DATA_DIGITS, hashData } from './entity-tag.ts'
import { endOfPiece, measure, piecesOf } from './pieces.ts'
import type { Large } from './pieces.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** Hashing or encoding this many takes some two milliseconds. */
export const CHARS_PER_TURN = 512 * 1024
/**
 * Measuring and writing this many takes 10 milliseconds at the most. Most answers are shorter, and wait for no turn.
 */
const CHARS_AT_ONCE = 256 * 1024
/** Writing many small members takes ten times as long as hashing them. */
const WRITTEN_PER_TURN = 64 * 1024

export interface Turns {
  /** Resolves in a later turn; rejects if no client waits for the answer any more. */
  readonly nextTurn: () => Promise<void>
}

const AFTER_OTHERS: Turns = { nextTurn }

/** The large parts of a value that has to be written in turns; null if it is small. */
export function findLarge(value: object): Large | null {
  const large: Large = new Map()
  return measure(value, CHARS_AT_ONCE, large) < 0 ? large : null
}

export interface WriteOptions extends Turns {
  /** A larger answer fails with an AnswerTooLargeError, and its rest is not written. */
  readonly maxBytes?: number
}

/** As `JSON.stringify`, for a value that has a text. */
export function writeInTurns(value: object, options: WriteOptions = AFTER_OTHERS): Soon<string> {
  const large = findLarge(value)
  return large ? writeLarge(value, large, options) : JSON.stringify(value)
}

/** `large`: the large parts that were found in it. */
export async function writeLarge(
  value: object,
  large: Large,
  { nextTurn, maxBytes = Infinity }: WriteOptions = AFTER_OTHERS,
): Promise<string> {
  const texts: string[] = []
  let bytes = 0
  // The turn begins as used up, because finding the large parts has taken its time.
  let chars = 0
  await nextTurn()
  for (const piece of piecesOf(value, large)) {
    texts.push(piece)
    bytes += Buffer.byteLength(piece)
    if (bytes > maxBytes) throw new AnswerTooLargeError('text', { maxBytes, bytes })
    chars += piece.length
    if (chars < WRITTEN_PER_TURN) continue
    chars = 0
    await nextTurn()
  }
  return texts.join('')
}

/** As `hashData`. */
export function hashInTurns(text: string, turns: Turns = AFTER_OTHERS): Soon<string> {
  if (text.length <= CHARS_PER_TURN) return hashData(text)
  const hash = createHash('sha256')
  const hashed = forPieces(text, turns, (piece) => void hash.update(piece))
  return hashed.then(() => hash.digest('hex').slice(0, DATA_DIGITS))
}

/** As `Buffer.from`. */
export function encodeInTurns(text: string, turns: Turns = AFTER_OTHERS): Soon<Buffer> {
  if (text.length <= CHARS_PER_TURN) return Buffer.from(text)
  const pieces: Buffer[] = []
  const encoded = forPieces(text, turns, (piece) => void pieces.push(Buffer.from(piece)))
  return encoded.then(() => Buffer.concat(pieces))
}

async function forPieces(text: string, { nextTurn }: Turns, act: (piece: string) => void): Promise<void> {
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from + CHARS_PER_TURN)
    act(text.slice(from, to))
    from = to
    await nextTurn()
  }
}
