// Parses a large JSON text in turns of the event loop: runs of items and members are given to JSON.parse, and their results are joined here.
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
} from '../aurora/json-bytes.ts'
import { MAX_LEVELS } from '../aurora/cut-deep.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import { ReplyTooWideError } from './assert-modest.ts'
import { parseLongText } from './parse-long-text.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** This much of an object or a list is one run. JSON.parse takes 2 ms for the slowest texts of this length. */
const RUN_CHARS = 32 * 1024
/** Several lists or objects inside each other, each shorter than a run, are parsed together, up to this many runs. */
const RUNS_AT_ONCE = 4
/** How much is scanned in a turn. */
const CHARS_PER_TURN = 64 * 1024
/** No double has more than 767 significant digits. */
const MAX_NUMBER_CHARS = 1_000

/**
 * Returns what `cutDeep(text, parseExactJson(text))` returns for an object or a list, and takes about as long, but no
 * more than some milliseconds of a turn. Values below MAX_LEVELS are not parsed, so faults in their syntax are not
 * found. Rejects with a SyntaxError, as JSON.parse does, or with a ReplyTooWideError for a number or a name of an
 * absurd length.
 */
export async function parseInTurns(text: string, runChars = RUN_CHARS): Promise<unknown> {
  const work = new Parser(text, runChars).run()
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await nextTurn()
  }
}

type Container = unknown[] | Record<string, unknown>

/** An object or a list around the current place. */
class Frame {
  readonly isList: boolean
  /** Where the unparsed part begins, which is an opening bracket, a comma, or the end of an inserted value. */
  from: number
  behind: 'bracket' | 'comma' | 'value' = 'bracket'
  /** The place of the last comma between its items. */
  lastComma = -1
  /** Null as long as no part of it was parsed: it may become a part of the run around it. */
  value: Container | null = null

  constructor(isList: boolean, from: number) {
    this.isList = isList
    this.from = from
  }
}

class Parser {
  readonly #text: string
  readonly #runChars: number
  readonly #frames: Frame[] = []
  /** How many of the frames have a value: the outermost ones. */
  #begun = 0
  #root: Container | null = null

  constructor(text: string, runChars: number) {
    this.#text = text
    this.#runChars = runChars
  }

  *run(): Generator<void, unknown> {
    const text = this.#text
    let lookedFrom = 0
    /** The place after the last mark or text; a number may follow. */
    let behindMark = 0
    for (let at = beginningOf(text); at < text.length; at += 1) {
      if (at - lookedFrom >= CHARS_PER_TURN) {
        yield
        lookedFrom = at
      }
      const code = text.charCodeAt(at)
      if (code === QUOTATION_MARK) {
        const end = yield* endOfText(text, at)
        if (end - at > this.#runChars) yield* this.#putText(at, end)
        behindMark = end
        at = end - 1
      } else if (isMark(code)) {
        assertShort(text, behindMark, at)
        behindMark = at + 1
        if (code === COMMA) this.#pass(at)
        else if (code === OPENING_BRACE || code === OPENING_BRACKET) this.#push(code === OPENING_BRACKET, at)
        else if (code !== COLON && this.#pop(code === CLOSING_BRACKET, at)) return this.#end(at + 1)
      }
    }
    throw new SyntaxError('the text ends too early')
  }

  #end(at: number): Container | null {
    assertBlank(this.#text.slice(at))
    return this.#root
  }

  #push(isList: boolean, at: number): void {
    const frames = this.#frames
    frames.push(new Frame(isList, at + 1))
    // Null replaces everything that is deeper.
    if (frames.length === MAX_LEVELS + 1) this.#putIn(MAX_LEVELS - 1, at, null)
  }

  /** A comma follows an item of the innermost frame. */
  #pass(at: number): void {
    const depth = this.#frames.length
    const frame = this.#frames[depth - 1]
    if (!frame || depth > MAX_LEVELS) return
    frame.lastComma = at
    const runChars = this.#runChars
    if (at - frame.from < runChars && at - this.#pendingFrom() < RUNS_AT_ONCE * runChars) return
    this.#begin(depth - 1)
    this.#takeItems(frame, at)
  }

  /** Returns whether the outermost frame has ended. */
  #pop(isList: boolean, at: number): boolean {
    const frame = this.#frames.pop()
    if (frame?.isList !== isList) throw new SyntaxError('a bracket does not fit')
    const depth = this.#frames.length
    const parent = this.#frames[depth - 1]
    if (depth > MAX_LEVELS) return false
    if (depth < MAX_LEVELS) {
      if (!parent && !frame.value) this.#root = frame.value = isList ? [] : {}
      if (!frame.value) return false
      this.#takeLastItems(frame, at)
      this.#begun = depth
    }
    if (parent) parent.from = at + 1
    return !parent
  }

  /** Where the unparsed part of the innermost frame with a value begins. */
  #pendingFrom(): number {
    return this.#frames[Math.max(0, this.#begun - 1)]?.from ?? 0
  }

  /** Makes the value of the frame and of those around it, with the earlier items of each. */
  #begin(index: number): void {
    while (this.#begun <= index) {
      const frame = this.#frames[this.#begun]
      if (!frame) return
      frame.value = frame.isList ? [] : {}
      if (this.#begun === 0) this.#root = frame.value
      else this.#putIn(this.#begun - 1, frame.from - 1, frame.value)
      this.#begun += 1
    }
  }

  /** Puts a value that begins at `at` into a frame, after its earlier items. */
  #putIn(index: number, at: number, value: unknown): void {
    this.#begin(index)
    const frame = this.#frames[index]
    if (!frame?.value) return
    if (frame.lastComma >= frame.from) this.#takeItems(frame, frame.lastComma)
    if (frame.behind === 'value') throw new SyntaxError('a comma is missing')
    const before = this.#text.slice(frame.from, at)
    if (Array.isArray(frame.value)) {
      assertBlank(before)
      frame.value.push(value)
    } else setMember(frame.value, nameIn(before), value)
    frame.from = at
    frame.behind = 'value'
  }

  *#putText(at: number, end: number): Generator<void, void> {
    const depth = this.#frames.length
    if (depth > MAX_LEVELS) return
    if (isName(this.#text, end)) return assertShortName(end - at)
    this.#putIn(depth - 1, at, yield* parseLongText(this.#text, at, end))
    const frame = this.#frames[depth - 1]
    if (frame) frame.from = end
  }

  /** Parses the items before a comma. */
  #takeItems(frame: Frame, comma: number): void {
    const run = this.#runOf(frame, comma)
    if (run !== null) addRun(frame, run)
    else if (frame.behind !== 'value') throw new SyntaxError('nothing before a comma')
    frame.from = comma + 1
    frame.behind = 'comma'
  }

  #takeLastItems(frame: Frame, end: number): void {
    const run = this.#runOf(frame, end)
    if (run !== null) addRun(frame, run)
    else if (frame.behind === 'comma') throw new SyntaxError('nothing behind a comma')
  }

  /** The text of the unparsed items; null if there are none. */
  #runOf(frame: Frame, end: number): string | null {
    const run = this.#text.slice(frame.from, end)
    if (isBlank(run)) return null
    if (frame.behind !== 'value') return run
    const [comma] = /^[ \t\n\r]*,/.exec(run) ?? []
    if (comma === undefined) throw new SyntaxError('a comma is missing')
    frame.behind = 'comma'
    const others = run.slice(comma.length)
    return isBlank(others) ? null : others
  }
}

const isMark = (code: number): boolean =>
  code === COMMA ||
  code === COLON ||
  code === OPENING_BRACE ||
  code === OPENING_BRACKET ||
  code === CLOSING_BRACE ||
  code === CLOSING_BRACKET

/** The place of the bracket with which the text begins. */
function beginningOf(text: string): number {
  const at = text.search(/[^ \t\n\r]/)
  const code = text.charCodeAt(at)
  if (code === OPENING_BRACKET || code === OPENING_BRACE) return at
  throw new SyntaxError('no object and no list')
}

/** Returns the place after the quotation mark that ends the text which begins at `from`. */
function* endOfText(text: string, from: number): Generator<void, number> {
  let lookedFrom = from
  /** No backslash before this place escapes a later sign. */
  let known = from + 1
  for (let at = from; ;) {
    at = text.indexOf('"', at + 1)
    if (at === -1) throw new SyntaxError('a text does not end')
    if (!(yield* isEscaped(text, at, known))) return at + 1
    known = at + 1
    if (at - lookedFrom < CHARS_PER_TURN) continue
    yield
    lookedFrom = at
  }
}

/** Whether an odd number of backslashes is before a place, none of them before `from`. */
function* isEscaped(text: string, at: number, from: number): Generator<void, boolean> {
  let first = at
  while (first > from && text.charCodeAt(first - 1) === BACKSLASH) {
    first -= 1
    if ((at - first) % CHARS_PER_TURN === 0) yield
  }
  return (at - first) % 2 === 1
}

function assertShort(text: string, from: number, to: number): void {
  if (to - from > MAX_NUMBER_CHARS && text.slice(from, to).trim().length > MAX_NUMBER_CHARS)
    throw new ReplyTooWideError(`Aurora's answer has a number of more than ${MAX_NUMBER_CHARS} characters`)
}

const isBlank = (text: string): boolean => /^[ \t\n\r]*$/.test(text)

function assertBlank(text: string): void {
  if (!isBlank(text)) throw new SyntaxError('something between two values')
}

/** The text before a value in an object: its name and a colon. */
function nameIn(before: string): string {
  const colon = before.lastIndexOf(':')
  assertBlank(before.slice(colon + 1))
  const name: unknown = JSON.parse(before.slice(0, colon))
  if (typeof name === 'string') return name
  throw new SyntaxError('a name is no text')
}

/** Whether a text that ends at `end` is the name of a member. */
function isName(text: string, end: number): boolean {
  const colon = /[ \t\n\r]*:/y
  colon.lastIndex = end
  return colon.test(text)
}

function assertShortName(chars: number): void {
  if (chars > RUN_CHARS)
    throw new ReplyTooWideError(`Aurora's answer has a name of more than ${RUN_CHARS} characters`)
}

function addRun({ isList, value }: Frame, run: string): void {
  if (Array.isArray(value)) for (const item of parseExactJson(`[${run}]`) as unknown[]) value.push(item)
  else if (value && !isList) {
    const members = parseExactJson(`{${run}}`) as Record<string, unknown>
    for (const name of Object.keys(members)) setMember(value, name, members[name])
  }
}

/** As JSON.parse, which treats `__proto__` like any other name. */
function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  else object[name] = value
}
