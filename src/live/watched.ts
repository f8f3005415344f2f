// What all watches share: clients that join and leave, and the function that executes their questions.
import type { BrokenOff } from '../exchange/answer-stream.ts'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { Party } from '../turns/shares.ts'
import type { Emit } from '../telemetry/events.ts'
import type { GivingOptions } from './giving.ts'
import type { WatchedCache } from './held-parts.ts'
import type { LastAnswer } from './last-answers.ts'
import type { Answered, Made } from './made.ts'
import type { LiveQuestion } from './question.ts'
import type { Reading } from './reading.ts'
import type { Purpose } from './schedule.ts'
import type { Place } from './watch-room.ts'

export interface Watched {
  join(reading: Reading): void
  /** To be called when the client may have taken an answer. */
  resume(reading: Reading): void
  leave(reading: Reading): void
  /** Breaks off all streams. */
  end(why: BrokenOff): void
}

/** Executes the question in the name of a caller. Never rejects. */
export type Ask = (question: LiveQuestion, asking: Asking) => Promise<Answered>

export interface Asking {
  readonly caller: Caller
  readonly purpose: Purpose
  /** Aborts when no client waits for the answer any more. */
  readonly signal: AbortSignal
  /** How many replies were used for the last answer; left out if there is none, or if a part of it had failed. */
  readonly repliesBefore?: number | undefined
  /** Left out if the question is not about changes. */
  readonly changes?: Changes
}

/** The changes since the last event. */
export interface Changes {
  /** Whether other objects may have changed, too. */
  readonly isReset: boolean
  readonly objects: readonly { readonly typeName: string; readonly key: string }[]
}

/** Under which name memory and turns are taken. */
export const holderOf = ({ holder, scope, name }: Caller): string =>
  holder ?? JSON.stringify([scope.key, name])

/** Whether the caller has brought a credential that Aurora has not accepted: it may be made up. */
export const isNewcomer = ({ credential }: Caller): boolean =>
  credential !== undefined && credential.standing() !== 'accepted'

/** Each credential that is made up would be another tenant, so these have no tenant. */
export const partyOf = (caller: Caller): Party => ({
  caller: holderOf(caller),
  tenant: isNewcomer(caller) ? '' : caller.scope.budgetKey,
})

export interface WatchOptions extends Pick<GivingOptions, 'atOnce' | 'later'> {
  readonly ask: Ask
  /** Logs a fault of the gateway; returns the answer for clients, which does not show the fault. */
  readonly toFault: (error: unknown) => Uint8Array
  readonly cache: WatchedCache
  readonly clock: Clock
  /** Writes an answer for a client that gets it at no cost. */
  readonly again: (made: Made, caller: Caller) => Uint8Array
  readonly emit: Emit
  readonly lastAnswer: LastAnswer
  readonly place: Place
  /** Called when no client can join it any more. */
  readonly onEnd: () => void
}
