// The operations of the catalogue: all of the contract, with routes as it has them, and writes that fit the reads.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { kindRow, KINDS } from '../../../src/aurora/kinds.ts'
import type { Kind } from '../../../src/aurora/kinds.ts'
import { carriedMembers } from '../../../src/aurora/members.ts'
import { ALL_READS, ownReadOf, partsOf, READS, repeatingPartOf } from '../../../src/aurora/reads.ts'
import { ALL_WRITES, END_TOUCHES } from '../../../src/aurora/writes.ts'
import type { WriteEndpoint } from '../../../src/aurora/writes.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

const { paths } = parse(read('schema/aurora.openapi.yaml')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>
}
/** Such as `retrieveUser: GET /tenants/{tenant_id}/users/{user_id}`. */
const CONTRACT = Object.entries(paths).flatMap(([route, verbs]) =>
  Object.entries(verbs).flatMap(([verb, { operationId }]) =>
    operationId === undefined
      ? []
      : [{ operationId, text: `${operationId}: ${verb.toUpperCase()} ${route}` }],
  ),
)

const leftOut = read('docs/operations.md').split('## Left out')[1] ?? ''
const LEFT_OUT = new Set([...leftOut.matchAll(/^\| `(\w+)`/gm)].map(([, operation = '']) => operation))

const JOBS = (Object.keys(KINDS) as Kind[]).filter((kind) => kindRow(kind).typeName?.endsWith('Job'))

describe('the operations', () => {
  it('are those of the contract with its verbs and routes, except those that docs/operations.md leaves out', () => {
    const used = [...ALL_READS, ...ALL_WRITES].map(
      ({ operation, method, route }) => `${operation}: ${method} ${route}`,
    )
    const wanted = CONTRACT.filter(({ operationId }) => !LEFT_OUT.has(operationId))
    expect(LEFT_OUT.size).toBeGreaterThan(0)
    expect(used.toSorted()).toEqual(wanted.map(({ text }) => text).toSorted())
  })

  it('that repeat members of the object above them carry those members', () => {
    const lacking = ALL_READS.filter(
      ({ operation, repeats = [] }) => !repeats.every((member) => carriedMembers(operation).includes(member)),
    )
    expect(lacking).toEqual([])
    expect(repeatingPartOf('design')?.operation).toBe('retrieveDesignSummary')
  })

  it('that bring a part of an object need no other key than the key of the object', () => {
    const kinds = [...new Set(ALL_READS.map(({ kind }) => kind))].filter((kind) => partsOf(kind).length > 0)
    expect(kinds.toSorted()).toEqual([
      'agreement',
      'design',
      'order',
      'planSetRequest',
      'project',
      'siteSurvey',
    ])
    for (const kind of kinds)
      for (const part of partsOf(kind)) expect(part.parameters).toEqual(ownReadOf(kind)?.parameters)
  })
})

/** Forms of the reads that may bring what a write shows, by what the write does to it. */
const FORMS = { makes: ['one'], changes: ['one', 'sole'], begins: ['job'] } as const

const shown = (write: WriteEndpoint) =>
  (['makes', 'changes', 'begins'] as const).flatMap((role) => {
    const operation = write[role]
    return operation === undefined ? [] : [{ write, role, read: READS[operation] }]
  })

describe('a write', () => {
  it.each(ALL_WRITES.flatMap(shown))(
    '$write.operation $role an object of its own kind',
    ({ write, role, read: by }) => {
      expect(by.kind).toBe(write.kind)
      expect(FORMS[role]).toContain(by.form)
    },
  )

  it.each(ALL_WRITES.filter(({ changes }) => changes))(
    '$operation changes an object that its route names',
    ({ changes, parameters }) => {
      const wanted = changes === undefined ? [] : READS[changes].parameters
      expect(wanted.filter((parameter) => !parameters.includes(parameter))).toEqual([])
    },
  )

  it('shows an object in one role at most', () => {
    expect(ALL_WRITES.filter((write) => shown(write).length > 1)).toEqual([])
  })

  it('that begins a job says what the end of the job makes untrue, for each kind of job', () => {
    expect(JOBS.length).toBeGreaterThan(5)
    expect([...END_TOUCHES.keys()].toSorted()).toEqual(JOBS.toSorted())
  })
})
