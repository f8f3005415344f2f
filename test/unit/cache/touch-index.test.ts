// The touches of one owner, with halves so small that they are forgotten often: compared with all touches there were.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { isTouched } from '../../../src/cache/read-name.ts'
import type { Mark, ReadName } from '../../../src/cache/read-name.ts'
import { createTouchIndex } from '../../../src/cache/touch-index.ts'
import { buildScope } from '../../support/builders.ts'

const { key: scope } = buildScope()
const operation = fc.constantFrom<ReadOperation>('retrieveDesign', 'retrievePerformanceSimulationStatus')
/** Few, so that they meet, in upper and lower case, as Aurora accepts them. */
const id = fc.constantFrom('a', 'A', 'b')
const ids = fc.oneof(
  fc.constant({}),
  fc.record({ design_id: id }),
  fc.record({ project_id: id }),
  fc.record({ design_id: id, job_id: id }),
  fc.record({ project_id: id, design_id: id }),
)
const touch: fc.Arbitrary<Touch> = fc.record({ operation, path: ids })
const settledAtMs = fc.constantFrom(-Infinity, 5, 9)
const touches = fc.array(fc.record({ touch, settledAtMs }), { maxLength: 60 })
const read: fc.Arbitrary<ReadName> = fc.record({
  scope: fc.constant(scope),
  operation,
  path: fc.record({ design_id: id, job_id: id }),
  above: fc.oneof(fc.constant({}), fc.record({ project_id: fc.array(id, { maxLength: 2 }) })),
})

/** Each touch is a moment of its own, the first one has the mark 1. */
function addAll(maxOfHalf: number, added: readonly { touch: Touch; settledAtMs: number }[]) {
  const index = createTouchIndex(maxOfHalf)
  for (const [at, each] of added.entries())
    index.add(each.touch, { mark: at + 1, settledAtMs: each.settledAtMs })
  return index
}

it('what touches a read is among its touches, or counts as forgotten; so does the time until which it is not settled', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), touches, read, (maxOfHalf, added, asked) => {
      const index = addAll(maxOfHalf, added)
      const known = [index.forgotten(), index.lastOf(asked) ?? index.forgotten()]
      for (const [at, each] of added.entries()) {
        if (!isTouched(asked, scope, [each.touch])) continue
        expect(Math.max(...known.map(({ mark }) => mark))).toBeGreaterThanOrEqual(at + 1)
        expect(Math.max(...known.map((moment) => moment.settledAtMs))).toBeGreaterThanOrEqual(
          each.settledAtMs,
        )
      }
      expect(index.last().mark).toBe(added.length)
      expect(index.size()).toBeLessThanOrEqual(2 * maxOfHalf)
    }),
    { numRuns: 1000 },
  )
})

it('the last different touches are never forgotten, as many of them as have room in one half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), touches, (maxOfHalf, added) => {
      const lastMarks = new Map<string, Mark>()
      for (const [at, each] of added.entries())
        lastMarks.set(JSON.stringify(each.touch).toLowerCase(), at + 1)
      const marks = [...lastMarks.values()].toSorted((one, other) => one - other).slice(-maxOfHalf)
      const { mark } = addAll(maxOfHalf, added).forgotten()
      if (added.length > 0) expect(marks[0]).toBeGreaterThan(mark)
    }),
    { numRuns: 1000 },
  )
})

it('as long as nothing is forgotten, a read of which all ids are known is touched by nothing else', () => {
  fc.assert(
    fc.property(touches, read, (added, asked) => {
      const isKnown = asked.above.project_id !== undefined
      const found = addAll(1000, added).lastOf(asked)?.mark ?? 0
      const last = added.findLastIndex((each) => isTouched(asked, scope, [each.touch])) + 1
      if (isKnown) expect(found).toBe(last)
      else expect(found).toBeGreaterThanOrEqual(last)
    }),
    { numRuns: 1000 },
  )
})
