// Counts the size of an answer while it is made, so that a too large answer ends before it has filled the memory.
import { AnswerTooLargeError } from '../exchange/answer-too-large.ts'
import type { Excess } from '../exchange/answer-too-large.ts'

/** The bytes of memory that are counted for each part of an answer. Measured with Node 20 and 24. */
export const MEMORY = {
  /** An object with up to four members; each further one takes `member`. */
  object: 64,
  member: 8,
  list: 48,
  item: 8,
  /** A place that waits for its value, with the promises and functions for that. */
  waiting: 600,
  /** A part of a list that waits for its turn. */
  turn: 900,
  /** A located error with its path. */
  error: 1_000,
} as const

/** The least text of an error, with its message, code and path. */
const TEXT_OF_ERROR = 150

/**
 * How many times as much memory as text an answer may take. An object with one id takes twice its text, and an object in a list of its
 * own three times; only answers of very short members take more.
 */
const MEMORY_PER_TEXT = 5

/** This much of an answer is counted before it takes its part of the room: nearly all answers have less. */
const STEP_BYTES = 256 * 1024

/** The memory that the answers of a process may take together while they are made. */
export interface AnswerRoom {
  open(): AnswerSize
}

/** The bytes are counted too low rather than too high, so an answer within the limits is never refused. */
export interface AnswerSize {
  /** Counts bytes of the text and bytes of memory. Throws an AnswerTooLargeError, then for each further count as well. */
  add(text: number, memory: number): void
  addError(): void
  /** Subtracts memory that is no longer held. */
  release(memory: number): void
  /** A count of its own with the same limits, for objects that are made beside the answer. */
  beside(): AnswerSize
  /** To be called when the answer is written or given up. Work that still goes on for it ends at its next count. */
  close(): void
}

/** `maxBytes` limits the text of one answer, `roomBytes` the memory of all answers together. */
export function createAnswerRoom({
  maxBytes,
  roomBytes,
}: {
  readonly maxBytes: number
  readonly roomBytes: number
}): AnswerRoom {
  const room = new Room(Math.floor(roomBytes))
  return { open: () => new CountedSize(room, maxBytes) }
}

class Room {
  readonly maxBytes: number
  readonly #sizes = new Set<CountedSize>()
  #taken = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /**
   * Takes a part of the room. If there is none left, the largest answer gives up its own part. False: there is still
   * none.
   */
  take(size: CountedSize): boolean {
    if (this.#taken + STEP_BYTES > this.maxBytes) this.#endLargest(size)
    if (this.#taken + STEP_BYTES > this.maxBytes) return false
    this.#taken += STEP_BYTES
    size.taken += STEP_BYTES
    this.#sizes.add(size)
    return true
  }

  give(size: CountedSize): void {
    this.#taken -= size.taken
    size.taken = 0
    this.#sizes.delete(size)
  }

  #endLargest(asking: CountedSize): void {
    let largest = asking
    for (const each of this.#sizes) if (each.taken > largest.taken) largest = each
    if (largest !== asking) largest.end()
  }
}

class CountedSize implements AnswerSize {
  /** The bytes that it has taken of the room. */
  taken = 0
  readonly #room: Room
  readonly #maxText: number
  readonly #maxMemory: number
  #text = 0
  #memory = 0
  /** How many more bytes, of text and memory, may be held before more of the room is taken. */
  #free = STEP_BYTES
  #ended: AnswerTooLargeError | null = null
  #isClosed = false

  constructor(room: Room, maxText: number) {
    this.#room = room
    this.#maxText = maxText
    this.#maxMemory = Math.min(maxText * MEMORY_PER_TEXT, room.maxBytes)
  }

  add(text: number, memory: number): void {
    this.#text += text
    this.#memory += memory
    if (this.#text > this.#maxText || this.#text + this.#memory > this.#free) this.#check()
  }

  addError(): void {
    this.add(TEXT_OF_ERROR, MEMORY.error)
  }

  release(memory: number): void {
    this.#memory -= memory
  }

  beside(): AnswerSize {
    return new CountedSize(this.#room, this.#maxText)
  }

  close(): void {
    this.#isClosed = true
    this.#free = -1
    this.#room.give(this)
  }

  /** Ends the answer, because another one needs its part of the room. */
  end(): void {
    this.#ended = this.#tooLarge('room')
    this.#free = -1
  }

  #check(): void {
    // A closed count would never give the room back.
    this.#ended ??= this.#isClosed ? this.#tooLarge('room') : null
    this.#ended ??= this.#text > this.#maxText ? this.#tooLarge('text') : null
    this.#ended ??= this.#memory > this.#maxMemory ? this.#tooLarge('memory') : null
    while (this.#ended === null && this.#text + this.#memory > this.#free)
      if (this.#room.take(this)) this.#free += STEP_BYTES
      else this.#ended = this.#noRoom()
    if (this.#ended === null) return
    this.#free = -1
    throw this.#ended
  }

  /** An answer that is larger than the whole room would find no room later either. */
  #noRoom(): AnswerTooLargeError {
    const { maxBytes } = this.#room
    const bytes = this.#text + this.#memory
    return bytes > maxBytes ? new AnswerTooLargeError('memory', { maxBytes, bytes }) : this.#tooLarge('room')
  }

  #tooLarge(excess: Excess): AnswerTooLargeError {
    const maxBytes = { text: this.#maxText, memory: this.#maxMemory, room: this.#room.maxBytes }[excess]
    return new AnswerTooLargeError(excess, { maxBytes, bytes: excess === 'text' ? this.#text : this.#memory })
  }
}

/** For executions whose answer no client gets. */
export const UNCOUNTED: AnswerSize = {
  add: () => {},
  addError: () => {},
  release: () => {},
  beside: () => UNCOUNTED,
  close: () => {},
}
