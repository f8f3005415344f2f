// In which manner a request is answered: for a client that waits, behind its back, or as one answer of a stream.
import type { Config } from '../config/config.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'
import type { StreamNotes } from '../graphql/context.ts'
import { isInBackground } from '../http/directives.ts'
import type { CallClass } from '../telemetry/events.ts'
import { FIRST_TURN_UNITS, UNITS_PER_TURN } from '../turns/pace.ts'

export interface Manner {
  readonly callClass: CallClass
  readonly stream: StreamNotes | null
  /** How many replies the last answer to the same question was made of; left out where there is none that was whole. */
  readonly repliesBefore?: number | undefined
}

const ORDINARY: Manner = { callClass: 'interactive', stream: null }

/** Nobody waits for it, so it takes calls that are to spare. */
const BACKGROUND: Manner = { callClass: 'warmUp', stream: null }

export const mannerOf = ({ headers }: RequestHead): Manner =>
  isInBackground(headers) ? BACKGROUND : ORDINARY

/** An answer that is made again needs no plan to show that it costs less than a request may cost: it reads again what it was made of. */
export const isAdmitted = (
  { repliesBefore }: Manner,
  { maxPlannedCalls }: Pick<Config, 'maxPlannedCalls'>,
): boolean => repliesBefore !== undefined && repliesBefore <= maxPlannedCalls

/** Where no client waits, the requests of those that do are answered between small pieces. */
export const firstTurnUnitsOf = ({ callClass }: Manner): number =>
  callClass === 'interactive' ? FIRST_TURN_UNITS : UNITS_PER_TURN
