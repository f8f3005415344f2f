// Which members of a refusal's errors are shown.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { isMembers } from '../../../src/aurora/body.ts'
import { isInternal, readMessages } from '../../../src/rest/read-messages.ts'

const CONTRACT: unknown = parse(
  readFileSync(new URL('../../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
)

/** The names of all members that are described below, those of other schemas too where they are referred to. */
function memberNames(schema: unknown, seen = new Set<unknown>()): readonly string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return []
  seen.add(schema)
  if (!isMembers(schema)) return Object.values(schema).flatMap((each) => memberNames(each, seen))
  const { $ref: ref, properties } = schema
  const own = isMembers(properties) ? Object.keys(properties) : []
  const below = typeof ref === 'string' ? [follow(ref)] : Object.values(schema)
  return [...own, ...below.flatMap((each) => memberNames(each, seen))]
}

const follow = (ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (isMembers(at) ? at[name] : undefined), CONTRACT)

function requestBodies(part: unknown): readonly unknown[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, below]) =>
    name === 'requestBody' ? [below] : requestBodies(below),
  )
}

it('no member that Aurora takes is left out of its errors as one about a server', () => {
  const names = new Set(requestBodies(CONTRACT).flatMap((body) => memberNames(body)))
  expect(names).toContain('location')
  expect([...names].filter(isInternal)).toEqual([])
})

it('of thousands of messages only the first twenty are searched for secrets, because each takes microseconds', () => {
  let searched = 0
  const errors = Array.from({ length: 5000 }, (_, index) => `message ${index}`)
  const shown = readMessages(JSON.stringify({ errors }), () => {
    searched += 1
    return searched === 1
  })
  expect(shown).toEqual(errors.slice(1, 21))
  expect(searched).toBe(21)
})
