// Objects of an answer that are not executed, because they are shown as they were shown before.
import type { KnownText } from '../exchange/answer-data.ts'
import type { Pace } from '../turns/pace.ts'
import type { SelectionPlan } from './plan.ts'

/** What an object is executed with that is executed by itself. */
export interface Alone {
  readonly source: unknown
  readonly contextValue: unknown
  readonly pace: Pace | null
}

/**
 * Returns the object as it would be shown; null where something has to be waited for or has failed, and where what is shown depends
 * on variables.
 */
export type ExecuteAlone = (alone: Alone) => object | null

/** The objects that a request shows as they were shown before. */
export interface KnownObjects {
  /** Null where the object has to be executed. */
  show(source: unknown, selection: SelectionPlan, executeAlone: ExecuteAlone): KnownText | null
}
