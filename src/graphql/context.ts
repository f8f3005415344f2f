// What every resolver of one request can use: loaders and writes. No other part of it can spend a call.
import type { GatewayError } from '../errors/errors.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Write } from '../loaders/writes.ts'
import type { Parts } from '../answers/parts.ts'
import type { KnownObjects } from '../execution/known-objects.ts'
import type { Pace } from '../turns/pace.ts'
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
  /**
   * How long its calls may queue, if the request sets a time (`Prefer: wait`), up to the allowed maximum; else null.
   */
  readonly preferredWaitMs: number | null
  /** Lists the stale values in the answer, for requests that demand such a list. */
  readonly staleReport: StaleReport
  /** The key's budget at this moment, and when it could send all refused calls. */
  readonly budget: BudgetView
  /** Whether `currentPath()` of paths.ts works inside resolvers; it costs time in every field. */
  readonly isTraced: boolean
  readonly plan: RequestPlan
  /** Divides the execution into turns of the event loop. */
  readonly pace: Pace
  /** Null if the request gets one answer. */
  readonly stream: StreamNotes | null
  /** In a dry run: takes the items of a list that are to be executed instead of all. Null: all are executed. */
  readonly gather: (<Item>(items: readonly Item[]) => readonly Item[]) | null
  /** Objects whose earlier texts can be shown again; the savings are reported at the end. Null: all are executed. */
  readonly known: (KnownObjects & { report(): void }) | null
}

/** What is noted while an answer of a stream is made. */
export interface StreamNotes {
  /** Whether no answer can follow this one. */
  isLast: boolean
  /** The objects that have changed; null if the operation does not subscribe to changes. */
  readonly changes: ChangeNote | null
}

export interface ChangeNote {
  readonly isReset: boolean
  readonly objects: readonly { readonly typeName: string; readonly key: string }[]
}

/**
 * The context of one request, or of a dry run. A class, because a getter in a literal is another function for each
 * request: V8 then makes a hidden class for each. Such a class outlives the request, and keeps the whole request in
 * memory until the next full collection.
 */
export class RequestContext implements GraphQLContext {
  readonly record: GraphQLContext['record']
  readonly write: GraphQLContext['write']
  readonly describe: GraphQLContext['describe']
  readonly isReadOnly: boolean
  readonly parts: GraphQLContext['parts']
  readonly repeat: GraphQLContext['repeat']
  readonly tally: GraphQLContext['tally']
  readonly preferredWaitMs: number | null
  readonly budget: GraphQLContext['budget']
  readonly staleReport: GraphQLContext['staleReport']
  readonly plan: GraphQLContext['plan']
  readonly pace: GraphQLContext['pace']
  readonly stream: GraphQLContext['stream']
  readonly gather: GraphQLContext['gather']
  readonly known: GraphQLContext['known']
  /** No private name: Yoga passes on an object that inherits from this one. */
  private readonly openLoaders: () => Loaders

  constructor(given: Omit<GraphQLContext, 'loaders' | 'isTraced'>, loaders: () => Loaders) {
    this.record = given.record
    this.write = given.write
    this.describe = given.describe
    this.isReadOnly = given.isReadOnly
    this.parts = given.parts
    this.repeat = given.repeat
    this.tally = given.tally
    this.preferredWaitMs = given.preferredWaitMs
    this.budget = given.budget
    this.staleReport = given.staleReport
    this.plan = given.plan
    this.pace = given.pace
    this.stream = given.stream
    this.gather = given.gather
    this.known = given.known
    this.openLoaders = loaders
  }

  get loaders(): Loaders {
    return this.openLoaders()
  }

  get isTraced(): boolean {
    return this.staleReport.isWanted
  }
}

export interface BudgetView {
  readonly windowMs: number
  /** Converts a monotonic time to ISO 8601. */
  toTime(atMs: number): string
  state(): { readonly limit: number; readonly remaining: number; readonly resetAtMs: number | null }
  /** Monotonic time at which the key could have sent `count` further calls. */
  forecast(count: number): number
  /** The same time for the refused calls of this request, or for as many of them as fit into one window. */
  comeBackAt(count: number): number
}
