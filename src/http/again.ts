// A request whose head its connection has sent before, and the answer to it as long as its client has not taken all of it.

import type { Socket } from 'node:net'
import type { ParsedRequest } from './boundaries.ts'

/** The request of a connection on which no other one is under way. */
export interface Again {
  readonly socket: Socket
  readonly request: ParsedRequest
  readonly body: Buffer
}

/** An answer that the operating system has not taken yet. */
export interface Given {
  /** Called once, when it has taken all of it. */
  onTaken: (() => void) | null
  /** The connection is closed. */
  leave(): void
}

/**
 * `taken`: all of it is sent. Null: the request has to be parsed, and nothing was counted for it, unless its caller has sent too many or
 * what is known has broken.
 */
export type GiveAgain = (again: Again) => 'taken' | Given | null
