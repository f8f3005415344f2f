// What is answered without Node's parser: a request whose head its connection has sent before, or a webhook; and its answer.

import type { Socket } from 'node:net'
import type { ParsedRequest } from './boundaries.ts'

/** The request of a connection on which no other one is under way. */
export interface Again {
  readonly socket: Socket
  readonly request: ParsedRequest
  readonly body: Buffer
}

/** All that a client has sent since its last request, on a connection on which none is under way. */
export interface Piece {
  readonly socket: Socket
  readonly bytes: Buffer
}

/** An answer that is not there yet, or that the operating system has not taken yet. */
export interface Given {
  /** Called once, when it has taken all of it. */
  onTaken: (() => void) | null
  /** Whether nothing more is read from its connection until then: it would be answered first, or not at all. */
  readonly isAlone: boolean
  /** The connection is closed. */
  leave(): void
}

/**
 * `taken`: all of it is sent. Null: the request has to be parsed, and nothing was counted for it, unless its caller has sent too many or
 * what is known has broken.
 */
export type GiveAgain = (again: Again) => 'taken' | Given | null

/** The same, of a whole webhook whose sender is known. */
export type GiveWebhook = (piece: Piece) => 'taken' | Given | null
