// The problems in the body of a write, in sentences for its sender: a table of rules per body.

import { userError } from './operation.ts'
import type { Answer, OperationRequest } from './operation.ts'
import type { JsonObject } from './shape.ts'

/** Null, or what the member must be, to be read after its name. */
export type Rule = (value: unknown, request: OperationRequest) => string | null

const rule =
  (isGood: (value: unknown) => boolean, wanted: string): Rule =>
  (value) =>
    isGood(value) ? null : `must be ${wanted}`

/** Project texts have 255 characters; no bound for others is published. */
export const text = rule((value) => typeof value === 'string' && value.length <= 255, 'a string')
export const longText = rule((value) => typeof value === 'string', 'a string')
export const number = rule((value) => typeof value === 'number', 'a number')
export const flag = rule((value) => typeof value === 'boolean', 'true or false')
export const texts = rule(
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'a list of strings',
)
export const list = rule(Array.isArray, 'a list')
export const oneOf = (...words: readonly string[]): Rule =>
  rule((value) => words.includes(String(value)), `one of ${words.join(', ')}`)
export const latitude = rule(
  (value) => typeof value === 'number' && Math.abs(value) <= 90,
  'between -90 and 90',
)
export const longitude = rule(
  (value) => typeof value === 'number' && Math.abs(value) <= 180,
  'between -180 and 180',
)

const isText = (value: unknown): value is string => typeof value === 'string'

/** An id that names something that is there. */
const known =
  (what: string, find: (data: OperationRequest['data'], id: string) => object | undefined): Rule =>
  (value, { data }) =>
    isText(value) && find(data, value) ? null : `must be the id of a ${what}`

export const aProject = known('project', (data, id) => data.project(id))
export const aDesign = known('design', (data, id) => data.design(id))
export const aUser = known('user', (data, id) => data.user(id))
export const aTeam = known('team', (data, id) => data.teams.find((each) => each.id === id))
export const aPartner = known('partner', (data, id) => data.partners.find((each) => each.id === id))
export const aRole = known('role', (data, id) => data.roles.find((each) => each.id === id))
export const each =
  (rule_: Rule): Rule =>
  (value, request) =>
    Array.isArray(value)
      ? (value.map((item: unknown) => rule_(item, request)).find(Boolean) ?? null)
      : 'must be a list'

export interface Rules {
  readonly [member: string]: Rule
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members under their wrapper, or the answer that lists all their problems. */
export function readInput(
  request: OperationRequest,
  wrapper: string,
  { rules = {}, required = [] }: { rules?: Rules; required?: readonly string[] } = {},
): { readonly members: JsonObject } | { readonly refusal: Answer } {
  const { sent } = request
  const members = isObject(sent) ? sent[wrapper] : undefined
  if (!isObject(members)) return { refusal: userError(422, `${wrapper} must be an object`) }
  const missing = required.filter((name) => members[name] === undefined).map((name) => `${name} is missing`)
  const wrong = Object.entries(members).flatMap(([name, value]) => {
    const fault = rules[name]?.(value, request)
    return fault ? [`${name} ${fault}`] : []
  })
  const faults = [...missing, ...wrong]
  return faults.length > 0 ? { refusal: userError(422, ...faults) } : { members }
}

/** For bodies that are not public: any object is accepted. */
export function readObject({
  sent,
}: OperationRequest): { readonly members: JsonObject } | { readonly refusal: Answer } {
  if (sent === undefined) return { members: {} }
  return isObject(sent) ? { members: sent } : { refusal: userError(422, 'the body must be an object') }
}
