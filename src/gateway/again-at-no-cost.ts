// Writes a live answer again, for a client that gets it now at no cost.
import type { Budget } from '../budget/budget.ts'
import type { Clock } from '../clock.ts'
import { describeUpstream } from '../graphql/steps/present-result.ts'
import type { WatchOptions } from '../live/watched.ts'
import type { UsedReply } from '../rest/terms.ts'
import { createTally } from '../telemetry/tally.ts'

export interface AgainOptions {
  readonly budget: Pick<Budget, 'state'>
  readonly windowMs: number
  readonly clock: Clock
  /** By what the freshness of an answer of these parts is proven; null if answers do not report it. */
  readonly validatedBy: (parts: readonly UsedReply[]) => Parameters<typeof describeUpstream>[3]
}

export const createAgain =
  ({ budget, windowMs, clock, validatedBy }: AgainOptions): WatchOptions['again'] =>
  ({ bytes, endOfData, parts }, { scope }) => {
    if (endOfData === bytes.length) return bytes
    const tally = createTally()
    tally.saved.cache = parts.length
    const state = { windowMs, ...budget.state(scope.budgetKey) }
    const upstream = describeUpstream(tally, state, clock, validatedBy(parts))
    const made = JSON.parse(`{${Buffer.from(bytes.subarray(endOfData + 1)).toString()}`) as {
      readonly extensions?: object
    }
    const end = `,"extensions":${JSON.stringify({ ...made.extensions, upstream })}}`
    return Buffer.concat([bytes.subarray(0, endOfData), Buffer.from(end)])
  }
