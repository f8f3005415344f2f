// One client that reads the answers of a watch: the last answer that it got, and when it may get the next.
import type { BrokenOff, StreamReader } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import type { Made } from './made.ts'
import { MIN_PAUSE_MS } from './schedule.ts'

export type Given = 'given' | 'known' | 'busy' | { readonly atMs: number }

/** A class, because thousands of clients watch one answer, and closures for each would take most of its memory. */
export class Reading {
  readonly caller: Caller
  readonly #reader: StreamReader
  #fingerprint: string | null = null
  #givenAtMs = -Infinity
  #hasLeft = false

  constructor(reader: StreamReader, caller: Caller) {
    this.#reader = reader
    this.caller = caller
  }

  /** Whether it has got an answer. */
  hasBegun(): boolean {
    return this.#fingerprint !== null
  }

  /** Whether it is free, and its last answer was another one. */
  needs(fingerprint: string): boolean {
    return fingerprint !== this.#fingerprint && this.isFree()
  }

  isFree(): boolean {
    return !this.#hasLeft && this.#reader.isFree()
  }

  /**
   * Gives an answer unless the client has an equal one, has not taken the one before, or has got that within the last
   * second. `own`: other bytes for this client. The last answer does not wait for the second.
   */
  give({ fingerprint, bytes, isLast }: Made, nowMs: number, own: Uint8Array = bytes): Given {
    if (fingerprint === this.#fingerprint) return 'known'
    if (!this.isFree()) return 'busy'
    const atMs = this.#givenAtMs + MIN_PAUSE_MS
    if (nowMs < atMs && !isLast) return { atMs }
    this.#fingerprint = fingerprint
    this.#givenAtMs = nowMs
    this.#next(own)
    return 'given'
  }

  /** To be called before the stream is broken off. */
  giveEnding(bytes: Uint8Array): void {
    try {
      if (this.isFree()) this.#next(bytes)
    } catch {
      // An error here must not keep the answer from other clients.
    }
  }

  /** A reader that has failed is not called any more. */
  #next(bytes: Uint8Array): void {
    try {
      this.#reader.next(bytes)
    } catch (error) {
      this.#hasLeft = true
      throw error
    }
  }

  /** To be called when the operation has ended. */
  complete(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#reader.complete()
  }

  /** To be called when nothing more comes although the operation has not ended. */
  breakOff(why: BrokenOff): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#reader.breakOff(why)
  }

  /** To be called when the client has left: it is not called any more. */
  leave(): void {
    this.#hasLeft = true
  }
}
