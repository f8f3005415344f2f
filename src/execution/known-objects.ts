// Objects of an answer that are not executed, because their earlier texts are shown again.
import type { KnownText } from '../exchange/answer-data.ts'
import type { Pace } from '../turns/pace.ts'
import type { SelectionPlan } from './plan.ts'

/** The parts with which one object is executed by itself. */
export interface Alone {
  readonly source: unknown
  readonly contextValue: unknown
  readonly pace: Pace | null
}

/**
 * Returns the object as it would be shown; null if something has to be awaited, has failed, or depends on variables.
 */
export type ExecuteAlone = (alone: Alone) => object | null

/** Finds the objects of a request whose earlier texts can be shown again. */
export interface KnownObjects {
  /** Null if the object has to be executed. */
  show(source: unknown, selection: SelectionPlan, executeAlone: ExecuteAlone): KnownText | null
}
