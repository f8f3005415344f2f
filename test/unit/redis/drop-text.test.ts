// The text of a drop: short for a flood, read as it was written, and refused as a whole where it cannot be understood.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { createTouchSet } from '../../../src/cache/touch-set.ts'
import { readDrop, writeDrop } from '../../../src/redis/drop-text.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'
import { examplesOf } from '../../support/examples.ts'

const owner = tenantOf(buildScope().key)
const write = (touches: readonly Touch[]): string => {
  const set = createTouchSet()
  set.add(touches)
  return writeDrop({ owner, groups: set.groups() })
}

const id = fc.constantFrom('p-1', 'p-2', 'P-1', '0', '')
const touch: fc.Arbitrary<Touch> = fc.record(
  {
    operation: fc.constantFrom(...(Object.keys(READS) as ReadOperation[])),
    path: fc.oneof(
      fc.constant({}),
      fc.record({ project_id: id }),
      fc.record({ design_id: id, job_id: id }),
      fc.record({ job_id: id, design_id: id }),
    ),
    of: id,
  },
  { requiredKeys: ['operation', 'path'] },
)

const inOrder = (touches: readonly Touch[]): readonly string[] =>
  touches
    .map(({ operation, path, of }) =>
      JSON.stringify([
        operation,
        Object.keys(path)
          .toSorted()
          .map((name) => [name, path[name]]),
        of,
      ]),
    )
    .toSorted()

const hundred = (value: unknown) => Array.from({ length: 100 }, () => value)

describe('the text of a drop', () => {
  it('is read as what was written, whatever was touched', () => {
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 60 }), (touches) => {
        const set = createTouchSet()
        set.add(touches)
        expect(inOrder(readDrop(write(touches))?.touches ?? [])).toEqual(inOrder(set.list()))
      }),
      { numRuns: examplesOf(300) },
    )
  })

  it('has each id of a flood once, and the names of the operations once for all of them', () => {
    const operations: readonly ReadOperation[] = [
      'retrieveProject',
      'listDesigns',
      'retrieveConsumptionProfile',
    ]
    const ids = Array.from(
      { length: 100 },
      (_, index) => `9a0e2f4c-0000-4000-8000-${String(index).padStart(12, '0')}`,
    )
    const text = write(
      ids.flatMap((project_id) => operations.map((operation) => ({ operation, path: { project_id } }))),
    )
    expect(text.length).toBeLessThan(100 * 45 + 300)
    expect(text.match(/retrieveConsumptionProfile/g)).toHaveLength(1)
  })

  it('shares one path among the touches of an object', () => {
    const path = { project_id: 'p-1' }
    const [first, second] =
      readDrop(
        write([
          { operation: 'retrieveProject', path },
          { operation: 'listDesigns', path: { ...path } },
        ]),
      )?.touches ?? []
    expect(first?.path).toEqual(path)
    expect(second?.path).toBe(first?.path)
  })

  it('of an older version, which has each touch by itself, is read', () => {
    const touches = [{ operation: 'listProjects', path: {}, of: 'p-1' }]
    expect(readDrop(JSON.stringify({ owner, touches }))).toEqual({ owner, touches })
  })

  it.each([
    ['no JSON', '{'],
    ['no touches', { owner }],
    ['an unknown owner', { owner: 'somebody', forms: [], rows: [] }],
    ['an operation of another version', { owner, forms: [[['retrieveMoon'], []]], rows: [[0]] }],
    ['an operation that only objects have', { owner, forms: [[['constructor'], []]], rows: [[0]] }],
    ['names that are no texts', { owner, forms: [[['listProjects'], [1]]], rows: [[0, 'a']] }],
    ['a form that is missing', { owner, forms: [], rows: [[0]] }],
    ['a form without names', { owner, forms: [[['listProjects']]], rows: [[0]] }],
    ['a number of a form that is none', { owner, forms: [[['listProjects'], []]], rows: [['length']] }],
    ['an id that is missing', { owner, forms: [[['listDesigns'], ['project_id']]], rows: [[0]] }],
    ['an id that is no text', { owner, forms: [[['listDesigns'], ['project_id']]], rows: [[0, 7]] }],
    ['an object that is no text', { owner, forms: [[['listProjects'], []]], rows: [[0, null]] }],
    ['more ids than names', { owner, forms: [[['listProjects'], []]], rows: [[0, 'p-1', 'p-2']] }],
    [
      'a short text for very many touches',
      { owner, forms: [[hundred('listProjects'), []]], rows: hundred([0]) },
    ],
    ['a row that is no list', { owner, forms: [[['listProjects'], []]], rows: [0] }],
  ])('with %s is refused as a whole', (_what, value) => {
    expect(readDrop(typeof value === 'string' ? value : JSON.stringify(value))).toBeNull()
  })
})
