// From what a client gives to what Aurora takes: ids of either kind, names in snake_case, nothing that was not given.
import { GatewayError } from '../errors/errors.ts'
import { assertSafeId } from '../rest/ids.ts'
import type { Members } from '../aurora/body.ts'
import type { builder } from './builder.ts'
import { readId } from './global-id.ts'

/** What makes the members of an input, for sets of them that several inputs share. */
export type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** Members of inputs that hold ids, and of what. */
const ID_MEMBERS: Readonly<Record<string, string>> = {
  projectId: 'Project',
  designId: 'Design',
  ownerId: 'User',
  teamId: 'Team',
  teamIds: 'Team',
  partnerId: 'Partner',
  partnerIds: 'Partner',
  roleId: 'Role',
  preferredSolarModules: 'Module',
}

/** Passed on as they are: their inner shape is Aurora's. */
const JSON_MEMBERS: ReadonlySet<string> = new Set(['filters'])

/**
 * Throws BAD_USER_INPUT for the id of another type, or one that is none. Where `nulls` are dropped a null is as good as
 * nothing: Aurora refuses it for what is new. Where they are kept Aurora decides whether a member can be cleared.
 */
export function toMembers(input: object, { nulls }: { nulls: 'dropped' | 'kept' }): Members {
  const given = Object.entries(input).filter(
    ([, value]) => value !== undefined && !(nulls === 'dropped' && value === null),
  )
  return Object.fromEntries(
    given.map(([name, value]) => [toSnakeCase(name), toMember(name, value, { nulls })]),
  )
}

function toMember(name: string, value: unknown, options: { nulls: 'dropped' | 'kept' }): unknown {
  const typeName = ID_MEMBERS[name]
  if (value === null || JSON_MEMBERS.has(name)) return value
  if (Array.isArray(value)) return value.map((item: unknown) => toMember(name, item, options))
  if (typeName !== undefined) return idOf(typeName, value as string)
  return typeof value === 'object' ? toMembers(value, options) : value
}

const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Aurora's own id, from either; throws BAD_USER_INPUT for anything else. */
export function idOf(typeName: string, id: string | number): string {
  const key = readId(typeName, String(id))
  assertSafeId(key)
  return key
}

/** The ids of something that Aurora has under a parent only; its own id alone does not say of which. */
export function idsOf(typeName: string, id: string | number): readonly [parentId: string, id: string] {
  const [parentId = '', ...own] = readId(typeName, String(id)).split('/')
  assertSafeId(parentId)
  assertSafeId(own.join('/'))
  return [parentId, own.join('/')]
}

const badInput = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message)

export function assertInput(isGood: boolean, message: string): void {
  if (!isGood) throw badInput(message)
}

/** An update of nothing would cost a call. */
export function assertSomething(members: Members): void {
  assertInput(Object.keys(members).length > 0, 'There is nothing to change in this `input`.')
}

/** Throws for texts longer than Aurora takes, at any depth. */
export function assertLengths(input: object, maxLength: number): void {
  for (const [name, value] of Object.entries(input) as [string, unknown][]) {
    if (typeof value === 'string')
      assertInput(value.length <= maxLength, `\`${name}\` may have ${maxLength} characters.`)
    else if (typeof value === 'object' && value !== null) assertLengths(value, maxLength)
  }
}

/** Bodies whose inner shape is not publicly known are objects all the same. */
export function assertObject(value: unknown, name: string): asserts value is Members {
  assertInput(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `\`${name}\` must be an object.`,
  )
}

/** The same of what may be left out. */
export function readObject(value: unknown, name: string): Members {
  if (value === undefined || value === null) return {}
  assertObject(value, name)
  return value
}

/** A pin on the map: both coordinates or none, within the world. */
export function assertCoordinates({
  latitude,
  longitude,
}: {
  readonly latitude?: number | null | undefined
  readonly longitude?: number | null | undefined
}): void {
  const isGiven = (value: unknown): boolean => value !== undefined && value !== null
  assertInput(isGiven(latitude) === isGiven(longitude), '`latitude` and `longitude` belong together.')
  assertInput(Math.abs(latitude ?? 0) <= 90, '`latitude` is between -90 and 90.')
  assertInput(Math.abs(longitude ?? 0) <= 180, '`longitude` is between -180 and 180.')
}

/** An absolute address; `schemes` with their colon, such as `https:`. */
export function assertUrl(value: string, name: string, schemes: readonly string[]): void {
  // A URL parser forgives spaces around and line breaks within, and needs no slashes; who calls the address may not.
  const isWhole = schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}//`)) && !/\s/.test(value)
  const isGood = isWhole && URL.canParse(value)
  assertInput(
    isGood,
    `\`${name}\` must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`,
  )
}
