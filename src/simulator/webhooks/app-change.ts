// The parts of a change that a user makes in the app: what is asked for, and what the change is made with.

import type { DataSet } from '../data.ts'
import type { Ids } from '../ids.ts'
import { NO_IDS } from '../ids.ts'
import { isObject } from '../input.ts'
import { demand, Refusal } from '../operation.ts'
import type { Jobs, Maker, OperationRequest } from '../operation.ts'
import { OPERATIONS } from '../routes.ts'
import type { JsonObject, Shape } from '../shape.ts'
import { isEventName } from './events.ts'
import type { Attributes, EventName, SentEvent } from './events.ts'
import { perform } from './perform.ts'

export interface AppChange {
  readonly event: EventName
  /** By their names in the paths of the contract, such as `project_id`. */
  readonly ids?: Readonly<Record<string, string>>
  /** What the object has after the change. */
  readonly members?: JsonObject
}

export interface AppOptions {
  readonly data: DataSet
  readonly maker: Maker
  readonly jobs: Jobs
  readonly shape: () => Shape
}

/** Makes the change, and returns the events that report it. Throws a refusal if it cannot be made. */
export type MakeChange = (request: OperationRequest, change: Required<AppChange>) => readonly SentEvent[]

/** Undefined unless `value` is a change in the form that JSON can carry. */
export function parseAppChange(value: unknown): AppChange | undefined {
  if (!isObject(value)) return undefined
  const { event, ids = {}, members = {} } = value
  if (!isEventName(event) || !isObject(ids) || !isObject(members)) return undefined
  const areTexts = (each: JsonObject): each is Record<string, string> =>
    Object.values(each).every((id) => typeof id === 'string')
  return areTexts(ids) ? { event, ids, members } : undefined
}

export function toRequest({ data, maker, jobs, shape }: AppOptions, change: AppChange): OperationRequest {
  const ids: Ids = { ...NO_IDS, ...change.ids }
  const query = new URLSearchParams()
  const shared = { data, maker, jobs, shape: shape(), query, file: undefined }
  return { ...shared, ids, sent: change.members, source: 'app' }
}

interface WriteOptions {
  /** The member under which the body has what is changed; without it, the body is what is changed. */
  readonly wrapper?: string
  /** Ids that the body contains. */
  readonly idsInBody?: readonly string[]
  /** The members, unless the change names others. */
  readonly usual?: JsonObject
}

/** A change that a call can make too: the same operation. */
export function asWrite(
  operationId: string,
  { wrapper, idsInBody = [], usual = {} }: WriteOptions = {},
): MakeChange {
  return (request, { ids, members }) => {
    const operation = OPERATIONS.find((each) => each.operationId === operationId)
    if (!operation) throw new RangeError(`no such operation: ${operationId}`)
    const own = Object.fromEntries(idsInBody.map((name) => [name, ids[name]]))
    const body = { ...usual, ...own, ...members }
    const sent = wrapper === undefined ? body : { [wrapper]: body }
    const { answer, events } = perform({ operation, ids: request.ids }, { ...request, sent })
    if (answer.status >= 300) throw new Refusal(answer)
    return events
  }
}

/** A member that is a text, or the usual one if it is not given. */
export function textIn(members: JsonObject, name: string, usual: string): string {
  const value = members[name] ?? usual
  demand(typeof value === 'string', `${name} must be a string`)
  return value
}

export const one = (event: EventName, attributes: Attributes): readonly SentEvent[] => [{ event, attributes }]
