// Converts the input of a client to members for Aurora: converts ids and names, and leaves out what the client left out.
import { GatewayError } from '../errors/errors.ts'
import { assertSafeId } from '../rest/ids.ts'
import type { Members } from '../aurora/body.ts'
import type { builder } from './builder.ts'
import { toSnakeCase } from './fields.ts'
import { readId } from './global-id.ts'

/** The field builder of an input type, for sets of members that several inputs share. */
export type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** The members of inputs that contain ids, with the type of each id. */
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

/** Members that are passed on unchanged, because Aurora defines their inner shape. */
const JSON_MEMBERS: ReadonlySet<string> = new Set(['filters'])

/**
 * Throws BAD_USER_INPUT for an id of another type and for an invalid id. With `nulls: 'dropped'` a null counts as left out,
 * because Aurora refuses nulls in new objects. With `nulls: 'kept'` Aurora decides whether a member can be cleared.
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

/** Converts the input of an update. Throws for one without members, which would cost a call and change nothing. */
export function toChanges(input: object): Members {
  const members = toMembers(input, { nulls: 'kept' })
  assertSomething(members)
  return members
}

/** Returns Aurora's own id, from a global id or from itself; throws BAD_USER_INPUT for anything else. */
export function idOf(typeName: string, id: string | number): string {
  const key = readId(typeName, String(id))
  assertSafeId(key)
  return key
}

/** Returns both ids of an object that Aurora finds only under its parent; a global id contains both. */
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

export function assertSomething(members: Members): void {
  assertInput(Object.keys(members).length > 0, 'There is nothing to change in this `input`.')
}

/** Throws for a text that is longer than Aurora allows, at any depth. */
export function assertLengths(input: object, maxLength: number): void {
  for (const [name, value] of Object.entries(input) as [string, unknown][]) {
    if (typeof value === 'string')
      assertInput(value.length <= maxLength, `\`${name}\` may have ${maxLength} characters.`)
    else if (typeof value === 'object' && value !== null) assertLengths(value, maxLength)
  }
}

/** The inner shape of some bodies is not publicly known, but every body is an object. */
export function assertObject(value: unknown, name: string): asserts value is Members {
  assertInput(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `\`${name}\` must be an object.`,
  )
}

/** The same for a body that may be left out. */
export function readObject(value: unknown, name: string): Members {
  if (value === undefined || value === null) return {}
  assertObject(value, name)
  return value
}

/** Checks a pin on the map: it has both coordinates or none, within their ranges. */
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

/** Checks an absolute address; each of `schemes` ends with its colon, such as `https:`. */
export function assertUrl(value: string, name: string, schemes: readonly string[]): void {
  // A URL parser accepts spaces around an address, line breaks inside it and missing slashes; the program that later calls
  // the address may not.
  const isWhole = schemes.some((scheme) => value.toLowerCase().startsWith(`${scheme}//`)) && !/\s/.test(value)
  const isGood = isWhole && URL.canParse(value)
  assertInput(
    isGood,
    `\`${name}\` must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}.`,
  )
}
