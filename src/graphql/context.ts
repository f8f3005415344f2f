// What every resolver of one request has at hand: loaders and writes, and nothing that could spend a call in another way.
import type { GatewayError } from '../errors/errors.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Write } from '../loaders/writes.ts'
import type { Parts } from '../answers/parts.ts'
import type { Shown } from './present-error.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { StaleReport } from './stale-report.ts'
import type { RequestPlan } from './request-plan.ts'
import type { Tally } from '../telemetry/tally.ts'

export interface GraphQLContext {
  /** What logs and traces tell of it. */
  readonly record: RequestRecord
  /** Another set after each write, so that nothing read before it is shown after it. */
  readonly loaders: Loaders
  readonly write: Write
  /** What a client is told of a failure that comes as data, in the words in which it would come as an error. */
  readonly describe: (error: GatewayError) => Promise<Shown> | Shown
  /** What goes into its answer. */
  readonly parts: Parts
  /** Whether the caller may only read. */
  readonly isReadOnly: boolean
  /** What this request has spent and saved so far. */
  readonly tally: Tally
  /** How long its calls may queue, where the request said it itself (`Prefer: wait`), as far as it was granted. */
  readonly preferredWaitMs: number | null
  /** Of what was stale, for requests that ask for it. */
  readonly staleReport: StaleReport
  /** The key's budget at this moment, and when what was refused could all be answered. */
  readonly budget: BudgetView
  /** Whether `currentPath()` of paths.ts is known inside resolvers; costs time in every field. */
  readonly isTraced: boolean
  readonly plan: RequestPlan
}

export interface BudgetView {
  readonly windowMs: number
  state(): { readonly limit: number; readonly remaining: number; readonly resetAtMs: number | null }
  /** Monotonic time at which `count` further calls could all have been sent. */
  forecast(count: number): number
  /** The same for calls that this request was refused, or as many of them as fit into one window. */
  comeBackAt(count: number): number
}
