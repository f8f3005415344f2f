// Writes a stream of answers on its connection, no faster than its client reads, from its head to its end.
import type { AnswerStream, BrokenOff, StreamReader } from '../exchange/answer-stream.ts'
import { whenThere } from '../turns/at-once.ts'
import type { FieldReader } from '../callers/caller.ts'
import type { StreamEnd } from '../telemetry/request-record.ts'
import { partyOf } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { Exchange } from './exchange.ts'
import { TEND_MS } from './open-streams.ts'
import type { TendedStream } from './open-streams.ts'
import { recheckCaller } from './recheck-caller.ts'
import type { CallerNow } from './recheck-caller.ts'
import { unauthenticated } from './caller-refusals.ts'
import { errorsOf, unexpected } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { heartbeatOf, STREAM_SHAPES } from './stream-shape.ts'
import type { StreamShape } from './stream-shape.ts'
import { headOf } from './stream-writing.ts'
import type { StreamOptions, Writing } from './stream-writing.ts'
import { limitStall } from './write-response.ts'

/**
 * The life of each stream is shorter than the maximum by up to this share, so that streams that began together do not
 * end together.
 */
const LIFE_JITTER = 0.2
/** Heartbeats of streams that got the same answer are spread over this share of the time between two. */
const HEARTBEAT_JITTER = 0.25
/** When a browser connects again after the stream ended without the operation being complete. */
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 5_000

export function writeStream(writing: Writing, options: StreamOptions): void {
  const { exchange } = writing
  const stream = new WrittenStream(writing, options)
  options.onStream?.('opened')
  const begin = (): void => stream.begin(writing)
  // If the client has sent requests ahead, earlier requests are answered first.
  if (exchange.hasLeft || exchange.outgoing.socket) return begin()
  exchange.onOver = begin
  exchange.outgoing.once('socket', begin)
}

/** A class, because thousands exist at a time. It keeps only what its end needs of the request. */
class WrittenStream implements StreamReader, TendedStream {
  readonly #exchange: Exchange
  readonly #source: AnswerStream
  readonly #caller: CheckedCaller
  readonly #credential: FieldReader
  readonly #release: () => void
  readonly #onOver: Writing['onOver']
  #onBegun: (() => void) | null
  readonly #options: StreamOptions
  readonly #shape: StreamShape
  /** The part of an answer that is still to be written. */
  #rest: Uint8Array | null = null
  /** Since when the client has taken nothing of what was written; null if it has taken all. */
  #waitsSinceMs: number | null = null
  #end: StreamEnd | null = null
  /** The last bytes of the stream, written when no part of an answer is left. */
  #last: string | null = null
  #isOver = false
  /** Whether the head of its request is no longer kept. */
  #isForgotten = false
  /** Whether its source gives no more, because the caller may have changed. */
  #isBrokenOff = false
  #sentAtMs = 0
  #endsAtMs = 0
  #checkAtMs = 0
  #heartbeatMs = 0
  #bytes = 0
  #events = 0
  #cancelStall: (() => void) | null = null

  constructor({ exchange, answered, onOver }: Writing, options: StreamOptions) {
    this.#exchange = exchange
    this.#source = answered.source
    this.#caller = answered.caller
    this.#credential = answered.credential
    this.#release = answered.release
    this.#onBegun = answered.onBegun
    this.#onOver = onOver
    this.#options = options
    this.#shape = STREAM_SHAPES[answered.form]
  }

  begin(writing: Writing): void {
    const exchange = this.#exchange
    const options = this.#options
    const { incoming, outgoing } = exchange
    exchange.onOver = () => this.#close()
    if (exchange.hasLeft) return this.#close()
    const { limits, random } = options
    const nowMs = options.clock.monotonicMs()
    this.#endsAtMs = nowMs + limits.streamMaxMs * (1 - LIFE_JITTER * random())
    this.#heartbeatMs = (limits.heartbeatMs - TEND_MS) * (1 - HEARTBEAT_JITTER * random())
    this.#checkAtMs = nowMs + limits.callerCheckMs * (0.5 + random() / 2)
    outgoing.on('drain', () => this.#goOn())
    // Corked, so that the head and the first bytes leave as one packet.
    outgoing.cork()
    outgoing.writeHead(200, headOf(writing))
    if (incoming.method === 'HEAD') {
      outgoing.uncork()
      return this.#stopSource('complete', '')
    }
    exchange.isStream = true
    this.#write(this.#shape.opening)
    outgoing.uncork()
    options.streams.add(this)
    try {
      this.#source.start(this)
    } catch (error) {
      this.#fail('fault', unexpected(options.onFault(error, writing.requestId)))
    }
  }

  isFree(): boolean {
    return this.#waitsSinceMs === null && this.#end === null
  }

  next(response: Uint8Array): void {
    if (this.#end !== null) return
    if (!this.isFree())
      throw new Error('An answer was given to a stream whose client has not taken the last one')
    this.#events += 1
    this.#options.onStream?.('sent')
    this.#rest = this.#shape.answer(response)
    this.#writeRest()
    this.#noteBegun()
  }

  complete(): void {
    this.#finish('complete', this.#shape.end({ lastId: 'complete' }))
  }

  tend(nowMs: number): void {
    if (this.#end === null) return this.#tendOpen(nowMs)
    if (this.#waitsSinceMs !== null) this.#tendSlow(nowMs - this.#waitsSinceMs)
  }

  #tendOpen(nowMs: number): void {
    // All code that reads them runs within the first second of the stream.
    if (!this.#isForgotten) this.#exchange.forgetHead()
    this.#isForgotten = true
    if (nowMs >= this.#endsAtMs) return this.#endBy('life')
    if (this.#hasExpired()) return this.#judge('unknown')
    if (this.#waitsSinceMs !== null) this.#tendSlow(nowMs - this.#waitsSinceMs)
    else if (nowMs - this.#sentAtMs >= this.#heartbeatMs) this.#write(heartbeatOf(this.#events, this.#shape))
    if (nowMs >= this.#checkAtMs) this.checkCaller()
  }

  /** A token contains its end, so this needs no check of the caller. */
  #hasExpired(): boolean {
    const { expiresAtMs } = this.#caller
    return expiresAtMs !== undefined && this.#options.clock.wallMs() >= expiresAtMs
  }

  #tendSlow(waitedMs: number): void {
    const { stallTimeoutMs, slowReaderMs } = this.#options.limits
    if (waitedMs >= stallTimeoutMs) this.#cut()
    else if (waitedMs >= slowReaderMs) this.#countUnread()
  }

  endForShutdown(): void {
    this.#endBy('shutdown')
  }

  checkCaller(): void {
    const options = this.#options
    this.#checkAtMs = options.clock.monotonicMs() + options.limits.callerCheckMs
    void whenThere(
      recheckCaller({ caller: this.#caller, credential: this.#credential }, options.authenticate),
      (now) => this.#judge(now),
    )
  }

  breakOff(why: BrokenOff): void {
    if (why !== 'caller') return this.#endBy(why)
    this.#isBrokenOff = true
    this.checkCaller()
  }

  #judge(now: CallerNow): void {
    if (now === 'unknown') this.#fail('caller', unauthenticated(this.#credential))
    // The client connects again, and then counts as the other caller.
    else if (now === 'other' || this.#isBrokenOff) this.#endBy('caller')
  }

  /** Ends without an error, so the client connects again. */
  #endBy(end: StreamEnd): void {
    const retryMs = RETRY_MIN_MS + this.#options.random() * (RETRY_MAX_MS - RETRY_MIN_MS)
    this.#stopSource(end, this.#shape.end({ retryMs }))
  }

  #fail(end: StreamEnd, refusal: Refusal): void {
    this.#stopSource(end, this.#shape.failure(errorsOf(refusal)) + this.#shape.end({}))
  }

  #stopSource(end: StreamEnd, last: string): void {
    if (this.#end !== null) return
    this.#finish(end, last)
    this.#source.stop()
  }

  #finish(end: StreamEnd, last: string): void {
    if (this.#end !== null) return
    this.#end = end
    this.#last = last
    this.#noteBegun()
    if (this.#rest === null || this.#exchange.hasLeft) this.#writeLast()
    else this.#options.streams.hasEnded(this)
  }

  #writeLast(): void {
    const exchange = this.#exchange
    this.#options.streams.remove(this)
    if (exchange.hasLeft || this.#last === null) return
    this.#bytes += Buffer.byteLength(this.#last)
    exchange.outgoing.end(this.#last)
    this.#last = null
    if (!exchange.outgoing.writableFinished) this.#cancelStall = limitStall(exchange, this.#options)
  }

  /** Called when the client has taken what was written. */
  #goOn(): void {
    if (this.#waitsSinceMs === null) return
    const exchange = this.#exchange
    exchange.unread.progress()
    this.#waitsSinceMs = null
    this.#writeRest()
    if (this.#end !== null) return this.#rest === null ? this.#writeLast() : undefined
    if (!this.isFree()) return
    exchange.unread.resize(0)
    this.#source.resume()
  }

  /** Written in pieces, so that progress of a slow client is noticed. */
  #writeRest(): void {
    const { pieceBytes } = this.#options.limits
    while (this.#rest !== null && this.#waitsSinceMs === null) {
      const piece = this.#rest.length > pieceBytes ? this.#rest.subarray(0, pieceBytes) : this.#rest
      this.#rest = piece === this.#rest ? null : this.#rest.subarray(pieceBytes)
      this.#write(piece)
    }
  }

  #write(bytes: Uint8Array): void {
    const exchange = this.#exchange
    // Writing to a closed connection would raise an error; 'close' follows.
    if (exchange.hasLeft || exchange.incoming.socket.destroyed) return
    this.#sentAtMs = this.#options.clock.monotonicMs()
    this.#bytes += bytes.length
    if (!exchange.outgoing.write(bytes)) this.#waitsSinceMs = this.#sentAtMs
  }

  /**
   * Counts only what remains after this turn: the operating system takes nearly every answer in the same turn, and the
   * bytes that a thousand streams of one question share are in memory once.
   */
  #countUnread(): void {
    const exchange = this.#exchange
    const { unread } = exchange
    // It is written already, so it is counted, whatever bound is reached: the slowest readers are closed then.
    if (!unread.isHeld()) unread.hold({ bytes: 0, ...partyOf(this.#caller) })
    unread.resize(exchange.outgoing.writableLength + (this.#rest?.length ?? 0))
  }

  /** Closes the connection without an error event, because a client that takes nothing would not read it. */
  #cut(): void {
    const exchange = this.#exchange
    if (this.#end === null) this.#source.stop()
    this.#end ??= 'slow'
    exchange.incoming.socket.destroy()
  }

  #noteBegun(): void {
    this.#onBegun?.()
    this.#onBegun = null
  }

  #close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelStall?.()
    this.#options.streams.remove(this)
    if (this.#end === null) {
      this.#end = 'left'
      this.#source.stop()
    }
    this.#noteBegun()
    this.#release()
    this.#options.onStream?.(this.#end)
    this.#onOver({ bytes: this.#bytes, events: this.#events, end: this.#end })
  }
}
