// One request and its answer while they are on the wire: its signal, and what a stream no longer keeps of its request.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Boundaries } from './boundaries.ts'
import type { UnreadAnswer } from './unread-answers.ts'

/** One request and its answer on the wire. */
export interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Aborts when the connection closes before the answer is finished. It is made when it is first read: `hasLeft` costs nothing. */
  readonly gone: AbortSignal
  /** Whether the connection closed before the answer was finished. */
  readonly hasLeft: boolean
  /**
   * Whether its answer is a stream. What the client sends meanwhile stays unread, because it could not be answered
   * before the stream ends.
   */
  isStream: boolean
  /**
   * To be called when no code reads its head or its signal any more: thousands of streams are open for half an hour,
   * and their heads would take memory.
   */
  forgetHead(): void
  /** Called once, when the answer is finished or the connection closes before that; costs less than `gone`. */
  onOver: (() => void) | null
  /** The bytes of the answer that the client has not taken. */
  readonly unread: UnreadAnswer
}

/**
 * A class with a lazy signal, because the signal costs more than all else here, and most requests are answered before
 * any code reads it.
 */
export class OpenExchange implements Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly unread: UnreadAnswer
  hasLeft = false
  isStream = false
  onOver: (() => void) | null = null
  /** The boundaries of requests on its connection. */
  boundaries: Boundaries | null = null
  #controller: AbortController | null = null

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, unread: UnreadAnswer) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.unread = unread
  }

  get gone(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    this.#controller = new AbortController()
    if (this.hasLeft) this.leave()
    return this.#controller.signal
  }

  forgetHead(): void {
    this.boundaries?.forget(this.incoming)
    this.incoming.headers = {}
    this.incoming.rawHeaders = []
    this.#controller = null
  }

  leave(): void {
    this.hasLeft = true
    this.#controller?.abort(new DOMException('The connection to the client is closed', 'AbortError'))
    this.end()
  }

  /** A second call does nothing. */
  end(): void {
    const { onOver } = this
    this.onOver = null
    onOver?.()
  }
}
