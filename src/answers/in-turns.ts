// Writes and hashes large answers in turns of the event loop: 10 MB at once would hold it for a tenth of a second.
import { createHash } from 'node:crypto'
import type { Soon } from '../at-once.ts'
import { DATA_DIGITS, hashData } from './entity-tag.ts'

/** Some two milliseconds to write or to hash. Most answers are shorter, and wait for no turn. */
export const CHARS_PER_TURN = 512 * 1024

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** As `hashData`. */
export function hashInTurns(text: string): Soon<string> {
  return text.length <= CHARS_PER_TURN ? hashData(text) : hashPieces(text)
}

async function hashPieces(text: string): Promise<string> {
  const hash = createHash('sha256')
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from + CHARS_PER_TURN)
    hash.update(text.slice(from, to))
    from = to
    await nextTurn()
  }
  return hash.digest('hex').slice(0, DATA_DIGITS)
}

/** Both halves of a character are in the same piece. */
const endOfPiece = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end + 1 : end

/** As `JSON.stringify`, for an object of an answer. */
export function writeInTurns(data: object): Soon<string> {
  if (!isLong(data)) return JSON.stringify(data)
  const pieces = writeLong(data)
  const texts: string[] = []
  return takeTurn(pieces, texts) ? texts.join('') : writeOn(pieces, texts)
}

async function writeOn(pieces: Generator<string, void>, texts: string[]): Promise<string> {
  do await nextTurn()
  while (!takeTurn(pieces, texts))
  return texts.join('')
}

/** Whether the last piece was written. */
function takeTurn(pieces: Generator<string, void>, texts: string[]): boolean {
  let chars = 0
  while (chars < CHARS_PER_TURN) {
    const piece = pieces.next()
    if (piece.done) return true
    texts.push(piece.value)
    chars += piece.value.length
  }
  return false
}

/** A shorter list is one piece. */
const ITEMS_PER_PIECE = 50
/** Long lists lie near the root, with a connection or two around them. What lies deeper is written with what contains it. */
const MAX_LEVELS = 6

type Values = Readonly<Record<string, unknown>>

function isLong(value: unknown, levels = MAX_LEVELS): boolean {
  if (Array.isArray(value)) return value.length > ITEMS_PER_PIECE
  return levels > 0 && isValues(value) && Object.values(value).some((inner) => isLong(inner, levels - 1))
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !('toJSON' in value)

function* writeLong(value: unknown, levels = MAX_LEVELS): Generator<string, void> {
  if (Array.isArray(value)) yield* writeList(value)
  else yield* writeObject(value as Values, levels)
}

function* writeList(list: readonly unknown[]): Generator<string, void> {
  for (let from = 0; from < list.length; from += ITEMS_PER_PIECE) {
    const text = JSON.stringify(list.slice(from, from + ITEMS_PER_PIECE))
    yield `${from === 0 ? '[' : ','}${text.slice(1, -1)}`
  }
  yield ']'
}

function* writeObject(object: Values, levels: number): Generator<string, void> {
  let before = '{'
  for (const [name, value] of Object.entries(object)) {
    const isDivided = isLong(value, levels - 1)
    const text = isDivided ? '' : (JSON.stringify(value) as string | undefined)
    if (text === undefined) continue
    yield `${before}${JSON.stringify(name)}:${text}`
    if (isDivided) yield* writeLong(value, levels - 1)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}
