// The answer to a call that the limit has let through and that no fault replaces.

import type { DataSet } from './data.ts'
import { refuse } from './operation.ts'
import type { Answer, Jobs, Maker } from './operation.ts'
import type { Random } from './random.ts'
import type { Match } from './routes.ts'
import type { Sent } from './sent.ts'
import { reshape } from './shape.ts'
import type { Switches } from './switches.ts'
import type { SentEvent } from './webhooks/events.ts'
import { perform } from './webhooks/perform.ts'

export interface DecideOptions {
  readonly data: DataSet
  readonly maker: Maker
  readonly jobs: Jobs
  readonly switches: Switches
  readonly random: Random
  /** Called with the events of a write that succeeded. */
  readonly emit: (events: readonly SentEvent[]) => void
}

export type Decide = (match: Match | undefined, query: URLSearchParams, sent: Sent | undefined) => Answer

/** Aurora has not published this text; its pages only state that it refers the caller to the account team. */
const NOT_PROVISIONED = 'This endpoint is not provisioned for your key; contact your Aurora account team'

export function createDecide({ data, maker, jobs, switches, random, emit }: DecideOptions): Decide {
  return (match, query, sent) => {
    if (!match) return refuse(405, 'Wrong path or verb')
    // The permissions of the key are checked before the object, so that a 403 does not show which objects exist.
    if (switches.isForbidden(match.operation.operationId)) return refuse(403, NOT_PROVISIONED)
    if (sent === undefined) return refuse(400, 'Body is not JSON')
    jobs.settle()
    const { json, file } = sent
    const shape = switches.shape()
    const request = { query, data, shape, sent: json, file, maker, jobs, source: 'api' } as const
    const { answer, events } = perform(match, request)
    emit(events)
    return { status: answer.status, body: reshape(answer.body, shape, random) }
  }
}
