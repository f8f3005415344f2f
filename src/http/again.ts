// Answers, without Node's parser, a request whose head its connection has sent before, or a webhook.

import type { Socket } from 'node:net'
import type { ParsedRequest } from './boundaries.ts'

/** The request of a connection on which no other one is under way. */
export interface Again {
  readonly socket: Socket
  readonly request: ParsedRequest
  readonly body: Buffer
}

/** All bytes that a client has sent since its last request, on a connection on which no request is under way. */
export interface Piece {
  readonly socket: Socket
  readonly bytes: Buffer
}

/** An answer that is not made yet, or that the operating system has not taken yet. */
export interface Given {
  /** Called once, when the operating system has taken the whole answer. */
  onTaken: (() => void) | null
  /**
   * Whether nothing more is read from the connection until the answer is taken. A later request would be answered
   * before it, or never.
   */
  readonly isAlone: boolean
  /** Called when the connection is closed. */
  leave(): void
}

/**
 * Returns `taken` when the whole answer is sent. Returns null if the request has to be parsed. Nothing was counted for
 * it then, unless its caller has sent too many requests or the kept answer has a fault.
 */
export type GiveAgain = (again: Again) => 'taken' | Given | null

/** As `GiveAgain`, for a whole webhook whose sender is known. */
export type GiveWebhook = (piece: Piece) => 'taken' | Given | null
