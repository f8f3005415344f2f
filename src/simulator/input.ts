// The problems in the body of a write, in sentences for its sender: a table of rules per body.

import { byId, demand } from './operation.ts'
import type { OperationRequest } from './operation.ts'
import type { JsonObject } from './shape.ts'

const isText = (value: unknown): value is string => typeof value === 'string'

/** Null, or what the member must be, to be read after its name. */
export type Rule = (value: unknown, request: OperationRequest) => string | null

const rule =
  (isGood: (value: unknown) => boolean, wanted: string): Rule =>
  (value) =>
    isGood(value) ? null : `must be ${wanted}`

/** Project texts have 255 characters; no bound for others is published. */
export const text = rule((value) => isText(value) && value.length <= 255, 'a string')
export const longText = rule(isText, 'a string')
/** Of what has to have one. */
export const aName: Rule = (value, request) =>
  text(value, request) ?? (String(value).trim() === '' ? 'must not be empty' : null)
export const mailAddress: Rule = (value, request) =>
  text(value, request) ?? (/^[^\s@]+@[^\s@]+$/.test(String(value)) ? null : 'must be an email address')
export const number = rule((value) => typeof value === 'number', 'a number')
export const flag = rule((value) => typeof value === 'boolean', 'true or false')
export const texts = rule((value) => Array.isArray(value) && value.every(isText), 'a list of strings')
export const oneOf = (...words: readonly string[]): Rule =>
  rule((value) => words.includes(String(value)), `one of ${words.join(', ')}`)
const within = (bound: number): Rule =>
  rule((value) => typeof value === 'number' && Math.abs(value) <= bound, `between -${bound} and ${bound}`)
export const latitude = within(90)
export const longitude = within(180)

const known =
  (what: string, find: (data: OperationRequest['data'], id: string) => object | undefined): Rule =>
  (value, { data }) =>
    isText(value) && find(data, value) ? null : `must be the id of a ${what}`

export const aProject = known('project', (data, id) => data.project(id))
export const aDesign = known('design', (data, id) => data.design(id))
export const aUser = known('user', (data, id) => data.user(id))
export const aTeam = known('team', (data, id) => byId(data.teams, id))
export const aPartner = known('partner', (data, id) => byId(data.partners, id))
export const aRole = known('role', (data, id) => byId(data.roles, id))
export const each =
  (rule_: Rule): Rule =>
  (value, request) =>
    Array.isArray(value)
      ? (value.map((item: unknown) => rule_(item, request)).find(Boolean) ?? null)
      : 'must be a list'

export type Rules = Readonly<Record<string, Rule>>

/** The same rule for each of these members. */
export const rulesOf = (rule_: Rule, ...names: readonly string[]): Rules =>
  Object.fromEntries(names.map((name) => [name, rule_]))

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members under their wrapper. Throws the answer that lists all their problems. */
export function readInput(
  request: OperationRequest,
  wrapper: string,
  { rules = {}, required = [] }: { rules?: Rules; required?: readonly string[] } = {},
): JsonObject {
  const { sent } = request
  const members = isObject(sent) ? sent[wrapper] : undefined
  demand(isObject(members), `${wrapper} must be an object`)
  const missing = required.filter((name) => members[name] === undefined).map((name) => `${name} is missing`)
  const wrong = Object.entries(members).flatMap(([name, value]) => {
    const fault = rules[name]?.(value, request)
    return fault ? [`${name} ${fault}`] : []
  })
  demand(missing.length + wrong.length === 0, ...missing, ...wrong)
  return members
}

/** For bodies that are not public: any object is accepted. */
export function readObject({ sent = {} }: OperationRequest): JsonObject {
  demand(isObject(sent), 'the body must be an object')
  return sent
}
