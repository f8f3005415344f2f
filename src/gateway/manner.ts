// The manner in which a request is answered: for a waiting client, in the background, or as one answer of a stream.
import type { Config } from '../config/config.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'
import type { StreamNotes } from '../graphql/context.ts'
import { isInBackground } from '../http/directives.ts'
import type { CallClass } from '../telemetry/events.ts'
import { FIRST_TURN_UNITS, UNITS_PER_TURN } from '../turns/pace.ts'

export interface Manner {
  readonly callClass: CallClass
  readonly stream: StreamNotes | null
  /** How many replies were used for the last answer to the same question; left out if there was no complete one. */
  readonly repliesBefore?: number | undefined
}

const ORDINARY: Manner = { callClass: 'interactive', stream: null }

/** No client waits for it, so its calls are of the class that only takes spare slots. */
const BACKGROUND: Manner = { callClass: 'warmUp', stream: null }

export const mannerOf = ({ headers }: RequestHead): Manner =>
  isInBackground(headers) ? BACKGROUND : ORDINARY

/**
 * An answer that is made again needs no plan to show its cost: it reads again the replies of the earlier answer, and
 * their number is within the limit.
 */
export const isAdmitted = (
  { repliesBefore }: Manner,
  { maxPlannedCalls }: Pick<Config, 'maxPlannedCalls'>,
): boolean => repliesBefore !== undefined && repliesBefore <= maxPlannedCalls

/** Work for which no client waits is divided into small pieces, between which other requests are answered. */
export const firstTurnUnitsOf = ({ callClass }: Manner): number =>
  callClass === 'interactive' ? FIRST_TURN_UNITS : UNITS_PER_TURN
