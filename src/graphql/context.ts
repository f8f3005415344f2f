// What every resolver of one request can use: loaders and writes. Nothing else in it can spend a call.
import type { GatewayError } from '../errors/errors.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Write } from '../loaders/writes.ts'
import type { Parts } from '../answers/parts.ts'
import type { Pace } from '../pace.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { RepeatNotes } from './repeat-notes.ts'
import type { PresentedError } from './present-error.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { StaleReport } from './stale-report.ts'
import type { RequestPlan } from '../planning/request-plan.ts'

export interface GraphQLContext {
  /** The record of the request, for logs and traces. */
  readonly record: RequestRecord
  /** New loaders after each write, so that no value read before the write is shown after it. */
  readonly loaders: Loaders
  readonly write: Write
  /** Presents a failure that is returned as data, with the same message and extensions as an error. */
  readonly describe: (error: GatewayError) => Promise<PresentedError> | PresentedError
  /** The replies that the answer uses. */
  readonly parts: Parts
  /** Whether the same request may get the same answer again, without execution. */
  readonly repeat: RepeatNotes
  /** Whether the caller may only read. */
  readonly isReadOnly: boolean
  /** The calls that this request has spent and saved so far. */
  readonly tally: Tally
  /** How long its calls may queue, where the request asks for it (`Prefer: wait`), up to the allowed maximum; else null. */
  readonly preferredWaitMs: number | null
  /** Lists the stale values in the answer, for requests that ask for it. */
  readonly staleReport: StaleReport
  /** The key's budget at this moment, and when it could send all refused calls. */
  readonly budget: BudgetView
  /** Whether `currentPath()` of paths.ts works inside resolvers; it costs time in every field. */
  readonly isTraced: boolean
  readonly plan: RequestPlan
  /** Divides the execution into turns of the event loop. */
  readonly pace: Pace
  /** In a dry run: takes the items of a list that are to be executed in the place of all. Null: all are executed. */
  readonly gather: (<Item>(items: readonly Item[]) => readonly Item[]) | null
}

export interface BudgetView {
  readonly windowMs: number
  state(): { readonly limit: number; readonly remaining: number; readonly resetAtMs: number | null }
  /** Monotonic time at which the key could have sent `count` further calls. */
  forecast(count: number): number
  /** The same for the refused calls of this request, or for as many of them as fit into one window. */
  comeBackAt(count: number): number
}
